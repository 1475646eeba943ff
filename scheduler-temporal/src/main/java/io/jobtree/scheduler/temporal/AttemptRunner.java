package io.jobtree.scheduler.temporal;

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
import io.temporal.common.converter.EncodedValues;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Runs one attempt as a branch job. The engine's own thread watches it, so that neither a body that reports progress
/// nor any job below it ever waits for the network.
final class AttemptRunner extends ActivityInboundCallsInterceptorBase {
    private static final Duration WATCH = Duration.ofMillis(200);
    private static final int MARGIN_DIVISOR = 20;

    private final ActivityInboundCallsInterceptor next;
    private final JobWorker worker;
    private @Nullable ActivityExecutionContext context;
    private boolean lost;

    AttemptRunner(ActivityInboundCallsInterceptor next, JobWorker worker) {
        super(next);
        this.next = next;
        this.worker = worker;
    }

    @Override
    public void init(ActivityExecutionContext newContext) {
        context = newContext;
        super.init(newContext);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
        var activity = Objects.requireNonNull(context);
        var attempt = new RemoteAttempt(activity);
        Outcome<@Nullable Object> outcome;
        try {
            var job = spawn(attempt, activity.getInfo(), input);
            try (var _ = activity.getCancellationToken().onCancel(job::cancel)) {
                outcome = watch(job, attempt, activity.getInfo());
            }
        } catch (RejectedExecutionException | InterruptedException closed) {
            throw handedBack();
        }
        return new ActivityOutput(result(outcome, activity));
    }

    private Job<@Nullable Object> spawn(RemoteAttempt attempt, ActivityInfo info, ActivityInput input) {
        JobBody<@Nullable Object> body = scope -> {
            attempt.scope = scope;
            var name = info.getActivityType();
            for (var task : worker.activities.tasks()) {
                if (task.name().equals(name)) {
                    return task.run(scope, (EncodedValues) input.getArguments()[0]);
                }
            }
            return next.execute(input).getResult();
        };
        var options = JobOptions.named(info.getActivityType())
                .withTimeout(rest(info))
                .withCarried(RemoteAttempt.CURRENT)
                .withTag("jobtree.remote.id", attempt.id());
        var headers = Objects.requireNonNullElse(HeaderPropagator.HEADERS.get(), Map.<String, String>of());
        try {
            return ScopedValue.where(RemoteAttempt.CURRENT, attempt)
                    .<Job<@Nullable Object>, RuntimeException>call(() ->
                            worker.activities.headers().restore(headers, () -> worker.scheduler.spawn(options, body)));
        } finally {
            HeaderPropagator.HEADERS.remove();
        }
    }

    /// The body's time: less than the engine's, after which nobody would hear of its end. All moments are of the
    /// server's clock.
    static Duration rest(ActivityInfo info) {
        var rest = info.getStartToCloseTimeout();
        var all = info.getScheduleToCloseTimeout();
        if (all.isPositive()) {
            var left = all.minusMillis(info.getStartedTimestamp() - info.getScheduledTimestamp());
            rest = rest.isPositive() && rest.compareTo(left) < 0 ? rest : left;
        }
        var margin = rest.dividedBy(MARGIN_DIVISOR);
        var body = rest.minus(margin.compareTo(RemoteOptions.LEAST) > 0 ? margin : RemoteOptions.LEAST);
        return body.isPositive() ? body : Duration.ZERO;
    }

    private Outcome<@Nullable Object> watch(Job<@Nullable Object> job, RemoteAttempt attempt, ActivityInfo info)
            throws InterruptedException {
        long heartbeat = info.getHeartbeatTimeout().toNanos();
        long lastProgress = System.nanoTime();
        // What has come to its end is not handed back, however late this thread looks.
        while (!worker.abandoning || job.isDone()) {
            try {
                var outcome = job.await(WATCH);
                // The next attempt goes on from there.
                sendProgress(job, attempt);
                return outcome;
            } catch (TimeoutException running) {
                if (sendProgress(job, attempt)) {
                    lastProgress = System.nanoTime();
                } else if (heartbeat > 0 && System.nanoTime() - lastProgress > heartbeat) {
                    giveUp(job);
                }
            }
        }
        throw handedBack();
    }

    private boolean sendProgress(Job<?> job, RemoteAttempt attempt) {
        try {
            return attempt.sendProgress();
        } catch (ActivityCompletionException over) {
            giveUp(job);
            return true;
        }
    }

    /// The engine has given the attempt up, or is about to.
    private void giveUp(Job<?> job) {
        lost = true;
        job.cancel();
    }

    private @Nullable Object result(Outcome<@Nullable Object> outcome, ActivityExecutionContext activity) {
        return switch (outcome) {
            case Outcome.Succeeded(var value) -> value;
            case Outcome.Failed(JobTimeoutException timeout) ->
                throw ApplicationFailure.newNonRetryableFailure(
                        String.valueOf(timeout.getMessage()), RemoteFailure.TIMED_OUT);
            case Outcome.Failed(var failure) -> throw Activity.wrap(failure);
            case Outcome.Cancelled<?> _
            when activity.getCancellationToken().isCancellationRequested() ->
                throw new ActivityCanceledException(activity.getInfo());
            case Outcome.Cancelled(var reason, var _) when reason == CancelReason.CLOSED -> throw handedBack();
            case Outcome.Cancelled<?> _
            when lost -> throw ApplicationFailure.newFailure("the attempt was given up", "io.jobtree.Lost");
            case Outcome.Cancelled<?> _ ->
                throw ApplicationFailure.newNonRetryableFailure("cancelled by its worker", RemoteFailure.CANCELLED);
        };
    }

    private static ApplicationFailure handedBack() {
        return ApplicationFailure.newFailureWithCauseAndDelay(
                "the worker is closed", RemoteFailure.HANDED_BACK, null, Duration.ofMillis(1));
    }
}
