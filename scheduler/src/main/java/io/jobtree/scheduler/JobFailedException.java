package io.jobtree.scheduler;

/// Thrown by `join` for a job that failed; its cause is the very object that the body threw. The
/// message names the job.
public final class JobFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    JobFailedException(String message, Throwable failure) {
        super(message, failure);
    }
}
