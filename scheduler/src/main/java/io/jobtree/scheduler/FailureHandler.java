package io.jobtree.scheduler;

/// Called for the failures that nobody else owns, each once: of a job that nobody was joining, of a body
/// that failed after its job was cancelled, and of a job that outlived `close` (a
/// [StragglerException]).
///
/// **Threads:** called on the thread that ended the job, when the job is done and before that thread does anything
/// else for the scheduler: keep it short, and wait for none of the jobs above, which may wait for it. `Scheduler.close`
/// waits for it; a `join` of the job or of one above it may return before. For jobs that outlived `close` it is called
/// on one thread, one job after the other.
/// If it throws, that is logged with the failure it was called for.
@FunctionalInterface
public interface FailureHandler {
    /// Handles a failure.
    ///
    /// @param job the job that failed, done unless the failure is a [StragglerException]
    /// @param failure what the job failed with, what its body threw after it was cancelled, a later failure that
    ///     the first does not take as a suppressed one (of one branch the first 16; more are only counted), or a
    ///     [StragglerException]
    void onFailure(Job<?> job, Throwable failure);
}
