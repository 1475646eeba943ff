package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.FailureHandler;
import io.jobtree.scheduler.StragglerException;
import io.jobtree.scheduler.platform.Log;
import io.jobtree.scheduler.platform.Retry;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/// Brings one failure to observers and to the failure handler; a straggler's to the log too. Where want of memory has
/// it run again, nobody is called twice.
final class FailureNotice implements Runnable {
    private final JobImpl<?> job;
    private final Observers.@Nullable Notice observers;
    private final FailureHandler handler;
    private final Throwable failure;
    private boolean logged;
    private boolean handled;

    private FailureNotice(JobImpl<?> job, Observers.@Nullable Observation observed, Throwable failure) {
        this.job = job;
        this.observers = observed == null ? null : observed.unobserved(failure);
        this.handler = job.root().options().failureHandler();
        this.failure = failure;
    }

    /// Calls them, with what observers have around the body, and logs what the handler throws. Nobody else would: so
    /// this is tried for a while, until there is memory.
    ///
    /// @param failure null for none
    /// @param bindings what is bound meanwhile; null on a thread that is none of the scope's
    static void deliver(
            JobImpl<?> job,
            Observers.@Nullable Observation observed,
            @Nullable Throwable failure,
            ScopedValue.@Nullable Carrier bindings) {
        if (failure == null) {
            return;
        }
        FailureNotice notice = null;
        for (int attempt = 1; ; attempt++) {
            try {
                notice = notice == null ? new FailureNotice(job, observed, failure) : notice;
                notice.deliver(observed, bindings);
                return;
            } catch (Throwable noMemory) {
                if (!Retry.mayTryAgain(attempt, noMemory)) {
                    Log.handlerThrew(job, failure, noMemory);
                    return;
                }
            }
        }
    }

    private void deliver(Observers.@Nullable Observation observed, ScopedValue.@Nullable Carrier bindings) {
        Runnable call = () -> Observers.within(observed, this);
        if (bindings == null) {
            job.runElsewhere(call);
        } else {
            bindings.run(call);
        }
    }

    @Override
    public void run() {
        if (failure instanceof StragglerException && !logged) {
            logged = true;
            Log.log(Level.ERROR, String.valueOf(failure.getMessage()), failure);
        }
        if (observers != null) {
            observers.run();
        }
        if (!handled) {
            handled = true;
            try {
                handler.onFailure(job, failure);
            } catch (Throwable thrown) {
                Log.handlerThrew(job, failure, thrown);
            }
        }
    }
}
