package io.jobtree.proof.faults;

import io.jobtree.proof.agent.Fault;
import java.util.concurrent.TimeUnit;

/// What is thrown, and where it may be.
enum Kind {
    /// At allocations, and in what the JDK may allocate.
    MEMORY(Fault.ALLOCATION | Fault.OUTER_CALL),

    /// The same, and for a while at each point of every thread.
    BURST(Fault.ALLOCATION | Fault.OUTER_CALL),

    /// Out of a user's code.
    RUNTIME(Fault.USER_CALL),

    /// A real one, since what the engine makes room for before it begins cannot overflow: each step of the life begins
    /// so many frames above the end of its thread's stack.
    OVERFLOW(0);

    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    final int points;

    Kind(int points) {
        this.points = points;
    }

    /// How long all points throw once one has.
    long nanos() {
        return this == BURST ? BURST_NANOS : 0;
    }

    Throwable thrown() {
        return switch (this) {
            case MEMORY, BURST -> new OutOfMemoryError("injected");
            case OVERFLOW -> new StackOverflowError("injected");
            case RUNTIME -> new IllegalStateException("injected");
        };
    }
}
