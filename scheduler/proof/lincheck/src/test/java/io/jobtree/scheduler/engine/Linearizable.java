package io.jobtree.scheduler.engine;

import java.util.Arrays;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jspecify.annotations.Nullable;

/// Checks that each result of calls at once is one that the same calls could have one after the other.
final class Linearizable {
    private Linearizable() {}

    /// Which of the jobs that is, from 1; 0 for none.
    static int number(JobImpl<?>[] jobs, @Nullable JobImpl<?> job) {
        return Arrays.asList(jobs).indexOf(job) + 1;
    }

    /// Throws an AssertionError that shows the calls, and the order of their steps, where that is not so.
    static void check(Class<?> operations) {
        new ModelCheckingOptions()
                .iterations(Integer.getInteger("lincheck.programs", 20))
                .invocationsPerIteration(Integer.getInteger("lincheck.orders", 1_000))
                .threads(2)
                .actorsPerThread(3)
                // What may be called once is to be called at once, and not before.
                .actorsBefore(0)
                .actorsAfter(2)
                .check(operations);
    }
}
