package io.jobtree.scheduler.otel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// How many spans the tree below one root has, and how many it would have had.
final class SpanTree {
    private final int max;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicLong suppressed = new AtomicLong();

    SpanTree(int max) {
        this.max = max;
    }

    /// Whether one more span is allowed; counts it if so.
    boolean tryTake() {
        // The read first: a count that is full is not written any more.
        return taken.get() < max && taken.getAndIncrement() < max;
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
