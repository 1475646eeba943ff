package io.jobtree.scheduler;

import java.util.Optional;

/// What one observer keeps of one job, and hears about it.
public interface JobObservation {
    /// Hears nothing.
    JobObservation NONE = new JobObservation() {};

    /// The body is about to run. Called on the job's thread; not for a job that never runs. The job has its places in
    /// limits, as the body will: like that, it gives them up while it waits for a job.
    default void starting() {}

    /// The job has started, is not done, and was asked to stop: itself, with the job above it, because a job below
    /// it failed, or because its time ran out. Called at most once, as soon as it is asked, on a virtual thread
    /// made for that: the body may go on for long. Where that thread comes later than the job's own is through
    /// with the body, it is called there, before `stopped`; at the latest before `ended`, which waits for it.
    ///
    /// @param reason why
    /// @param origin the job where it began; empty where nothing but the reason is known, as in `cancel` on the job
    ///     itself
    default void cancelling(CancelReason reason, Optional<Job<?>> origin) {}

    /// The body is over. Called on the job's thread, with its interrupt flag clear, if `starting` was.
    default void stopped() {}

    /// A failure of this job has no owner, and the failure handler is about to be called for it. Called
    /// after `ended`, save for a job that outlives `close`.
    ///
    /// @param failure what the job failed with, what its body threw after it was cancelled, or a
    ///     [StragglerException]
    default void unobserved(Throwable failure) {}

    /// The job has ended, with everything below it. Called exactly once, also for a job that never ran,
    /// before any thread that waits for the job goes on.
    ///
    /// @param outcome how it ended
    default void ended(Outcome<?> outcome) {}

    /// Makes current on this thread what the observer has around the body, such as a trace's context or a logger's:
    /// so that what the failure handler logs, and what hooks do, belongs to the job. Called around `cancelling`,
    /// `ended`, `unobserved` and the [FailureHandler], at any time from the spawn on; it may throw, then they run
    /// without.
    ///
    /// `starting` and `stopped` enclose the body by themselves: those of an observer run within what the observers
    /// before it have made current.
    ///
    /// @return what ends that when closed, on the same thread
    default AutoCloseable makeCurrent() {
        return () -> {};
    }
}
