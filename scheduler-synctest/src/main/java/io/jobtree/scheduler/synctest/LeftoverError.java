package io.jobtree.scheduler.synctest;

/// The test is over, and threads that it started never end, or a scheduler that it opened is not closed.
public final class LeftoverError extends BubbleError {
    private static final long serialVersionUID = 1;

    LeftoverError(String message) {
        super(message);
    }
}
