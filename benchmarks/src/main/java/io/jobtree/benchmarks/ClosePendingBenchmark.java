package io.jobtree.benchmarks;

import io.jobtree.benchmarks.sleep.Sleepers;
import org.openjdk.jmh.annotations.Param;

/// [ClosingBenchmark] with jobs of which half sleep and the others are pending.
///
/// Where there is no pending, they are threads that wait for a permit; interrupting those takes a time that grows with
/// their square, hence no more of them.
public class ClosePendingBenchmark extends ClosingBenchmark {
    /// How many there are.
    @Param({"1000", "10000"})
    public int jobs;

    @Override
    Sleepers open(String library, int count) throws InterruptedException {
        return Sleepers.open(library, count, count / 2);
    }

    @Override
    int jobs() {
        return jobs;
    }
}
