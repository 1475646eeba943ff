package io.jobtree.scheduler;

/// Where a job stands.
///
/// ```
/// PENDING -> RUNNING -> COMPLETING -> SUCCEEDED | FAILED
/// PENDING -> CANCELLING -> FAILED (its own timeout)
/// PENDING -> CANCELLED; with CANCELLING between the two where observers are to hear of that
/// RUNNING | COMPLETING -> CANCELLING -> CANCELLED | FAILED (its own timeout, a failure of it or a child)
/// ```
public enum JobState {
    /// Spawned; waits for a place in a limit, or for its thread to start.
    PENDING,
    /// The body runs.
    RUNNING,
    /// The body is over, something below it is not, or observers are yet to hear of the end.
    COMPLETING,
    /// Asked to stop, or a branch job that has failed; the body or something below it still runs, or observers are yet
    /// to hear of the end.
    CANCELLING,
    /// Done, with a result.
    SUCCEEDED,
    /// Done, with a failure.
    FAILED,
    /// Done, because it was cancelled.
    CANCELLED;

    /// Whether a job in this state has really ended.
    ///
    /// @return true for `SUCCEEDED`, `FAILED` and `CANCELLED`
    public boolean isDone() {
        return compareTo(SUCCEEDED) >= 0;
    }
}
