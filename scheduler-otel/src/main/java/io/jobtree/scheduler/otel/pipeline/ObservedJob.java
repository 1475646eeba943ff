package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.StragglerException;
import io.jobtree.scheduler.otel.RootRelation;
import io.jobtree.scheduler.otel.metrics.Series;
import io.jobtree.scheduler.otel.semconv.Events;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.jobtree.scheduler.otel.semconv.Outcomes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is known of one job between its spawn and its end.
///
/// Written by the spawner before the job is shared, then by the job's thread until the body is over, then by
/// whoever ends the job; the scheduler orders these. Jobs below read it only while the job lives. Who looks at
/// running jobs finds it in a table that it enters at its start, and reads what was written before.
final class ObservedJob implements JobObservation {
    private static final long NOT_STARTED = Long.MIN_VALUE;
    private static final String METRIC = "a metric";

    private final Pipeline pipeline;
    private final Job<?> job;
    private final String name;
    private final @Nullable Series series;
    private final long spawnedNanos = System.nanoTime();

    /// Null where tracing was off at the spawn.
    private final @Nullable JobSpan span;

    private long startedNanos = NOT_STARTED;

    /// Current around the body; before that, the spawning thread's.
    private Context context;

    /// Attributes of the span that wait for its end.
    private Attributes postponed = Attributes.empty();

    private @Nullable Scope current;

    // Touched by the sweeper's thread alone.
    private boolean announced;
    private long beatNanos;

    /// @param spawner the spawning thread's context
    /// @param relation how the job's span relates to what it was spawned under; null for no span
    /// @param parent the job above, or the one that shields it, if it is observed
    ObservedJob(
            Pipeline pipeline,
            Job<?> job,
            String name,
            @Nullable Series series,
            Context spawner,
            @Nullable RootRelation relation,
            @Nullable ObservedJob parent) {
        this.pipeline = pipeline;
        this.job = job;
        this.name = name;
        this.series = series;
        this.context = spawner;
        this.span = relation == null
                ? null
                : new JobSpan(
                        pipeline.spans(),
                        this,
                        relation,
                        parent == null ? null : parent.span,
                        job.parent().isEmpty(),
                        spawner);
    }

    long id() {
        return job.id();
    }

    Job<?> job() {
        return job;
    }

    String name() {
        return name;
    }

    @Nullable
    Series series() {
        return series;
    }

    Context context() {
        return context;
    }

    void postpone(Attributes attributes) {
        postponed = attributes;
    }

    Attributes postponed() {
        return postponed;
    }

    long startedNanos() {
        return startedNanos;
    }

    long queueNanos() {
        return startedNanos - spawnedNanos;
    }

    long elapsedNanos() {
        return System.nanoTime() - startedNanos;
    }

    /// Back from now, as the SDK's clock is the calendar's: the job's own has been monotonic since the JVM started.
    Instant startedAt() {
        return Instant.now().minusNanos(elapsedNanos());
    }

    boolean hasRunFor(Duration least, long now) {
        return now - startedNanos >= least.toNanos();
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed by stopped.
    public void starting() {
        startedNanos = System.nanoTime();
        beatNanos = startedNanos;
        if (series != null) {
            series.started();
        }
        if (span != null) {
            context = span.start();
        }
        context = pipeline.spans().contextOf(job, context);
        current = context.makeCurrent();
        pipeline.inFlight().add(this);
        if (series != null) {
            series.queued(queueNanos(), context);
        }
    }

    @Override
    public void cancelling(CancelReason reason, Optional<Job<?>> origin) {
        if (span != null) {
            var attributes = Attributes.builder().put(Keys.CANCEL_REASON, Outcomes.word(reason));
            origin.ifPresent(job -> attributes.put(Keys.CANCEL_ORIGIN, job.path()));
            span.addEvent(Events.CANCELLING, attributes.build());
        }
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
        var nanos = elapsedNanos();
        pipeline.inFlight().remove(this);
        var expected =
                outcome instanceof Outcome.Failed<?> failed && pipeline.spans().isExpected(job, failed.failure());
        if (series != null) {
            pipeline.spans().hooks().guard(METRIC, () -> series.ended(outcome, expected, nanos, context));
        }
        var complete = span == null || span.end(outcome, expected, nanos);
        if (!complete && series != null) {
            series.suppressed(context);
        }
    }

    @Override
    public void unobserved(Throwable failure) {
        if (failure instanceof StragglerException) {
            if (series != null) {
                pipeline.spans().hooks().guard(METRIC, () -> series.straggler(context));
            }
            if (span != null) {
                span.addEvent(Events.STRAGGLER, Attributes.empty());
            }
            pipeline.inFlight().straggler(this, failure);
        }
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed by the scheduler.
    public AutoCloseable makeCurrent() {
        return context.makeCurrent();
    }

    // While it runs, for readers now and then

    boolean isAnnounced() {
        return announced;
    }

    void announced() {
        announced = true;
    }

    /// Whether a heartbeat is due; if so, the next one is due an interval later.
    boolean beats(Duration interval, long now) {
        if (now - beatNanos < interval.toNanos()) {
            return false;
        }
        beatNanos = now;
        return true;
    }

    SpanContext parentSpan() {
        return span == null ? SpanContext.getInvalid() : span.parentContext();
    }
}
