package io.jobtree.scheduler;

import io.jobtree.scheduler.engine.Observers;
import java.util.Optional;

/// How tracing, metrics and leak detection plug in: notified of every scheduler and every job.
///
/// An observer belongs to one scheduler ([SchedulerOptions#withObserver]) or to the whole process
/// ([#install]). One that is a service is made when the first scheduler is opened; its constructor must not wait for
/// a thread that uses Jobtree. A job is seen by those that were there when it was spawned.
///
/// **Threads:** called from any thread, at once from many. An observer that throws is logged once and
/// changes nothing.
@FunctionalInterface
public interface JobObserver {
    /// A scheduler was opened.
    ///
    /// @param scheduler the scheduler, open
    default void schedulerOpened(Scheduler scheduler) {}

    /// A scheduler was closed; what still runs in it would not stop.
    ///
    /// @param scheduler the scheduler, closed
    default void schedulerClosed(Scheduler scheduler) {}

    /// Whether it wants to hear of jobs that are spawned now. Asked on the spawning thread at each spawn, before
    /// the job is shown to it; where it says no, it is not asked about that job at all, and the job costs what
    /// one without observers does. For an observer that is there but switched off, and can say so without looking
    /// at the job: it is to be quick, and must neither wait nor spawn.
    ///
    /// @return false to hear nothing of jobs that are spawned now
    default boolean isEnabled() {
        return true;
    }

    /// A job was made. Called on the spawning thread, before the job can start.
    ///
    /// @param job the job, pending
    /// @return what this observer wants to hear about this job
    JobObservation spawned(Job<?> job);

    /// A job was made; as [#spawned(Job)], with what this observer keeps of the parent. An observer whose
    /// observations refer to each other overrides this one, and needs no table of its own.
    ///
    /// @param job the job, pending
    /// @param parent this observer's own observation of the job's parent, or of the job that
    ///     [shields][Scheduler#shield] it; empty for a job without either, where that is done, as in its failure
    ///     handler, and where the observer was not there when that was spawned or gave [JobObservation#NONE] for it
    /// @return what this observer wants to hear about this job
    default JobObservation spawned(Job<?> job, Optional<JobObservation> parent) {
        return spawned(job);
    }

    /// A spawn gave no job: it threw `RejectedExecutionException`, or a `trySpawn` returned empty. Called
    /// on the spawning thread. Where the scope was closed in the middle of the spawn, observers have heard
    /// of the job, too, and hear of its end, on a virtual thread made for that: maybe after the spawn has
    /// thrown.
    ///
    /// @param refusal what was refused, and why; another instance each time
    default void refused(SpawnRefusal refusal) {}

    /// Installs an observer for all schedulers of the process, also those already open. It is notified after a
    /// scheduler's own observers, and before those that the service loader has found.
    ///
    /// @param observer the observer
    /// @return what removes it when closed; jobs spawned before that are observed to their end
    static Installation install(JobObserver observer) {
        return Observers.install(observer);
    }

    /// An installed observer.
    interface Installation extends AutoCloseable {
        /// Removes the observer; does nothing the second time.
        @Override
        void close();
    }
}
