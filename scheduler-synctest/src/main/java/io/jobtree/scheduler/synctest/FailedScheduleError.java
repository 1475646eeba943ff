package io.jobtree.scheduler.synctest;

/// A test failed under one schedule. The cause is its failure; the message has the seed, and whether a second run of
/// that seed was the same.
public final class FailedScheduleError extends BubbleError {
    private static final long serialVersionUID = 1;

    /// The seed that replays it.
    private final long seed;

    FailedScheduleError(String message, long seed, Throwable failure) {
        super(message);
        initCause(failure);
        this.seed = seed;
    }

    /// The seed that replays it.
    ///
    /// @return the seed
    public long seed() {
        return seed;
    }
}
