package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Log;
import io.jobtree.scheduler.platform.Retry;
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
            Threads.start("", null, () -> callBesideBody(job));
        }
    }

    /// While the body may run. What the hook closes is not waited for, as in a hook on the job's thread.
    private static void callBesideBody(JobImpl<?> job) {
        var own = job.extras;
        if (job.isStopped() && own != null && own.tryCallCancelling()) {
            try {
                Notifying.of(
                        job,
                        () -> job.runElsewhere(
                                () -> ScopedValue.where(JobImpl.CURRENT, job).run(() -> call(job, own))));
            } finally {
                own.endCancelling(false, job.runner());
            }
        }
    }

    /// Has observers hear that the job was asked to stop, if it was and they have not. On the job's thread. Nobody else
    /// would: so this is tried for a while, until there is memory.
    static void callAfterBody(JobImpl<?> job) {
        var own = job.extras;
        for (int attempt = 1; job.isStopped() && own != null && own.awaitOrCallCancelling(); attempt++) {
            try {
                call(job, own);
            } catch (Throwable noMemory) {
                if (!Retry.mayTryAgain(attempt, noMemory)) {
                    Log.hookNotCalled(job, noMemory);
                    return;
                }
            }
        }
    }

    private static void call(JobImpl<?> job, Extras own) {
        boolean called = false;
        Observers.Notice notice = null;
        try {
            var observed = own.observation;
            var request = job.cancelRequest();
            if (observed != null && request != null) {
                notice = observed.cancelling(request);
                observed.within(notice);
            }
            called = true;
        } finally {
            own.endCancelling(called || (notice != null && notice.hasBegun()), job.runner());
        }
    }
}
