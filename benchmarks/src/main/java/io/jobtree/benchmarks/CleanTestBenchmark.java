package io.jobtree.benchmarks;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.jobtree.scheduler.junit5.NoLeakedJobs;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Warmup;

/// What does the leak check cost a test that leaks nothing? One call runs a class of empty tests.
@Warmup(iterations = 10, time = 1) // JUnit's own code takes that long to be compiled
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class CleanTestBenchmark extends TimedBenchmark {
    private static final int TESTS = 1_000;

    private final Launcher launcher = LauncherFactory.create();

    @Benchmark
    @OperationsPerInvocation(TESTS)
    public void unchecked() {
        run(Unchecked.class);
    }

    @Benchmark
    @OperationsPerInvocation(TESTS)
    public void leakCheck() {
        run(Checked.class);
    }

    private void run(Class<?> tests) {
        launcher.execute(LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests))
                .build());
    }

    /// What JUnit runs.
    static final class Unchecked {
        @RepeatedTest(TESTS)
        void leaksNothing() {}
    }

    /// The same, under the leak check.
    @NoLeakedJobs
    static final class Checked {
        @RepeatedTest(TESTS)
        void leaksNothing() {}
    }
}
