package io.jobtree.benchmarks;

import io.jobtree.benchmarks.sleep.Sleepers;
import org.openjdk.jmh.annotations.Param;

/// [ClosingBenchmark] with jobs that all sleep.
public class CloseBenchmark extends ClosingBenchmark {
    /// How many.
    @Param({"1000", "10000", "100000", "1000000"})
    public int jobs;

    @Override
    Sleepers open(String library, int count) throws InterruptedException {
        return Sleepers.open(library, count, Sleepers.UNLIMITED);
    }

    @Override
    int jobs() {
        return jobs;
    }
}
