package io.jobtree.scheduler.otel.metrics;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.otel.compat.Target;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.BatchCallback;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// What is looked at when metrics are collected, and costs jobs nothing: how many jobs are active, limits, the
/// oldest job of each scheduler, and the jobs that were asked to stop and have not.
///
/// Several telemetries may have one meter, which takes one value of each attribute set: the first of them records for
/// all.
final class LiveGauges implements AutoCloseable {
    private static final int MAX_LIMITS = 500;

    /// Those of one telemetry, with what it adds up itself.
    private static final int MAX_LEVELS = 1_900;

    private static final String OF_SCHEDULER = "scheduler";
    private static final String SHARED = "shared";

    /// Those that are open. A meter holds its callbacks, and so these.
    private static final Set<LiveGauges> OPEN =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final long number = NUMBERS.incrementAndGet();
    private final Target target;
    private final ObservableLongMeasurement places;
    private final ObservableLongMeasurement taken;
    private final ObservableLongMeasurement waiting;
    private final ObservableDoubleMeasurement oldest;
    private final ObservableLongMeasurement cancelling;
    private final ObservableLongMeasurement active;
    private final JobMetrics metrics;
    private final Consumer<BiConsumer<Job<?>, Series>> running;
    private final Set<Limit> limits = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private final BatchCallback callback;

    /// @param target where the meter leads
    /// @param metrics who knows the schedulers and the jobs of each name
    /// @param running goes over the jobs that run, with their series
    LiveGauges(Meter meter, Target target, JobMetrics metrics, Consumer<BiConsumer<Job<?>, Series>> running) {
        this.target = target;
        this.metrics = metrics;
        this.running = running;
        places = count(meter, "jobtree.limit.places", "Jobs that may hold a place of a limit at once", "{place}");
        taken = count(meter, "jobtree.limit.taken", "Places of a limit that are held", "{place}");
        waiting = count(meter, "jobtree.limit.waiting", "Jobs that wait for a place of a limit", "{job}");
        cancelling = count(meter, "jobtree.job.cancelling", "Jobs that were asked to stop and have not", "{job}");
        active = count(meter, "jobtree.job.active", "Jobs that are not done", "{job}");
        oldest = meter.gaugeBuilder("jobtree.job.oldest.age")
                .setDescription("Time since the spawn of the oldest job that is not done")
                .setUnit("s")
                .buildObserver();
        OPEN.add(this);
        callback = meter.batchCallback(this::observe, places, taken, waiting, cancelling, active, oldest);
    }

    private static ObservableLongMeasurement count(Meter meter, String name, String description, String unit) {
        return meter.upDownCounterBuilder(name)
                .setDescription(description)
                .setUnit(unit)
                .buildObserver();
    }

    /// A job of the series has this limit.
    void note(Series series, Limit limit) {
        if (series.isNew(limit)) {
            limits.add(limit);
        }
    }

    private void observe() {
        var all = ofThisMeter();
        if (all.isEmpty() || all.getFirst() != this) {
            // Another one records, or this one is being closed.
            return;
        }
        var levels = new HashMap<Attributes, Long>();
        all.forEach(gauges -> gauges.metrics.observe((attributes, count) -> add(levels, attributes, count)));
        levels.forEach((attributes, count) -> active.record(count, attributes));
        var use = new HashMap<Attributes, Use>();
        var ages = new HashMap<String, Double>();
        for (var scheduler : Scheduler.all()) {
            if (all.stream().anyMatch(gauges -> gauges.metrics.knows(scheduler.name()))) {
                observe(scheduler, use, ages);
            }
        }
        var shared = Collections.<Limit>newSetFromMap(new IdentityHashMap<>());
        all.forEach(gauges -> gauges.addLimits(shared));
        for (var limit : shared) {
            add(use, limit.name(), SHARED, new Use(limit.places(), limit.taken(), limit.waiting()));
        }
        record(use);
        var stopping = new HashMap<Attributes, Long>();
        all.forEach(gauges -> gauges.running.accept((job, series) -> {
            if (isLeftOut(job)) {
                ages.merge(job.scheduler().name(), seconds(job.spawnedAt()), Math::max);
            }
            if (job.state() == JobState.CANCELLING) {
                stopping.merge(series.base(), 1L, Long::sum);
            }
        }));
        ages.forEach((scheduler, age) -> oldest.record(age, Attributes.of(Keys.SCHEDULER, scheduler)));
        stopping.forEach((attributes, count) -> cancelling.record(count, attributes));
    }

    /// The oldest first.
    private List<LiveGauges> ofThisMeter() {
        synchronized (OPEN) {
            return OPEN.stream()
                    .filter(gauges -> gauges.target.isSameAs(target))
                    .sorted(Comparator.comparingLong(gauges -> gauges.number))
                    .toList();
        }
    }

    /// Whether it may be the oldest job of a scheduler that does not show it: a straggler of one that is no longer
    /// among those that are open, or a job that somebody shields, which is no job of the scheduler's scope.
    private static boolean isLeftOut(Job<?> job) {
        var scheduler = job.scheduler();
        return scheduler.isClosed() || (job.parent().isEmpty() && !scheduler.contains(job));
    }

    /// Schedulers of one name are one.
    private static void observe(Scheduler scheduler, Map<Attributes, Use> use, Map<String, Double> ages) {
        var name = scheduler.name();
        scheduler.jobs().stream().findFirst().ifPresent(job -> ages.merge(name, seconds(job.spawnedAt()), Math::max));
        scheduler.options().limit().ifPresent(limit -> {
            add(use, name, OF_SCHEDULER, new Use(limit, scheduler.takenPlaces(), scheduler.pendingCount()));
        });
    }

    private static double seconds(Instant since) {
        return Math.max(0, Keys.seconds(Duration.between(since, Instant.now()).toNanos()));
    }

    private void addLimits(Set<Limit> all) {
        synchronized (limits) {
            all.addAll(limits);
        }
    }

    private static void add(Map<Attributes, Use> all, String name, String kind, Use use) {
        var attributes = Attributes.of(Keys.LIMIT_NAME, name, Keys.LIMIT_KIND, kind);
        var found = all.size() < MAX_LIMITS || all.containsKey(attributes) ? attributes : AttributeSets.OVERFLOW;
        all.merge(found, use, Use::plus);
    }

    /// Each telemetry keeps as many names apart as the SDK has room for; several may have too many.
    private static void add(Map<Attributes, Long> levels, Attributes attributes, long count) {
        var isKept = levels.size() < MAX_LEVELS || levels.containsKey(attributes);
        levels.merge(isKept ? attributes : overflow(attributes), count, Long::sum);
    }

    private static Attributes overflow(Attributes attributes) {
        var state = Objects.requireNonNullElse(attributes.get(Keys.STATE), "");
        return AttributeSets.OVERFLOW.toBuilder().put(Keys.STATE, state).build();
    }

    private void record(Map<Attributes, Use> all) {
        all.forEach((attributes, use) -> {
            places.record(use.places, attributes);
            taken.record(use.taken, attributes);
            waiting.record(use.waiting, attributes);
        });
    }

    @Override
    public void close() {
        OPEN.remove(this);
        callback.close();
    }

    /// How much of limits of one name is in use.
    private record Use(long places, long taken, long waiting) {
        Use plus(Use other) {
            return new Use(places + other.places, taken + other.taken, waiting + other.waiting);
        }
    }
}
