package io.jobtree.scheduler;

/// The failure of a job whose own timeout ran out. The message names the job, the timeout, and where it
/// stood.
public final class JobTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1;

    JobTimeoutException(String message) {
        super(message, null, true, false);
    }
}
