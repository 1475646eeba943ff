package io.jobtree.scheduler.otel.metrics;

import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.jobtree.scheduler.otel.semconv.Outcomes;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.context.Context;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What is recorded of the jobs of one name in one scheduler. A series holds no job.
public final class Series {
    private final JobMetrics metrics;
    private final Attributes base;
    private final Level level;

    /// The attribute sets of durations, by what became of the jobs.
    private final ConcurrentHashMap<String, Attributes> durations = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<String, Attributes> reasons = new ConcurrentHashMap<>();

    /// Written before the level is read, and read after it was written: so a job is not counted in a series that
    /// is dropped at the same time.
    private volatile boolean dropped;

    /// To see whether it is still in use: how many jobs there were at the last look, and when that changed.
    private long lastTotal;

    private long changedNanos = System.nanoTime();

    /// The shared limit that one of its jobs had last, which is nearly always the one of the next job too.
    private WeakReference<@Nullable Limit> lastLimit = new WeakReference<>(null);

    Series(JobMetrics metrics, Attributes base, Level level) {
        this.metrics = metrics;
        this.base = base;
        this.level = level;
    }

    /// Of the scheduler, the name, and what [io.jobtree.scheduler.otel.JobTelemetryBuilder#metricAttributes] adds.
    Attributes base() {
        return base;
    }

    Level level() {
        return level;
    }

    /// False if the series has been dropped: then the job is to be counted in a new one.
    boolean trySpawn() {
        level.spawned.increment();
        if (!dropped) {
            return true;
        }
        level.spawned.decrement();
        return false;
    }

    /// Drops it if it had no job for that long.
    boolean tryDrop(long idleNanos, long now) {
        long total = level.total();
        if (total != lastTotal || !level.isIdle()) {
            lastTotal = total;
            changedNanos = now;
            return false;
        }
        if (now - changedNanos < idleNanos) {
            return false;
        }
        dropped = true;
        if (level.total() != total) {
            dropped = false;
            return false;
        }
        return true;
    }

    /// Whether its last job had another shared limit. May say so twice where threads race.
    boolean isNew(Limit limit) {
        if (lastLimit.refersTo(limit)) {
            return false;
        }
        lastLimit = new WeakReference<>(limit);
        return true;
    }

    void release(AttributeSets ofDurations, AttributeSets ofReasons) {
        ofDurations.remove(counted(durations));
        ofReasons.remove(counted(reasons));
    }

    /// What there was no room for was not counted.
    private static int counted(ConcurrentHashMap<String, Attributes> known) {
        return (int) known.values().stream()
                .filter(attributes -> !attributes.equals(AttributeSets.OVERFLOW))
                .count();
    }

    public void started() {
        level.started.increment();
    }

    public void queued(long queueNanos, Context context) {
        metrics.queueDuration().record(Keys.seconds(queueNanos), base, context);
    }

    /// Records the end of a job that ran.
    ///
    /// @param expected whether the failure is one that is expected; false for other outcomes
    public void ended(Outcome<?> outcome, boolean expected, long nanos, Context context) {
        level.ended.increment();
        metrics.duration().record(Keys.seconds(nanos), durationAttributes(outcome, expected), context);
    }

    public void neverStarted(Outcome<?> outcome, Context context) {
        level.neverStarted.increment();
        var reason = Outcomes.notStartedReason(outcome);
        var known = reasons.get(reason);
        var attributes = known == null
                ? add(reasons, metrics.reasonSets(), reason, with(Keys.NOT_STARTED_REASON, reason))
                : known;
        metrics.notStarted().add(1, attributes, context);
    }

    /// The job has no span because the budget had none left.
    public void suppressed(Context context) {
        metrics.suppressed().add(1, base, context);
    }

    public void straggler(Context context) {
        metrics.stragglers().add(1, base, context);
    }

    private Attributes durationAttributes(Outcome<?> outcome, boolean expected) {
        var kind = switch (outcome) {
            case Outcome.Succeeded<?> _ -> Outcomes.SUCCEEDED;
            case Outcome.Failed<?> failed -> Outcomes.errorType(failed.failure());
            case Outcome.Cancelled<?> cancelled -> Outcomes.word(cancelled.reason());
        };
        var key = expected ? "expected " + kind : kind;
        var known = durations.get(key);
        return known == null ? add(durations, metrics.durationSets(), key, describe(outcome, expected, kind)) : known;
    }

    private Attributes describe(Outcome<?> outcome, boolean expected, String kind) {
        return switch (outcome) {
            case Outcome.Succeeded<?> _ -> with(Keys.OUTCOME, Outcomes.SUCCEEDED);
            case Outcome.Failed<?> _ -> {
                var failed = with(Keys.OUTCOME, Outcomes.FAILED).toBuilder().put(Keys.ERROR_TYPE, kind);
                yield (expected ? failed.put(Keys.FAILURE_EXPECTED, true) : failed).build();
            }
            case Outcome.Cancelled<?> _ ->
                with(Keys.OUTCOME, Outcomes.CANCELLED).toBuilder()
                        .put(Keys.CANCEL_REASON, kind)
                        .build();
        };
    }

    private Attributes with(AttributeKey<String> key, String value) {
        return base.toBuilder().put(key, value).build();
    }

    private static Attributes add(
            ConcurrentHashMap<String, Attributes> known, AttributeSets sets, String key, Attributes attributes) {
        return known.computeIfAbsent(key, _ -> sets.tryAdd(1) ? attributes : AttributeSets.OVERFLOW);
    }
}
