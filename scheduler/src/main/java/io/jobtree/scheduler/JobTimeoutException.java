package io.jobtree.scheduler;

import org.jspecify.annotations.Nullable;

/// The failure of a job that ran out of time: its own timeout, or that of what it waited for elsewhere. Where
/// it was its own, the message names the job, the timeout, and where it stood.
public final class JobTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Makes the failure of a body that learns from elsewhere, another JVM or a service, that time ran out
    /// there. Whoever looks at the outcome then need not know where it ran out.
    ///
    /// @param message what ran out of time, and which time
    /// @param cause what was heard from there; null if nothing was
    public JobTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    JobTimeoutException(String message) {
        super(message, null, true, false);
    }
}
