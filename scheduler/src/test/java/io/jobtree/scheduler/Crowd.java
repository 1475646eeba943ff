package io.jobtree.scheduler;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Counts who is inside, and the most there ever were.
final class Crowd {
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    void enter() {
        var now = inside.incrementAndGet();
        most.accumulateAndGet(now, Math::max);
    }

    void leave() {
        inside.decrementAndGet();
    }

    /// Takes a little time, off the carrier, so that others come.
    static void linger() {
        LockSupport.parkNanos(20_000);
    }

    int inside() {
        return inside.get();
    }

    int most() {
        return most.get();
    }

    /// Is inside for as long as it takes others to come.
    void visit() {
        enter();
        linger();
        leave();
    }
}
