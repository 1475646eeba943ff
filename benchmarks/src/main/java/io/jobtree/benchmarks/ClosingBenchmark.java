package io.jobtree.benchmarks;

import io.jobtree.benchmarks.sleep.Sleepers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/// How long do cancelling and closing a scope of jobs take that have been there for a while?
@Warmup(iterations = 1)
@Measurement(iterations = 5)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms5g", "-Xmx5g", "-XX:+UseSerialGC"})
@SuppressWarnings("NullAway.Init") // set up before use
public abstract class ClosingBenchmark extends SingleShotBenchmark {
    private static final int WARM_UP_JOBS = 10_000;
    private static final int WARM_UPS = 50;

    private Sleepers sleepers;

    /// Opens jobs of a library.
    abstract Sleepers open(String library, int jobs) throws InterruptedException;

    /// How many there are.
    abstract int jobs();

    /// A thread that sleeps in code compiled before anything was ever interrupted is deoptimised when it is; a million
    /// of them take longer for that than for anything else.
    @Setup
    public void warmUp(BenchmarkParams params) throws InterruptedException {
        for (int i = 0; i < WARM_UPS; i++) {
            open(library(params), Math.min(jobs(), WARM_UP_JOBS)).close();
        }
    }

    /// The collection makes the jobs old. Else one comes amid the closing of many jobs, and copies those that are left,
    /// and none amid the closing of few.
    @Setup(Level.Invocation)
    public void open(BenchmarkParams params) throws InterruptedException {
        sleepers = open(library(params), jobs());
        System.gc();
    }

    private static String library(BenchmarkParams params) {
        String name = params.getBenchmark();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    @Benchmark
    public void jobtree() throws InterruptedException {
        sleepers.close();
    }

    @Benchmark
    public void rawScope() throws InterruptedException {
        sleepers.close();
    }

    @Benchmark
    public void executor() throws InterruptedException {
        sleepers.close();
    }

    @Benchmark
    public void kotlin() throws InterruptedException {
        sleepers.close();
    }

    @Benchmark
    public void jox() throws InterruptedException {
        sleepers.close();
    }

    @Benchmark
    public void threads() throws InterruptedException {
        sleepers.close();
    }
}
