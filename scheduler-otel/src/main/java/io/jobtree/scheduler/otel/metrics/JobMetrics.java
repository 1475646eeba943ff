package io.jobtree.scheduler.otel.metrics;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.otel.compat.Api;
import io.jobtree.scheduler.otel.compat.Target;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.stream.Collectors;

/// The instruments, and the attribute sets and levels that jobs of one name share.
///
/// How many jobs are active is counted here and read when metrics are collected: four records a job would cost
/// more than its span.
public final class JobMetrics implements AutoCloseable {
    private static final List<Double> BOUNDS = List.of(
            0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
            60.0, 300.0, 900.0, 3600.0);

    /// The SDK keeps 2,000 attribute sets of an instrument. Each series has two in `jobtree.job.active`, and any
    /// number of outcomes in the durations.
    private static final int MAX_SERIES = 900;

    private static final int MAX_SETS = 1_900;

    private final DoubleHistogram duration;
    private final DoubleHistogram queueDuration;
    private final LongCounter notStarted;
    private final LongCounter refused;
    private final LongCounter suppressed;
    private final LongCounter stragglers;
    private final LiveGauges gauges;
    private final long idleNanos;

    private final ConcurrentHashMap<String, ConcurrentHashMap<Object, Series>> series = new ConcurrentHashMap<>();
    private final AttributeSets seriesCount = new AttributeSets(MAX_SERIES);
    private final AttributeSets durationSets = new AttributeSets(MAX_SETS);
    private final AttributeSets reasonSets = new AttributeSets(MAX_SETS);

    /// For names beyond that: somebody puts ids into names.
    private final Series overflow;

    private volatile boolean overflowed;

    /// Schedulers that have jobs of such names: they may have no other, and their limits and oldest jobs are no less
    /// theirs.
    private final Set<String> overflowing = ConcurrentHashMap.newKeySet();

    /// Makes the instruments.
    ///
    /// @param target where the meter leads
    /// @param idle how long a name may have no job before it is forgotten
    /// @param running goes over the jobs that run, with their series
    public JobMetrics(Meter meter, Target target, Duration idle, Consumer<BiConsumer<Job<?>, Series>> running) {
        idleNanos = idle.toNanos();
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
        notStarted = jobs(meter, "jobtree.job.not_started", "Jobs that ended without having run");
        refused = jobs(meter, "jobtree.job.refused", "Spawns that gave no job");
        suppressed =
                jobs(meter, "jobtree.job.suppressed_spans", "Jobs that have no span because the budget had none left");
        stragglers = jobs(meter, "jobtree.job.stragglers", "Jobs that outlived the close of their scheduler");
        overflow = new Series(this, AttributeSets.OVERFLOW, new Level(AttributeSets.OVERFLOW));
        gauges = new LiveGauges(meter, target, this, running);
    }

    private static LongCounter jobs(Meter meter, String name, String description) {
        return meter.counterBuilder(name)
                .setDescription(description)
                .setUnit("{job}")
                .build();
    }

    public boolean isEnabled() {
        return Api.isEnabled(duration) || Api.isEnabled(queueDuration) || Api.isEnabled(notStarted);
    }

    DoubleHistogram duration() {
        return duration;
    }

    DoubleHistogram queueDuration() {
        return queueDuration;
    }

    LongCounter notStarted() {
        return notStarted;
    }

    LongCounter suppressed() {
        return suppressed;
    }

    LongCounter stragglers() {
        return stragglers;
    }

    AttributeSets durationSets() {
        return durationSets;
    }

    AttributeSets reasonSets() {
        return reasonSets;
    }

    /// Counts a spawn that gave no job.
    public void refused(String scheduler, String reason) {
        refused.add(1, Attributes.of(Keys.SCHEDULER, scheduler, Keys.REFUSED_REASON, reason));
    }

    /// How many jobs are active. Forgets names that have had no job for long.
    void observe(ObjLongConsumer<Attributes> active) {
        long now = System.nanoTime();
        for (var ofScheduler : series.values()) {
            ofScheduler.entrySet().removeIf(entry -> isDropped(entry.getValue(), now));
            ofScheduler.values().forEach(known -> known.level().observe(active));
        }
        series.keySet().forEach(name -> series.computeIfPresent(name, (_, names) -> names.isEmpty() ? null : names));
        if (overflowed) {
            overflow.level().observe(active);
            var open = Scheduler.all().stream().map(Scheduler::name).collect(Collectors.toSet());
            overflowing.removeIf(name -> !open.contains(name));
        }
    }

    private boolean isDropped(Series known, long now) {
        if (!known.tryDrop(idleNanos, now)) {
            return false;
        }
        seriesCount.remove(1);
        known.release(durationSets, reasonSets);
        return true;
    }

    /// Counts a job that has been spawned.
    ///
    /// @param options the job's
    /// @param name of the job's span
    /// @param more attributes, few enough for metrics
    /// @return where to record what becomes of it
    public Series spawned(Job<?> job, JobOptions options, String name, Attributes more) {
        var scheduler = job.scheduler().name();
        Object key = more.isEmpty() ? name : List.of(name, more);
        while (true) {
            var ofScheduler = series.get(scheduler);
            var known = ofScheduler == null ? null : ofScheduler.get(key);
            var found = known == null ? add(scheduler, name, more, key) : known;
            if (found.trySpawn()) {
                // The read first, for a write takes a lock.
                if (found.equals(overflow) && !overflowing.contains(scheduler)) {
                    overflowing.add(scheduler);
                }
                options.sharedLimit().ifPresent(limit -> gauges.note(found, limit));
                return found;
            }
            // It is being dropped, and is gone in a moment.
            Thread.onSpinWait();
        }
    }

    private Series add(String scheduler, String name, Attributes more, Object key) {
        if (overflowed && !seriesCount.hasRoom()) {
            return overflow;
        }
        var added = new AtomicReference<>(overflow);
        // All in one step, for a scheduler without names is forgotten at the same time.
        series.compute(scheduler, (_, known) -> {
            var names = known == null ? new ConcurrentHashMap<Object, Series>() : known;
            var found = names.get(key);
            if (found == null && seriesCount.tryAdd(1)) {
                found = newSeries(scheduler, name, more);
                names.put(key, found);
            }
            if (found == null) {
                overflowed = true;
            } else {
                added.setPlain(found);
            }
            return names.isEmpty() ? null : names;
        });
        return added.getPlain();
    }

    private Series newSeries(String scheduler, String name, Attributes more) {
        var base = more.toBuilder()
                .put(Keys.SCHEDULER, scheduler)
                .put(Keys.NAME, name)
                .build();
        return new Series(this, base, new Level(base));
    }

    /// Whether jobs of schedulers of that name have been seen lately.
    boolean knows(String scheduler) {
        return series.containsKey(scheduler) || overflowing.contains(scheduler);
    }

    @Override
    public void close() {
        gauges.close();
    }
}
