package io.jobtree.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class CompareTest {
    @TempDir
    Path folder;

    private final StringWriter printed = new StringWriter();

    @Test
    void call_ratios_areThoseOfTheRounds() throws IOException {
        // A slow phase doubles a round: 1.25, 1.25, 1.10
        int code = compare(
                List.of(result(125, 200), result(250, 200), result(110, 200)),
                List.of(result(100, 200), result(200, 200), result(100, 200)));

        assertThat(code).isZero();
        assertThat(printed.toString())
                .contains(
                        "| SpawnFromVirtualThread.jobtree jobs 1000 | 125 ± 125 | 100 ± 100 | 1.25 ± 0.15 × | 200 | 200 |")
                .contains(
                        "± reaches from the median of 3 rounds to the farther end of its 75.00 % confidence interval.");
    }

    @Test
    void call_slower_isNoFailure() throws IOException {
        assertThat(compare(List.of(result(100, 200)), List.of(result(900, 200))))
                .isZero();
        assertThat(printed.toString()).contains("| 0.11 × |").contains("One round has no error that is known.");
    }

    @Test
    void call_moreBytes_isAFailure() throws IOException {
        assertThat(compare(List.of(result(100, 200)), List.of(result(100, 220))))
                .isEqualTo(1);
        assertThat(printed.toString()).contains("| 200 | 220 **more** |");
    }

    @Test
    void call_benchmarkThatWasNotThere_saysSo() throws IOException {
        assertThat(compare(List.of("[]"), List.of(result(100, 200)))).isZero();
        assertThat(printed.toString()).contains("| not there | 100 |  |  | 200 |");
    }

    private int compare(List<String> before, List<String> after) throws IOException {
        var args = new ArrayList<String>();
        args.add("--before");
        args.addAll(files(before));
        args.add("--after");
        args.addAll(files(after));
        return new CommandLine(new Compare())
                .setOut(new PrintWriter(printed, true))
                .execute(args.toArray(String[]::new));
    }

    private List<String> files(List<String> rounds) throws IOException {
        var names = new ArrayList<String>();
        for (String round : rounds) {
            names.add(Files.writeString(Files.createTempFile(folder, "round", ".json"), round)
                    .toString());
        }
        return names;
    }

    /// As JMH writes it: microseconds for 1,000 jobs, hence nanoseconds for each.
    private static String result(double micros, double bytes) {
        return """
                [{"benchmark": "io.jobtree.benchmarks.SpawnFromVirtualThread.jobtree", "forks": 1, "jdkVersion": "25",
                 "warmupIterations": 3, "measurementIterations": 2, "measurementTime": "500 ms",
                 "params": {"jobs": "1000"},
                 "primaryMetric": {"scoreUnit": "us/op", "rawData": [[%s]]},
                 "secondaryMetrics": {"gc.alloc.rate.norm": {"scoreUnit": "B/op", "rawData": [[%s]]}}}]""".formatted(micros, 1_000 * bytes);
    }
}
