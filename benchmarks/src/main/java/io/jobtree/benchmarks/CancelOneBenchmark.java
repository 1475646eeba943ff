package io.jobtree.benchmarks;

import io.jobtree.benchmarks.sleep.Sleepers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/// How long from spawning a job, beside many that sleep, over its start and its cancelling to its end?
@State(Scope.Thread)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
@SuppressWarnings("NullAway.Init") // set up before use
public class CancelOneBenchmark extends TimedBenchmark {
    /// How many others sleep.
    @Param({"10", "10000"})
    public int sleeping;

    private Sleepers sleepers;

    /// For each iteration, because a raw scope belongs to its thread.
    @Setup(Level.Iteration)
    public void open(BenchmarkParams params) throws InterruptedException {
        String name = params.getBenchmark();
        sleepers = Sleepers.open(name.substring(name.lastIndexOf('.') + 1), sleeping, Sleepers.UNLIMITED);
    }

    @TearDown(Level.Iteration)
    public void close() throws InterruptedException {
        sleepers.close();
    }

    @Benchmark
    public void jobtree() throws InterruptedException {
        sleepers.cancelOne();
    }

    @Benchmark
    public void rawScope() throws InterruptedException {
        sleepers.cancelOne();
    }

    @Benchmark
    public void executor() throws InterruptedException {
        sleepers.cancelOne();
    }

    @Benchmark
    public void kotlin() throws InterruptedException {
        sleepers.cancelOne();
    }

    @Benchmark
    public void jox() throws InterruptedException {
        sleepers.cancelOne();
    }

    @Benchmark
    public void threads() throws InterruptedException {
        sleepers.cancelOne();
    }
}
