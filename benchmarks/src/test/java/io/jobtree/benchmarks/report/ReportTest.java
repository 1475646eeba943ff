package io.jobtree.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class ReportTest {
    private static final String QUESTION = "SpawnFromVirtualThread";
    private static final String BAR = Pattern.quote("fill:rgb(76,120,168)");

    @TempDir
    Path folder;

    @Test
    void call_ratio_isTheMedianOfTheRoundsRatios() throws IOException {
        // A slow phase doubles a round: 0.8, 0.8, 0.92
        String page = page(
                round(result("jobtree", 125), result("rawScope", 100)),
                round(result("jobtree", 250), result("rawScope", 200)),
                round(result("jobtree", 120), result("rawScope", 110.4)));

        assertThat(page)
                .contains(
                        "| spawn and complete 1,000 jobs from a virtual thread, raw scope | 125 ± 125 ns | 110 ± 89.6 ns"
                                + " | 0.80 ± 0.12 × | at least 1.00 × | **missed** |")
                .contains("\n- 3 rounds of 1 fork, 3 + 2 iterations of 500 ms, JDK 25\n");
    }

    @Test
    void call_goalReached_isMet() throws IOException {
        assertThat(page(
                        round(result("jobtree", 100), result("rawScope", 110)),
                        round(result("jobtree", 100), result("rawScope", 112))))
                .contains("| 1.11 ± 0.010 × | at least 1.00 × | met |");
    }

    @Test
    void call_boundInsideTheInterval_saysSo() throws IOException {
        assertThat(page(
                        round(result("jobtree", 100), result("rawScope", 95)),
                        round(result("jobtree", 100), result("rawScope", 107))))
                .contains("| at least 1.00 × | met, within the error |");
    }

    @Test
    void call_nineRounds_leavesTheFarthestOfEachEndOut() throws IOException {
        String page = page(IntStream.of(1, 50, 100, 98, 99, 101, 102, 103, 900)
                .mapToObj(micros -> round(result("jobtree", micros)))
                .toArray(String[]::new));

        assertThat(page).contains("| jobtree | jobs 1000 | 100 ± 50.0 |");
    }

    @Test
    void call_oneSideOnly_isNotMeasured() throws IOException {
        assertThat(page(round(result("jobtree", 100))))
                .contains("raw scope | | | | at least 1.00 × | not measured |")
                .doesNotContain("| met");
    }

    @Test
    void call_roundWithoutTheOtherSide_throws() {
        assertThatThrownBy(() ->
                        page(round(result("jobtree", 100), result("rawScope", 100)), round(result("jobtree", 100))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rounds must be the same on both sides: 1 and 2");
    }

    @Test
    void call_writesTheChartThatThePageShows() throws IOException {
        String page = page(round(result("jobtree", 125), result("rawScope", 100)));

        String chart = "spawnfromvirtualthread-jobs-1000.svg";
        assertThat(page).contains("](" + chart + ")");
        assertThat(folder.resolve(chart)).content().contains("<svg").containsPattern("(?s)(" + BAR + ".*){2}");
    }

    @Test
    void call_oneRound_writesTheValueAlone() throws IOException {
        assertThat(page(round(result("jobtree", 125)))).contains("| jobtree | jobs 1000 | 125 |");
    }

    @Test
    void call_timedCalls_areAveraged() throws IOException {
        // 3 calls of 1 µs and 1 of 5, then one of 4: 2 and 4 on average
        assertThat(page(round(timedCalls("[[1, 3], [5, 1]], [[4, 1]]"))))
                .contains("| jobtree |  | 3,000 |  | 1,000 | 5,000 |  |  |");
    }

    @Test
    void call_heap_isTheMedianOfTheIterations() throws IOException {
        assertThat(page(round(heap(79, 80, 99)), round(heap(81, 82, 82))))
                .contains("| heap of a pending job, bytes | 81.0 ± 1.00 B |  |  | at most 128 B | met |");
    }

    @Test
    void call_extraCost_isTheMedianOfTheRoundsDifferences() throws IOException {
        // A slow phase: 60, 120, 80 more
        assertThat(page(spans(700, 640), spans(1_400, 1_280), spans(720, 640)))
                .contains(
                        "| spans and metrics by the SDK, the same by hand | 720 ± 680 ns | 640 ± 640 ns | + 80.0 ± 40.0 ns"
                                + " | at most + 100 ns | met, within the error |");
    }

    private static String spans(double telemetry, double byHand) {
        return round(observed("telemetryOn", telemetry), observed("sameSpanAndMetrics", byHand));
    }

    @Test
    void call_secondRun_standsBesideTheFirst() throws IOException {
        String first = files(
                round(result("jobtree", 100), result("rawScope", 100)),
                round(result("jobtree", 110), result("rawScope", 100)),
                round(result("jobtree", 105), result("rawScope", 106)));
        String second = files(round(result("jobtree", 108), result("rawScope", 140)));

        assertThat(report(first + " --again " + second))
                .contains(
                        "A second run, of 1 round, gave a median within ± for 1 of 2 numbers, and for 0 of the 1 goals.")
                .contains("| at least 1.00 × | met, within the error | 1.30, outside ± |");
    }

    @Test
    void call_withoutFiles_saysWhatIsMissing() {
        assertThatThrownBy(() -> CommandLine.populateCommand(new Report(), "out"))
                .isInstanceOf(CommandLine.MissingParameterException.class)
                .hasMessageContaining("FILE");
    }

    private String page(String... rounds) throws IOException {
        return report(files(rounds));
    }

    private String report(String files) throws IOException {
        CommandLine.populateCommand(new Report(), (folder + " " + files).split(" "))
                .call();
        return Files.readString(folder.resolve("README.md"));
    }

    /// Writes a file for each round, and gives their names with spaces between.
    private String files(String... rounds) throws IOException {
        var names = new ArrayList<String>();
        for (String round : rounds) {
            names.add(Files.writeString(Files.createTempFile(folder, "round", ".json"), round)
                    .toString());
        }
        return String.join(" ", names);
    }

    private static String round(String... results) {
        return "[" + String.join(",", results) + "]";
    }

    private static String heap(int... bytes) {
        return json(
                "MemoryBenchmark.jobtree",
                "\"jobs\": \"100000\", \"kind\": \"PENDING\"",
                "\"rawData\": [[1, 1, 1]]",
                "\"bytesPerJob\": {\"scoreUnit\": \"#\", \"rawData\": [%s]}".formatted(Arrays.toString(bytes)));
    }

    private static String result(String library, double micros) {
        return timed(QUESTION + "." + library, micros);
    }

    private static String observed(String observer, double micros) {
        return timed("ObserverBenchmark." + observer, micros);
    }

    /// Microseconds for 1,000 jobs, hence nanoseconds for each.
    private static String timed(String name, double micros) {
        return json(name, "\"jobs\": \"1000\"", "\"rawData\": [[%s, %s]]".formatted(micros, micros), "");
    }

    private static String timedCalls(String iterations) {
        return json(
                "RoundTripBenchmark.jobtree",
                "",
                "\"scorePercentiles\": {\"50.0\": 1, \"99.0\": 5}, \"rawDataHistogram\": [[%s]]".formatted(iterations),
                "");
    }

    /// As JMH writes it.
    private static String json(String name, String params, String primary, String secondary) {
        return """
                {"benchmark": "io.jobtree.benchmarks.%s", "forks": 1, "jdkVersion": "25",
                 "warmupIterations": 3, "measurementIterations": 2, "measurementTime": "500 ms", "params": {%s},
                 "primaryMetric": {"scoreUnit": "us/op", %s}, "secondaryMetrics": {%s}}""".formatted(name, params, primary, secondary);
    }
}
