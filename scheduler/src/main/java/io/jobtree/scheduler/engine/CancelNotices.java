package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Threads;
import org.jspecify.annotations.Nullable;

/// Has observers hear that jobs were asked to stop. That is user code, which may not run on the thread of who
/// cancels, and a job's own is busy with the body; so each job has a virtual thread for it. Where that comes late,
/// or cannot be started, the job's own does it at the end of the body.
final class CancelNotices {
    private CancelNotices() {}

    /// To be called by the thread that has stopped them.
    ///
    /// @param job one that was stopped; null for none
    /// @param scope where jobs were stopped, also below; null for none
    static void begin(RootScope scheduler, @Nullable JobImpl<?> job, @Nullable Scope scope) {
        try {
            if (job != null) {
                deliver(job);
            }
            if (scope != null && scheduler.observed && !scope.live.isIdle()) {
                // Who cancels does not wait until as many threads are started.
                Threads.start("", null, () -> deliverBelow(scope));
            }
        } catch (Throwable noThread) {
            // The jobs' own do it.
        }
    }

    private static void deliverBelow(Scope scope) {
        try {
            scope.eachBelow(CancelNotices::deliver);
        } catch (Throwable noThread) {
            // The same.
        }
    }

    private static void deliver(JobImpl<?> job) {
        if (job.isCancellingUnheard()) {
            Threads.start("", null, job::notifyCancelling);
        }
    }
}
