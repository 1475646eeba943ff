package io.jobtree.proof.faults;

import io.jobtree.proof.agent.Fault;

/// What is thrown, and where it may be.
enum Kind {
    /// At allocations, and in what the JDK may allocate.
    MEMORY(Fault.ALLOCATION | Fault.OUTER_CALL),

    /// At each call.
    STACK(Fault.OUTER_CALL | Fault.INNER_CALL),

    /// In what the JDK or a user does for the engine.
    RUNTIME(Fault.OUTER_CALL),

    /// A real one: each step of the life begins so many frames above the end of its thread's stack.
    OVERFLOW(0);

    final int points;

    Kind(int points) {
        this.points = points;
    }

    Throwable thrown() {
        return switch (this) {
            case MEMORY -> new OutOfMemoryError("injected");
            case STACK, OVERFLOW -> new StackOverflowError("injected");
            case RUNTIME -> new IllegalStateException("injected");
        };
    }
}
