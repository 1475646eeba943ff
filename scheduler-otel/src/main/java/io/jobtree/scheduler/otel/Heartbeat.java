package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Log events for jobs that run long, in their context: that the job still runs, and where its thread is.
final class Heartbeat {
    static final String EVENT = "jobtree.job.heartbeat";

    private static final int MAX_FRAMES = 32;

    private final Logger logger;
    private final Duration interval;

    Heartbeat(Logger logger, Duration interval) {
        this.logger = logger;
        this.interval = interval;
    }

    boolean isEnabled() {
        return logger.isEnabled(Severity.INFO);
    }

    /// Beats until it is cancelled.
    Future<?> start(Job<?> job, Context context, long startedNanos) {
        var nanos = interval.toNanos();
        return ForkJoinPool.commonPool()
                .scheduleAtFixedRate(() -> beat(job, context, startedNanos), nanos, nanos, TimeUnit.NANOSECONDS);
    }

    private void beat(Job<?> job, Context context, long startedNanos) {
        var state = job.state();
        if (state.isDone()) {
            return;
        }
        var elapsed = Keys.seconds(System.nanoTime() - startedNanos);
        var event = logger.logRecordBuilder()
                .setContext(context)
                .setSeverity(Severity.INFO)
                .setEventName(EVENT)
                .setBody(job.path() + " has been running for " + Math.round(elapsed * 10) / 10.0 + " s")
                .setAttribute(Keys.ID, job.id())
                .setAttribute(Keys.PATH, job.path())
                .setAttribute(Keys.SCHEDULER, job.scheduler().name())
                .setAttribute(Keys.STATE, Outcomes.word(state))
                .setAttribute(Keys.ELAPSED, elapsed);
        job.thread().ifPresent(thread -> event.setAttribute(Keys.STACK, text(thread.getStackTrace())));
        event.emit();
    }

    private static String text(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .limit(MAX_FRAMES)
                .map(frame -> "\tat " + frame)
                .collect(Collectors.joining("\n"));
    }
}
