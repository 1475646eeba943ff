package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Threads;
import org.jspecify.annotations.Nullable;

/// Has observers hear that jobs were asked to stop. That is user code, which may not run on the thread of who
/// cancels, and a job's own is busy with the body; so each request has a virtual thread of its own. Where that
/// comes late, or cannot be started, the jobs' own threads do it at the end of the body.
final class CancelNotices {
    private CancelNotices() {}

    /// To be called by the thread that has stopped them.
    ///
    /// @param job one that was stopped; null for none
    /// @param scope where jobs were stopped, also below; null for none
    static void begin(RootScope scheduler, @Nullable JobImpl<?> job, @Nullable Scope scope) {
        try {
            if (isObserved(job) || isAnyObserved(scheduler, scope)) {
                Threads.start("", scheduler.contextLoader(), () -> deliver(job, scope));
            }
        } catch (Throwable noThread) {
            // The jobs' own do it.
        }
    }

    private static boolean isObserved(@Nullable JobImpl<?> job) {
        return job != null && job.observation() != null;
    }

    private static boolean isAnyObserved(RootScope scheduler, @Nullable Scope scope) {
        return scope != null && scheduler.observed && !scope.live.isIdle();
    }

    private static void deliver(@Nullable JobImpl<?> job, @Nullable Scope scope) {
        try {
            if (job != null) {
                job.notifyCancelling();
            }
            if (scope != null) {
                scope.eachBelow(JobImpl::notifyCancelling);
            }
        } catch (Throwable noMemory) {
            // The same.
        }
    }
}
