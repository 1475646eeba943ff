package io.jobtree.benchmarks;

import io.jobtree.benchmarks.sleep.Sleepers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// How long does it take to have so many jobs at once, one in eleven of them asleep and the others pending, in a 2 GiB
/// heap?
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
@SuppressWarnings("NullAway.Init") // set up before use
public class CapacityBenchmark extends SingleShotBenchmark {
    private static final int ONE_IN = 11;

    /// How many there are in all.
    @Param({"11000", "110000", "1100000"})
    public int jobs;

    private Sleepers sleepers;

    @TearDown(Level.Invocation)
    public void close() throws InterruptedException {
        sleepers.close();
    }

    @Benchmark
    public void jobtree() throws InterruptedException {
        sleepers = Sleepers.open("jobtree", jobs, jobs / ONE_IN);
    }

    @Benchmark
    public void kotlin() throws InterruptedException {
        sleepers = Sleepers.open("kotlin", jobs, jobs / ONE_IN);
    }

    /// The pending are threads that wait for a permit.
    @Benchmark
    public void threads() throws InterruptedException {
        sleepers = Sleepers.open("threads", jobs, jobs / ONE_IN);
    }
}
