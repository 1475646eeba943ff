package io.jobtree.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Does a job cost the same, however many there are?
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms3g", "-Xmx3g", "-Djmh.executor=VIRTUAL"})
public class GrowthBenchmark {
    /// How many jobs a scope gets.
    @Param({"1", "10", "100", "1000", "10000", "100000", "1000000"})
    public int jobs;

    @Benchmark
    public void jobtree() {
        Spawning.jobtree(Spawning.UNLIMITED, jobs);
    }

    @Benchmark
    public void jobtreeLimited() {
        Spawning.jobtree(Spawning.LIMITED, jobs);
    }

    @Benchmark
    public void rawScope() throws InterruptedException {
        Spawning.rawScope(jobs);
    }

    @Benchmark
    public void executor() {
        Spawning.executor(jobs);
    }

    @Benchmark
    public void kotlin() {
        Spawning.kotlin(jobs);
    }

    @Benchmark
    public void jox() throws InterruptedException {
        Spawning.jox(jobs);
    }
}
