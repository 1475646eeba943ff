package io.jobtree.benchmarks;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.Scheduler;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.List;

/// What `JobTelemetry` records of jobs that succeed, recorded by the jobs' own code.
final class ByHand {
    private static final AttributeKey<Long> ID = AttributeKey.longKey("jobtree.job.id");
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("jobtree.job.path");
    private static final AttributeKey<String> SCHEDULER = AttributeKey.stringKey("jobtree.job.scheduler");
    private static final AttributeKey<String> NAME = AttributeKey.stringKey("jobtree.job.name");
    private static final AttributeKey<String> STATE = AttributeKey.stringKey("jobtree.job.state");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("jobtree.job.outcome");
    private static final AttributeKey<Double> QUEUE_DURATION = AttributeKey.doubleKey("jobtree.job.queue.duration");

    private static final Attributes BASE = Attributes.of(SCHEDULER, Spawning.UNLIMITED.name(), NAME, "job");
    private static final Attributes PENDING =
            BASE.toBuilder().put(STATE, "pending").build();
    private static final Attributes RUNNING =
            BASE.toBuilder().put(STATE, "running").build();
    private static final Attributes SUCCEEDED =
            BASE.toBuilder().put(OUTCOME, "succeeded").build();

    private static final List<Double> BOUNDS = List.of(
            0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
            60.0, 300.0, 900.0, 3600.0);

    private final Tracer tracer;
    private final LongUpDownCounter active;
    private final DoubleHistogram queueDuration;
    private final DoubleHistogram duration;

    ByHand(OpenTelemetry openTelemetry) {
        tracer = openTelemetry.getTracer("by-hand");
        var meter = openTelemetry.getMeter("by-hand");
        active = meter.upDownCounterBuilder("active").build();
        queueDuration = histogram(meter, "queue.duration");
        duration = histogram(meter, "duration");
    }

    private static DoubleHistogram histogram(Meter meter, String name) {
        return meter.histogramBuilder(name)
                .setExplicitBucketBoundariesAdvice(BOUNDS)
                .build();
    }

    /// A span and nothing in it.
    void bareSpans(int jobs) {
        try (var scheduler = Scheduler.open(Spawning.UNLIMITED)) {
            for (int i = 0; i < jobs; i++) {
                scheduler.spawn(() -> run(tracer.spanBuilder("job").startSpan()));
            }
        }
    }

    @SuppressWarnings("try")
    private static void run(Span span) {
        try (var current = span.makeCurrent()) {
            Spawning.doNothing();
        } finally {
            span.end();
        }
    }

    /// A span with the attributes.
    void spans(int jobs) {
        try (var scheduler = Scheduler.open(Spawning.UNLIMITED)) {
            for (int i = 0; i < jobs; i++) {
                long spawned = System.nanoTime();
                scheduler.spawn((JobAction) () -> runDescribed(spawned));
            }
        }
    }

    @SuppressWarnings("try")
    private void runDescribed(long spawned) {
        var span = describedSpan(System.nanoTime() - spawned);
        try (var current = span.makeCurrent()) {
            Spawning.doNothing();
        } finally {
            span.setAttribute(OUTCOME, "succeeded").end();
        }
    }

    private Span describedSpan(long queueNanos) {
        var job = Job.current().orElseThrow();
        return tracer.spanBuilder("job")
                .startSpan()
                .setAttribute(ID, job.id())
                .setAttribute(PATH, job.path())
                .setAttribute(SCHEDULER, job.scheduler().name())
                .setAttribute(QUEUE_DURATION, seconds(queueNanos));
    }

    /// The same, and the metrics.
    void spansAndMetrics(int jobs) {
        try (var scheduler = Scheduler.open(Spawning.UNLIMITED)) {
            for (int i = 0; i < jobs; i++) {
                long spawned = System.nanoTime();
                active.add(1, PENDING, Context.root());
                scheduler.spawn((JobAction) () -> runMeasured(spawned));
            }
        }
    }

    @SuppressWarnings("try")
    private void runMeasured(long spawned) {
        long started = System.nanoTime();
        var span = describedSpan(started - spawned);
        var context = Context.root().with(span);
        try (var current = context.makeCurrent()) {
            active.add(-1, PENDING, Context.root());
            active.add(1, RUNNING, Context.root());
            queueDuration.record(seconds(started - spawned), BASE, context);
            Spawning.doNothing();
        } finally {
            active.add(-1, RUNNING, Context.root());
            duration.record(seconds(System.nanoTime() - started), SUCCEEDED, context);
            span.setAttribute(OUTCOME, "succeeded").end();
        }
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }
}
