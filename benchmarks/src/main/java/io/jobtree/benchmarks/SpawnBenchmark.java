package io.jobtree.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What does it take to open a scope, spawn trivial jobs into it without a limit, and close it when they have ended?
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class SpawnBenchmark {
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
