package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.Outcome;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// What is known of one job between its spawn and its end.
///
/// Written by the spawner before the job is shared, then by the job's thread until the body is over, then by
/// whoever ends the job; the scheduler orders these. Jobs below read it only while the job lives.
final class ObservedJob implements JobObservation {
    private static final long NOT_STARTED = Long.MIN_VALUE;

    private final JobTelemetry telemetry;
    private final Job<?> job;

    /// The spawning thread's; what follows from it is made when asked for, not kept by each pending job.
    private final Context spawner;

    private final JobMetrics.@Nullable Series series;
    private final long spawnedNanos = System.nanoTime();

    /// The job above, if it is observed; null where tracing was off at spawn.
    private final @Nullable ObservedJob parent;

    /// Whether tracing was on at spawn.
    private final boolean tracing;

    /// Shared by all jobs of a tree. In the root it is lazy, for most have nothing below them, and made under the
    /// lock of this object.
    private volatile @Nullable SpanTree tree;

    private long startedNanos = NOT_STARTED;
    private boolean suppressed;

    /// Current around the body.
    private Context context;

    /// The job's own span.
    private @Nullable Span span;

    /// The nearest span, its own or one above; what spans below hang on.
    private @Nullable Span nearest;

    private @Nullable Scope current;
    private @Nullable Future<?> heartbeat;

    /// Lazy, and locked by this object until it is there: children end at once on many threads.
    private volatile @Nullable FailureOrigins failures;

    ObservedJob(
            JobTelemetry telemetry,
            Job<?> job,
            Context spawner,
            JobMetrics.@Nullable Series series,
            @Nullable ObservedJob parent,
            boolean tracing) {
        this.telemetry = telemetry;
        this.job = job;
        this.spawner = spawner;
        this.series = series;
        this.parent = parent;
        this.tracing = tracing;
        this.tree = parent == null ? null : parent.tree();
        this.context = spawn().context();
    }

    long id() {
        return job.id();
    }

    Job<?> job() {
        return job;
    }

    String staticName() {
        return series == null ? JobMetrics.staticName(job) : series.name();
    }

    long queueNanos() {
        return startedNanos - spawnedNanos;
    }

    @Nullable
    Span nearest() {
        return nearest;
    }

    SpanTree tree() {
        var known = tree;
        return known == null ? makeTree() : known;
    }

    private synchronized SpanTree makeTree() {
        var made = tree;
        if (made == null) {
            made = telemetry.spans().newTree();
            if (span != null) {
                made.tryTake();
            }
            tree = made;
        }
        return made;
    }

    private SpawnContext spawn() {
        return SpawnContext.of(spawner);
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed by stopped.
    public void starting() {
        startedNanos = System.nanoTime();
        if (tracing) {
            startSpan();
        }
        current = context.makeCurrent();
        if (series != null) {
            series.started(queueNanos(), context);
        }
        heartbeat = telemetry.beat(job, context, startedNanos);
    }

    private void startSpan() {
        telemetry.started().add(id(), this);
        var spans = telemetry.spans();
        var covered = spans.covers(job);
        nearest = parent == null ? null : parent.nearest;
        // A root has its span whatever the count: it says how many others have none.
        suppressed = covered && parent != null && !tree().tryTake();
        if (suppressed) {
            tree().suppress();
        }
        var spawn = spawn();
        if (!covered || suppressed) {
            context = spans.contextBelow(nearest, spawn);
            return;
        }
        var started = spans.start(this, spawn, null);
        span = started;
        nearest = started;
        context = spawn.context().with(started);
        spans.queued(this, context);
    }

    @Override
    public void stopped() {
        if (current != null) {
            current.close();
            current = null;
        }
    }

    @Override
    public void ended(Outcome<?> outcome) {
        if (startedNanos == NOT_STARTED) {
            if (series != null) {
                series.neverStarted(outcome, context);
            }
            return;
        }
        var nanos = System.nanoTime() - startedNanos;
        if (heartbeat != null) {
            heartbeat.cancel(false);
        }
        if (series != null) {
            series.ended(outcome, nanos, context);
        }
        if (tracing) {
            endSpan(outcome, nanos);
        }
    }

    private void endSpan(Outcome<?> outcome, long nanos) {
        telemetry.started().remove(id(), this);
        if (span != null) {
            var below = parent == null ? tree : null;
            if (below != null && below.suppressed() > 0) {
                span.setAttribute(Keys.SUPPRESSED, below.suppressed());
            }
            passUp(outcome, telemetry.spans().finish(span, context, outcome, failures));
            span.end();
        } else if (outcome instanceof Outcome.Failed<?> failed) {
            if (suppressed) {
                endLate(failed, nanos);
            } else {
                passUp(outcome, known(failed.failure()));
            }
        }
    }

    /// A failure is worth a span that the tree has no room for.
    private void endLate(Outcome.Failed<?> failed, long nanos) {
        var start = job.startedAt().orElseGet(job::spawnedAt);
        var spawn = spawn();
        var late = telemetry.spans().start(this, spawn, start);
        tree().restore();
        passUp(failed, telemetry.spans().finish(late, spawn.context().with(late), failed, failures));
        late.end(start.plusNanos(nanos));
    }

    private @Nullable SpanContext known(Throwable failure) {
        var below = failures;
        return below == null ? null : below.find(Outcomes.unwrap(failure));
    }

    /// Tells the job above where a failure was recorded, for it may fail with the same one.
    private void passUp(Outcome<?> outcome, @Nullable SpanContext origin) {
        if (parent != null && origin != null && outcome instanceof Outcome.Failed<?> failed) {
            parent.failures().put(Outcomes.unwrap(failed.failure()), origin);
        }
    }

    private FailureOrigins failures() {
        var known = failures;
        if (known != null) {
            return known;
        }
        synchronized (this) {
            var made = failures;
            if (made == null) {
                made = new FailureOrigins();
                failures = made;
            }
            return made;
        }
    }
}
