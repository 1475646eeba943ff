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
    private final SpawnContext spawn;
    private final JobMetrics.@Nullable Series series;
    private final long spawnedNanos = System.nanoTime();

    /// The job above, if it is observed; null where tracing was off at spawn.
    private final @Nullable ObservedJob parent;

    /// Shared by all jobs of a tree; null where tracing was off at spawn.
    private final @Nullable SpanTree tree;

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
            SpawnContext spawn,
            JobMetrics.@Nullable Series series,
            @Nullable ObservedJob parent,
            @Nullable SpanTree tree) {
        this.telemetry = telemetry;
        this.job = job;
        this.spawn = spawn;
        this.series = series;
        this.parent = parent;
        this.tree = tree;
        this.context = spawn.context();
    }

    long id() {
        return job.id();
    }

    @Nullable
    SpanTree tree() {
        return tree;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed by stopped.
    public void starting() {
        startedNanos = System.nanoTime();
        if (tree != null) {
            startSpan(tree);
        }
        current = context.makeCurrent();
        if (series != null) {
            series.started(startedNanos - spawnedNanos, context);
        }
        heartbeat = telemetry.beat(job, context, startedNanos);
    }

    private void startSpan(SpanTree tree) {
        telemetry.started().add(id(), this);
        var above = parent == null ? null : parent.nearest;
        nearest = above;
        context = spawn.contextBelow(above, telemetry.spans().rootRelation());
        if (!telemetry.spans().covers(job)) {
            return;
        }
        // A root has its span whatever the count: it says how many others have none.
        if (!tree.tryTake() && parent != null) {
            suppressed = true;
            tree.suppress();
            return;
        }
        var parentContext = spawn.parentContext(above, telemetry.spans().rootRelation());
        var link = spawn.link(above, telemetry.spans().rootRelation());
        var started = telemetry.spans().start(job, parentContext, link, startedNanos - spawnedNanos, null);
        span = started;
        nearest = started;
        context = spawn.context().with(started);
        telemetry.spans().queued(job, context, tree, startedNanos - spawnedNanos);
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
        if (tree != null) {
            endSpan(tree, outcome, nanos);
        }
    }

    private void endSpan(SpanTree tree, Outcome<?> outcome, long nanos) {
        telemetry.started().remove(id(), this);
        if (span != null) {
            if (parent == null && tree.suppressed() > 0) {
                span.setAttribute(Keys.SUPPRESSED, tree.suppressed());
            }
            passUp(outcome, telemetry.spans().finish(span, context, outcome, failures));
            span.end();
        } else if (outcome instanceof Outcome.Failed<?> failed) {
            if (suppressed) {
                endLate(tree, failed, nanos);
            } else {
                passUp(outcome, known(failed.failure()));
            }
        }
    }

    /// A failure is worth a span that the tree has no room for.
    private void endLate(SpanTree tree, Outcome.Failed<?> failed, long nanos) {
        var start = job.startedAt().orElseGet(job::spawnedAt);
        var link = spawn.link(nearest, telemetry.spans().rootRelation());
        var parentContext = spawn.parentContext(nearest, telemetry.spans().rootRelation());
        var late = telemetry.spans().start(job, parentContext, link, startedNanos - spawnedNanos, start);
        tree.restore();
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
