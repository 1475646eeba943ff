package io.jobtree.scheduler.junit5;

/// A test ended before its jobs did.
///
/// Its message says which, where each was spawned, what it is doing, and how to fix it. Its stack trace is that of
/// the place where the first leaked job was spawned. Each leaked job is a suppressed throwable with the stack of its
/// own spawn, caused by one with the stack that the job has now.
public final class LeakedJobsError extends AssertionError {
    private static final long serialVersionUID = 1;

    LeakedJobsError(String message) {
        super(message);
    }
}
