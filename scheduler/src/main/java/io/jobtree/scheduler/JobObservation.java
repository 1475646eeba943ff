package io.jobtree.scheduler;

/// What one observer keeps of one job, and hears about it.
public interface JobObservation {
    /// Hears nothing.
    JobObservation NONE = new JobObservation() {};

    /// The body is about to run. Called on the job's thread; not for a job that never runs.
    default void starting() {}

    /// The body is over. Called on the job's thread, with its interrupt flag clear, if `starting` was.
    default void stopped() {}

    /// A failure of this job has no owner, and the failure handler is about to be told of it. Called
    /// after `ended`, save for a job that outlives `close`.
    ///
    /// @param failure what the body threw, or a [StragglerException]
    default void unobserved(Throwable failure) {}

    /// The job has ended, with everything below it. Called exactly once, also for a job that never ran,
    /// before anybody who waits for the job goes on.
    ///
    /// @param outcome how it ended
    default void ended(Outcome<?> outcome) {}
}
