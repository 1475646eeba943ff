package io.jobtree.proof.faults;

import io.jobtree.proof.agent.Fault;
import java.util.function.Supplier;

/// What is thrown, and where it may be.
enum Kind {
    /// At allocations, and in what the JDK may allocate.
    MEMORY(Fault.ALLOCATION | Fault.OUTER_CALL, () -> new OutOfMemoryError("injected")),

    /// At each call.
    STACK(Fault.OUTER_CALL | Fault.INNER_CALL, () -> new StackOverflowError("injected")),

    /// In what the JDK or a user does for the engine.
    RUNTIME(Fault.OUTER_CALL, () -> new IllegalStateException("injected")),

    /// A real one: each step of the life begins so many frames above the end of its thread's stack.
    OVERFLOW(0, StackOverflowError::new);

    final int points;
    final Supplier<Throwable> thrown;

    Kind(int points, Supplier<Throwable> thrown) {
        this.points = points;
        this.thrown = thrown;
    }
}
