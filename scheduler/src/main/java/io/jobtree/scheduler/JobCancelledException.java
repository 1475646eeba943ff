package io.jobtree.scheduler;

import java.util.concurrent.CancellationException;

/// Thrown by `join` for a job that was cancelled. The message names the job and where the cancellation
/// began.
public final class JobCancelledException extends CancellationException {
    private static final long serialVersionUID = 1;

    /// Why the job was cancelled.
    private final CancelReason reason;

    JobCancelledException(String message, CancelReason reason) {
        super(message);
        this.reason = reason;
    }

    /// Why the job was cancelled.
    ///
    /// @return the reason
    public CancelReason reason() {
        return reason;
    }
}
