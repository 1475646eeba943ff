package io.jobtree.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// What does it take to open a scope, spawn trivial jobs into it without a limit, and close it when they have ended?
public abstract class SpawnBenchmark extends TimedBenchmark {
    /// How many jobs a scope gets.
    @Param({"1", "1000", "100000"})
    public int jobs;

    @Benchmark
    public void jobtree() {
        Spawning.jobtree(Spawning.UNLIMITED, jobs);
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

    @Benchmark
    public void forkJoin() {
        Spawning.forkJoin(jobs);
    }

    @Benchmark
    public void threads() throws InterruptedException {
        Spawning.threads(jobs);
    }
}
