package io.jobtree.proof.faults;

import io.jobtree.proof.agent.Fault;

/// What is thrown, and where it may be.
enum Kind {
    /// At allocations, and in what the JDK may allocate.
    MEMORY(Fault.ALLOCATION | Fault.OUTER_CALL),

    /// At each call below which there is a user's frame: no other thread has a deep stack.
    STACK(Fault.OUTER_CALL | Fault.INNER_CALL),

    /// Out of a user's code.
    RUNTIME(Fault.USER_CALL),

    /// A real one: each step of the life begins so many frames above the end of its thread's stack.
    OVERFLOW(0);

    private static final String USER = Life.class.getName();
    private static final StackWalker WALKER = StackWalker.getInstance();

    final int points;

    Kind(int points) {
        this.points = points;
    }

    /// Whether the calling thread is where it can come up.
    boolean isPossibleHere() {
        return this != STACK
                || WALKER.walk(
                        frames -> frames.anyMatch(frame -> frame.getClassName().startsWith(USER)));
    }

    Throwable thrown() {
        return switch (this) {
            case MEMORY -> new OutOfMemoryError("injected");
            case STACK, OVERFLOW -> new StackOverflowError("injected");
            case RUNTIME -> new IllegalStateException("injected");
        };
    }
}
