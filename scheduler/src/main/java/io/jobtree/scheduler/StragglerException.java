package io.jobtree.scheduler;

/// What the [FailureHandler] gets for a job that was still running when its scheduler had closed. Its
/// stack trace is that of the job's thread at that moment, so it shows what would not stop.
public final class StragglerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StragglerException(String message, StackTraceElement[] stack) {
        super(message);
        setStackTrace(stack);
    }
}
