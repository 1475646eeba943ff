package io.jobtree.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
    private static final String QUESTION = "SpawnFromVirtualThread";
    private static final String BAR = Pattern.quote("fill:rgb(76,120,168)");

    @TempDir
    Path folder;

    @Test
    void main_writesRatioWithTheErrorOfBothSides() throws IOException {
        // 100 / 125 = 0.8; 0.8 * hypot(0.03, 0.04) = 0.04
        String page = page(result("jobtree", 125, 3.75), result("rawScope", 100, 4));

        assertThat(page)
                .contains(
                        "| spawn and complete 1,000 jobs from a virtual thread, raw scope | 125 ± 3.75 ns | 100 ± 4.00 ns"
                                + " | 0.80 ± 0.040 | at least 0.95 × | **missed** |");
    }

    @Test
    void main_goalReached_isMet() throws IOException {
        assertThat(page(result("jobtree", 100, 1), result("rawScope", 110, 1)))
                .contains("| 1.10 ± 0.015 | at least 0.95 × | met |");
    }

    @Test
    void main_boundInsideTheInterval_saysSo() throws IOException {
        assertThat(page(result("jobtree", 100, 20), result("rawScope", 100, 20)))
                .contains("| at least 0.95 × | met, within the error |");
    }

    @Test
    void main_oneSideOnly_isNotMeasured() throws IOException {
        assertThat(page(result("jobtree", 100, 1)))
                .contains("raw scope | | | | at least 0.95 × | not measured |")
                .doesNotContain("| met");
    }

    @Test
    void main_writesTheChartThatThePageShows() throws IOException {
        String page = page(result("jobtree", 125, 4), result("rawScope", 100, 4));

        String chart = "spawnfromvirtualthread-jobs-1000.svg";
        assertThat(page).contains("](" + chart + ")");
        assertThat(folder.resolve(chart)).content().contains("<svg").containsPattern("(?s)(" + BAR + ".*){2}");
    }

    @Test
    void main_noError_writesTheValueAlone() throws IOException {
        assertThat(page(result("jobtree", 125, Double.NaN))).contains("| jobtree | jobs 1000 | 125 |");
    }

    /// JMH gives the sum of a counter; 99.9 % of Student's t with 2 degrees of freedom is 31.6 standard errors.
    @Test
    void main_heap_isTheMeanOfTheIterations() throws IOException {
        assertThat(page(heap(79, 80, 81)))
                .contains("| heap of a pending job, bytes | 80.0 ± 18.2 B |  |  | at most 160 B | met |");
    }

    @Test
    void main_withoutFiles_throws() {
        assertThatThrownBy(() -> Report.main(new String[] {"out"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("arguments must be a folder and JMH's JSON files: [out]");
    }

    private String page(String... results) throws IOException {
        Path json = Files.writeString(folder.resolve("run.json"), "[" + String.join(",", results) + "]");
        Report.main(new String[] {folder.toString(), json.toString()});
        return Files.readString(folder.resolve("README.md"));
    }

    private static String heap(int... bytes) {
        return """
                {"benchmark": "io.jobtree.benchmarks.MemoryBenchmark.jobtree", "mode": "ss", "forks": 1, "jdkVersion": "25",
                 "warmupIterations": 1, "measurementIterations": 3, "measurementTime": "single-shot",
                 "params": {"jobs": "100000", "kind": "PENDING"},
                 "primaryMetric": {"score": 1, "scoreError": 1, "scoreUnit": "ms/op", "scorePercentiles": {}},
                 "secondaryMetrics": {"bytesPerJob": {"score": %d, "scoreError": "NaN", "scoreUnit": "#",
                   "rawData": [%s]}}}""".formatted(IntStream.of(bytes).sum(), Arrays.toString(bytes));
    }

    /// As JMH writes it: microseconds for 1,000 jobs, hence nanoseconds for each.
    private static String result(String library, double micros, double error) {
        return """
                {"benchmark": "io.jobtree.benchmarks.%s.%s", "mode": "avgt", "forks": 3, "jdkVersion": "25",
                 "warmupIterations": 3, "measurementIterations": 5, "measurementTime": "500 ms",
                 "params": {"jobs": "1000"},
                 "primaryMetric": {"score": %s, "scoreError": "%s", "scoreUnit": "us/op", "scorePercentiles": {}},
                 "secondaryMetrics": {}}""".formatted(QUESTION, library, micros, error);
    }
}
