package io.jobtree.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/// What does the same work as in [SpawnBenchmark] take where at most 100 jobs, the default, may run at once?
public abstract class LimitedSpawnBenchmark extends TimedBenchmark {
    private static final int LIMIT = 100;

    /// How many jobs a scope gets.
    @Param({"1", "1000", "100000"})
    public int jobs;

    @Benchmark
    public void jobtree() {
        Spawning.jobtree(Spawning.LIMITED, jobs);
    }

    /// A finished job's thread takes the next job.
    @Benchmark
    public void jobtreeReuse() {
        Spawning.jobtree(Spawning.REUSING, jobs);
    }

    @Benchmark
    public void rawScope() throws InterruptedException {
        Spawning.rawScopeLimited(jobs, LIMIT, Spawning.TRIVIAL);
    }

    @Benchmark
    public void executor() throws InterruptedException {
        Spawning.executorLimited(jobs, LIMIT, Spawning.TRIVIAL);
    }

    @Benchmark
    public void executorPermitInside() {
        Spawning.executorLimitedInside(jobs, LIMIT);
    }

    /// Not limited at all: what thread reuse is measured against.
    @Benchmark
    public void executorUnlimited() {
        Spawning.executor(jobs);
    }

    @Benchmark
    public void fixedPool() {
        Spawning.fixedPool(jobs, LIMIT, Spawning.TRIVIAL);
    }

    @Benchmark
    public void spring() {
        Spawning.spring(jobs, LIMIT);
    }

    @Benchmark
    public void bulkhead() {
        Spawning.bulkhead(jobs, LIMIT);
    }

    @Benchmark
    public void kotlin() {
        Spawning.kotlinLimited(jobs, LIMIT);
    }

    /// A dispatcher of so many threads at most: of no more than there are processors, for nothing blocks.
    @Benchmark
    public void kotlinParallelism() {
        Coroutines.spawnParallel(jobs, LIMIT, Spawning::doNothing);
    }

    @Benchmark
    public void jox() throws InterruptedException {
        Spawning.joxLimited(jobs, LIMIT);
    }
}
