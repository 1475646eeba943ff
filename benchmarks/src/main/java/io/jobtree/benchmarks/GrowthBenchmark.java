package io.jobtree.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;

/// Does a job cost the same, however many there are?
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms3g", "-Xmx3g", "-Djmh.executor=VIRTUAL"})
public class GrowthBenchmark extends TimedBenchmark {
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
