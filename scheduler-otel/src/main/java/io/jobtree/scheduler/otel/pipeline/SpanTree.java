package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.otel.pipeline.SpanBudget.Kind;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// How many spans the jobs of one trace below its root have, and how many more they would have had.
final class SpanTree {
    private final int max;
    private final SpanBudget budget;

    /// Whether the root has no span: spans below would be roots themselves.
    private final boolean rootless;

    private final AtomicInteger taken;
    private final AtomicLong suppressed = new AtomicLong();

    /// @param max how many, with the root's
    /// @param budget over all trees
    /// @param taken how many there are: 1 where the root has a span, else 0
    /// @param rootless whether the root lacks one because the budget had none
    SpanTree(int max, SpanBudget budget, int taken, boolean rootless) {
        this.max = max;
        this.budget = budget;
        this.rootless = rootless;
        this.taken = new AtomicInteger(taken);
    }

    /// Whether one more span below the root is allowed; counts it if so.
    boolean tryTake() {
        // The read first: a count that is full is not written any more.
        if (rootless || taken.get() >= max) {
            return false;
        }
        if (taken.getAndIncrement() < max && budget.tryTake(Kind.BELOW)) {
            return true;
        }
        taken.decrementAndGet();
        return false;
    }

    /// A span that was allowed is not recorded.
    void giveBack() {
        taken.decrementAndGet();
        budget.giveBack();
    }

    void suppress() {
        suppressed.incrementAndGet();
    }

    /// A suppressed span went out after all.
    void restore() {
        suppressed.decrementAndGet();
    }

    long suppressed() {
        return suppressed.get();
    }
}
