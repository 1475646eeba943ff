package io.jobtree.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Each benchmark runs once, with few jobs; how fast it is does not matter here.
public final class BenchmarksTest {
    private static final Options ONCE = new OptionsBuilder()
            .mode(Mode.SingleShotTime)
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .param("jobs", "44")
            .param("places", "2")
            .param("shape", "2x3")
            .param("sleeping", "10")
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    @Tag("full")
    void run_everyBenchmarkOnce_succeeds() throws RunnerException {
        var ran = new TreeSet<String>();
        for (RunResult result : new Runner(ONCE).run()) {
            ran.add(result.getParams().getBenchmark());
        }

        assertThat(ran).containsExactlyElementsOf(names());
    }

    /// The full names of all benchmarks.
    public static Set<String> names() {
        var names = new TreeSet<String>();
        var output = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
        for (BenchmarkListEntry entry : BenchmarkList.defaultList().getAll(output, List.of())) {
            names.add(entry.getUsername());
        }
        return names;
    }
}
