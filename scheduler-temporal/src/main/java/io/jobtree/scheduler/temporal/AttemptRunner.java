package io.jobtree.scheduler.temporal;

import com.google.common.collect.Comparators;
import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobBody;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Outcome;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Runs one attempt as a branch job. The engine's own thread watches it, so that neither a body that reports progress
/// nor any job below it ever waits for the network.
final class AttemptRunner extends ActivityInboundCallsInterceptorBase {
    private static final Duration WATCH = Duration.ofMillis(200);
    /// Also of attempts that the worker leaves to themselves, or does not begin.
    private static final Outcome<@Nullable Object> CLOSED =
            new Outcome.Cancelled<>(CancelReason.CLOSED, Optional.empty());

    private final JobActivities activities;
    private RemoteAttempt attempt;
    private long lastProgress = System.nanoTime();
    private boolean lost;

    @SuppressWarnings("NullAway.Init") // the engine calls init before execute
    AttemptRunner(ActivityInboundCallsInterceptor next, JobActivities activities) {
        super(next);
        this.activities = activities;
    }

    @Override
    public void init(ActivityExecutionContext context) {
        attempt = new RemoteAttempt(context);
        super.init(context);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
        Outcome<@Nullable Object> outcome;
        boolean isOverdue = false;
        try {
            var job = spawn(input);
            var _ = attempt.context.getCancellationToken().onCancel(job::cancel);
            outcome = watch(job);
            isOverdue = job.deadline().orElse(Instant.MAX).isBefore(Instant.now());
        } catch (RejectedExecutionException | InterruptedException closed) {
            outcome = CLOSED;
        }
        return new ActivityOutput(result(outcome, isOverdue));
    }

    private Job<@Nullable Object> spawn(ActivityInput input) {
        var name = attempt.context.getInfo().getActivityType();
        JobBody<@Nullable Object> body = scope -> {
            attempt.scope = scope;
            var task = activities.tasks.get(name);
            return task != null
                    ? task.run(scope, input.getArguments())
                    : super.execute(input).getResult();
        };
        var options = JobOptions.named(name)
                .withTimeout(rest(attempt.context.getInfo()))
                .withCarried(RemoteAttempt.CURRENT)
                .withTag("jobtree.remote.id", attempt.id());
        return ScopedValue.where(RemoteAttempt.CURRENT, attempt)
                .<Job<@Nullable Object>, RuntimeException>call(() -> activities.headers.restore(
                        HeaderPropagator.HEADERS.get(), () -> activities.scheduler.spawn(options, body)));
    }

    /// The body's time: the engine's, after which nobody would hear of its end, less 5 %, or 1 s if that is more.
    /// All moments are of the server's clock.
    static Duration rest(ActivityInfo info) {
        var rest = info.getStartToCloseTimeout();
        var all = info.getScheduleToCloseTimeout();
        if (all.isPositive()) {
            var left = all.minusMillis(info.getStartedTimestamp() - info.getScheduledTimestamp());
            rest = rest.isPositive() ? Comparators.min(rest, left) : left;
        }
        var margin = Comparators.max(rest.dividedBy(20), RemoteOptions.LEAST);
        return Comparators.max(rest.minus(margin), Duration.ZERO);
    }

    private Outcome<@Nullable Object> watch(Job<@Nullable Object> job) throws InterruptedException {
        // What has come to its end is not handed back, however late this thread looks.
        while (!activities.abandoning || job.isDone()) {
            try {
                return job.await(WATCH);
            } catch (TimeoutException running) {
                // The loop goes on.
            } finally {
                // Also that of a job that has ended: the next attempt goes on from there.
                sendProgress(job);
            }
        }
        return CLOSED;
    }

    /// Sends what progress there is; cancels an attempt that the engine has given up, or is about to.
    private void sendProgress(Job<?> job) {
        var details = attempt.unsent.getAndSet(null);
        var heartbeat = attempt.context.getInfo().getHeartbeatTimeout();
        try {
            if (details != null) {
                attempt.context.heartbeat(details.orElse(null));
                lastProgress = System.nanoTime();
            }
        } catch (ActivityCompletionException over) {
            lost = true;
        }
        lost |= heartbeat.isPositive() && System.nanoTime() - lastProgress > heartbeat.toNanos();
        if (lost) {
            job.cancel();
        }
    }

    /// @param isOverdue whether the attempt's time is over: else it was that of a job below, whose failure this is
    private @Nullable Object result(Outcome<@Nullable Object> outcome, boolean isOverdue) {
        return switch (outcome) {
            case Outcome.Succeeded(var value) -> value;
            case Outcome.Failed(JobTimeoutException failure)
            when isOverdue ->
                throw ApplicationFailure.newFailureWithCause(
                        failure.getMessage(), RemoteFailure.TIMED_OUT, Sendable.of(failure));
            case Outcome.Failed(var failure) -> throw Activity.wrap(Sendable.of(failure));
            case Outcome.Cancelled<?> _
            when attempt.context.getCancellationToken().isCancellationRequested() ->
                throw new ActivityCanceledException(attempt.context.getInfo());
            case Outcome.Cancelled(var reason, var _)
            when reason == CancelReason.CLOSED ->
                throw ApplicationFailure.newFailureWithCauseAndDelay(
                        "the worker is closed", RemoteFailure.HANDED_BACK, null, Duration.ofMillis(1));
            case Outcome.Cancelled<?> _
            when lost -> throw ApplicationFailure.newFailure("the attempt was given up", RemoteFailure.GIVEN_UP);
            case Outcome.Cancelled<?> _ ->
                throw ApplicationFailure.newNonRetryableFailure("cancelled by its worker", RemoteFailure.CANCELLED);
        };
    }
}
