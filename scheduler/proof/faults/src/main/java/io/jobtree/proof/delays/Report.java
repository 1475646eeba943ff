package io.jobtree.proof.delays;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// What was done, and what was wrong.
final class Report {
    private static final int ENOUGH = 10;

    private final LongAdder operations = new LongAdder();
    private final LongAdder jobs = new LongAdder();
    private final AtomicInteger wrong = new AtomicInteger();

    void operation() {
        operations.increment();
    }

    void job() {
        jobs.increment();
    }

    void wrong(long seed, String what, Object detail) {
        if (wrong.incrementAndGet() <= ENOUGH) {
            System.out.println("seed " + seed + ": " + what + ": " + detail);
        }
    }

    boolean isEnough() {
        return wrong.get() >= ENOUGH;
    }

    long operations() {
        return operations.sum();
    }

    long jobs() {
        return jobs.sum();
    }

    int wrong() {
        return wrong.get();
    }
}
