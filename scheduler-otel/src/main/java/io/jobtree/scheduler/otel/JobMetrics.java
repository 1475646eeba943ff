package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Outcome;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// The instruments, and the attribute sets and levels that jobs of one name share.
///
/// How many jobs are active is counted here and read when metrics are collected: four records a job would cost more
/// than its span.
final class JobMetrics {
    private static final List<Double> BOUNDS = List.of(
            0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
            60.0, 300.0, 900.0, 3600.0);

    /// Names beyond that get their attributes made each time, and are counted as one: somebody puts ids into names.
    private static final int MAX_SERIES = 4_096;

    private final DoubleHistogram duration;
    private final DoubleHistogram queueDuration;
    private final LongCounter notStarted;
    private final ConcurrentHashMap<String, ConcurrentHashMap<String, Series>> series = new ConcurrentHashMap<>();
    private final Level overflow = new Level(Attributes.of(Keys.OVERFLOW, true));
    private volatile boolean overflowed;

    JobMetrics(OpenTelemetry openTelemetry) {
        var builder = openTelemetry.meterBuilder(Keys.INSTRUMENTATION).setSchemaUrl(Keys.SCHEMA_URL);
        var meter = (Keys.VERSION == null ? builder : builder.setInstrumentationVersion(Keys.VERSION)).build();
        duration = meter.histogramBuilder("jobtree.job.duration")
                .setDescription("Time from the start of a job's body until the job was done with everything below it")
                .setUnit("s")
                .setExplicitBucketBoundariesAdvice(BOUNDS)
                .build();
        queueDuration = meter.histogramBuilder("jobtree.job.queue.duration")
                .setDescription("Time from the spawn of a job until its body started")
                .setUnit("s")
                .setExplicitBucketBoundariesAdvice(BOUNDS)
                .build();
        notStarted = meter.counterBuilder("jobtree.job.not_started")
                .setDescription("Jobs that ended without having run")
                .setUnit("{job}")
                .build();
        meter.upDownCounterBuilder("jobtree.job.active")
                .setDescription("Jobs that are not done")
                .setUnit("{job}")
                .buildWithCallback(this::observe);
    }

    boolean isEnabled() {
        return duration.isEnabled() || queueDuration.isEnabled() || notStarted.isEnabled();
    }

    private void observe(ObservableLongMeasurement active) {
        for (var ofScheduler : series.values()) {
            ofScheduler.values().forEach(known -> known.level.observe(active));
        }
        if (overflowed) {
            overflow.observe(active);
        }
    }

    Series seriesOf(Job<?> job) {
        var scheduler = job.scheduler().name();
        var name = staticName(job);
        var ofScheduler = series.get(scheduler);
        var known = ofScheduler == null ? null : ofScheduler.get(name);
        return known == null ? addSeries(scheduler, name) : known;
    }

    private Series addSeries(String scheduler, String name) {
        var ofScheduler = series.size() < MAX_SERIES
                ? series.computeIfAbsent(scheduler, _ -> new ConcurrentHashMap<>())
                : series.get(scheduler);
        var base = Attributes.of(Keys.SCHEDULER, scheduler, Keys.NAME, name);
        if (ofScheduler != null && ofScheduler.size() < MAX_SERIES) {
            return ofScheduler.computeIfAbsent(name, _ -> new Series(name, base, new Level(base)));
        }
        overflowed = true;
        return new Series(name, base, overflow);
    }

    /// The name that a job was given; the one that the scheduler makes has the id in it.
    static String staticName(Job<?> job) {
        return job.options().name().orElse(Keys.UNNAMED);
    }

    /// What is recorded of the jobs of one name in one scheduler. A series holds no job.
    final class Series {
        private final String name;
        private final Attributes base;
        private final Attributes succeeded;
        private final Level level;

        private Series(String name, Attributes base, Level level) {
            this.name = name;
            this.base = base;
            this.level = level;
            succeeded = base.toBuilder().put(Keys.OUTCOME, Outcomes.SUCCEEDED).build();
        }

        /// The jobs' static name.
        String name() {
            return name;
        }

        void spawned() {
            level.spawned.increment();
        }

        void started(long queueNanos, Context context) {
            level.started.increment();
            queueDuration.record(Keys.seconds(queueNanos), base, context);
        }

        void ended(Outcome<?> outcome, long nanos, Context context) {
            level.ended.increment();
            duration.record(Keys.seconds(nanos), attributes(outcome), context);
        }

        void neverStarted(Outcome<?> outcome, Context context) {
            level.neverStarted.increment();
            var reason = Outcomes.notStartedReason(outcome);
            notStarted.add(
                    1, base.toBuilder().put(Keys.NOT_STARTED_REASON, reason).build(), context);
        }

        private Attributes attributes(Outcome<?> outcome) {
            return switch (outcome) {
                case Outcome.Succeeded<?> _ -> succeeded;
                case Outcome.Failed<?> failed ->
                    base.toBuilder()
                            .put(Keys.OUTCOME, Outcomes.FAILED)
                            .put(Keys.ERROR_TYPE, Outcomes.errorType(failed.failure()))
                            .build();
                case Outcome.Cancelled<?> cancelled ->
                    base.toBuilder()
                            .put(Keys.OUTCOME, Outcomes.CANCELLED)
                            .put(Keys.CANCEL_REASON, Outcomes.word(cancelled.reason()))
                            .build();
            };
        }
    }

    /// How many jobs are active, as what came less what went. What went is read first, so it is never below zero.
    private static final class Level {
        final LongAdder spawned = new LongAdder();
        final LongAdder started = new LongAdder();
        final LongAdder ended = new LongAdder();
        final LongAdder neverStarted = new LongAdder();
        private final Attributes pending;
        private final Attributes running;

        Level(Attributes base) {
            pending = base.toBuilder().put(Keys.STATE, "pending").build();
            running = base.toBuilder().put(Keys.STATE, "running").build();
        }

        void observe(ObservableLongMeasurement active) {
            long over = ended.sum();
            long begun = started.sum();
            long left = begun + neverStarted.sum();
            active.record(begun - over, running);
            active.record(spawned.sum() - left, pending);
        }
    }
}
