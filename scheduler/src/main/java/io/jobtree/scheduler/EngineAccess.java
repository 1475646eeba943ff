package io.jobtree.scheduler;

import io.jobtree.scheduler.engine.ApiAccess;
import io.jobtree.scheduler.engine.Gate;
import io.jobtree.scheduler.engine.RootScope;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Lets the engine have what it needs of this package and users are not to have.
final class EngineAccess extends ApiAccess {
    @Override
    protected Scheduler scheduler(RootScope root) {
        return new Scheduler(root);
    }

    @Override
    protected ScopedValue<?>[] carried(SchedulerOptions options) {
        return options.carried();
    }

    @Override
    protected ScopedValue<?>[] carried(JobOptions options) {
        return options.carried();
    }

    @Override
    protected @Nullable Duration timeout(JobOptions options) {
        return options.timeoutOrNull();
    }

    @Override
    protected @Nullable Gate sharedLimit(JobOptions options) {
        var limit = options.limitOrNull();
        return limit == null ? null : limit.gate();
    }

    @Override
    protected String text(CancelReason reason) {
        return reason.text();
    }

    @Override
    protected JobFailedException failed(Object job, Throwable failure, String more) {
        return new JobFailedException(job + ": " + JobFailedException.text(failure) + more, failure);
    }

    @Override
    protected JobCancelledException cancelled(String message, CancelReason reason) {
        return new JobCancelledException(message, reason);
    }

    @Override
    protected JobTimeoutException timedOut(String message) {
        return new JobTimeoutException(message);
    }

    @Override
    protected StragglerException straggler(String message, StackTraceElement[] stack) {
        return new StragglerException(message, stack);
    }
}
