package io.jobtree.scheduler.synctest;

/// A bubble could not go on, or must not. Each kind is a subclass.
public abstract sealed class BubbleError extends AssertionError
        permits DeadlockError, LeftBubbleError, LeftoverError, FailedScheduleError {
    private static final long serialVersionUID = 1;

    BubbleError(String message) {
        super(message);
    }
}
