package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.StragglerException;
import io.jobtree.scheduler.otel.SpanBudget.Kind;
import io.jobtree.scheduler.otel.metrics.Series;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.jobtree.scheduler.otel.semconv.Outcomes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known of one job between its spawn and its end.
///
/// Written by the spawner before the job is shared, then by the job's thread until the body is over, then by
/// whoever ends the job; the scheduler orders these. Jobs below read it only while the job lives. Who looks at
/// running jobs finds it in a table that it enters at its start, and reads what was written before.
final class ObservedJob implements JobObservation {
    private static final long NOT_STARTED = Long.MIN_VALUE;
    private static final String CANCELLING = "jobtree.job.cancelling";

    private final Pipeline pipeline;
    private final Job<?> job;
    private final String name;
    private final RootRelation relation;
    private final @Nullable Series series;
    private final long spawnedNanos = System.nanoTime();

    /// Whether tracing was on at spawn.
    private final boolean traced;

    /// The job above, if it is observed.
    private final @Nullable ObservedJob parent;

    /// The spawning thread's.
    private final Context spawner;

    /// Shared by all jobs of a trace. In the root it is lazy, for most have nothing below them, and made under the
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

    /// Lazy, and locked by this object until it is there: children end at once on many threads.
    private volatile @Nullable FailureOrigins failures;

    private volatile boolean cancellingNoted;

    // Touched by the sweeper's thread alone.
    private boolean announced;
    private long beatNanos;

    ObservedJob(
            Pipeline pipeline,
            Job<?> job,
            String name,
            Context spawner,
            RootRelation relation,
            @Nullable Series series,
            boolean traced,
            @Nullable ObservedJob parent) {
        this.pipeline = pipeline;
        this.job = job;
        this.name = name;
        this.spawner = spawner;
        this.context = spawner;
        this.relation = relation;
        this.series = series;
        this.traced = traced;
        this.parent = parent;
        this.tree = isRoot() || parent == null ? null : parent.tree();
    }

    /// Whether a trace begins here, or would if the spawner had none.
    private boolean isRoot() {
        return parent == null || relation != RootRelation.CHILD;
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

    boolean isTraced() {
        return traced;
    }

    Context context() {
        return context;
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

    boolean hasRunFor(Duration least, long now) {
        return now - startedNanos >= least.toNanos();
    }

    SpanTree tree() {
        var known = tree;
        return known == null ? makeTree() : known;
    }

    private synchronized SpanTree makeTree() {
        var made = tree;
        if (made == null) {
            made = pipeline.spans().newTree(span != null, suppressed);
            tree = made;
        }
        return made;
    }

    // The start

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed by stopped.
    public void starting() {
        startedNanos = System.nanoTime();
        beatNanos = startedNanos;
        if (traced) {
            startSpan();
        }
        context = pipeline.spans().contextOf(job, context);
        current = context.makeCurrent();
        if (series != null) {
            series.started(queueNanos(), context);
        }
        pipeline.inFlight().add(this);
    }

    private void startSpan() {
        var spans = pipeline.spans();
        var above = parent == null ? null : parent.nearest;
        nearest = isRoot() ? null : above;
        if (!spans.covers(job)) {
            nearest = above;
            context = contextBelow(above);
            return;
        }
        var hangsOn = parentContext(above);
        // What is not sampled goes to no exporter, so it needs no room there.
        var counts = !isUnsampled(hangsOn);
        suppressed = counts && !tryTake();
        if (suppressed) {
            context = contextBelow(above);
            return;
        }
        var started = spans.start(this, hangsOn, List.of(linkAbove(above), linkSpawner(above)), null);
        if (counts && !started.isRecording()) {
            giveBack();
        }
        span = started;
        nearest = started;
        context = spawner.with(started);
        describeRoot(started);
        spans.queued(this, context);
    }

    private boolean tryTake() {
        if (isRoot()) {
            return pipeline.spans().budget().tryTake(Kind.ROOT);
        }
        if (tree().tryTake()) {
            return true;
        }
        tree().suppress();
        return false;
    }

    private void giveBack() {
        if (isRoot()) {
            pipeline.spans().budget().giveBack();
        } else {
            tree().giveBack();
        }
    }

    private static boolean isUnsampled(Context context) {
        var above = Span.fromContext(context).getSpanContext();
        return above.isValid() && !above.isSampled();
    }

    private void describeRoot(Span started) {
        if (isRoot() && started.isRecording()) {
            long before = pipeline.spans().suppressions().takeUnparented();
            if (before > 0) {
                started.setAttribute(Keys.SUPPRESSED_BEFORE, before);
            }
        }
    }

    /// What is current in the body of a job without a span of its own.
    private Context contextBelow(@Nullable Span above) {
        if (relation == RootRelation.NONE) {
            return with(Span.getInvalid());
        }
        return above == null ? spawner : with(above);
    }

    /// Where the job's own span hangs. Has the spawner's baggage in any case.
    private Context parentContext(@Nullable Span above) {
        if (relation != RootRelation.CHILD) {
            return with(Span.getInvalid());
        }
        return above == null ? spawner : with(above);
    }

    private Context with(Span given) {
        return Span.fromContext(spawner).equals(given) ? spawner : spawner.with(given);
    }

    private SpanContext linkAbove(@Nullable Span above) {
        return relation == RootRelation.LINK && above != null ? above.getSpanContext() : SpanContext.getInvalid();
    }

    /// The spawner's span, where the job's span is not below it, nor linked to it, anyway.
    private SpanContext linkSpawner(@Nullable Span above) {
        var spawning = Span.fromContext(spawner).getSpanContext();
        var links = above == null
                ? relation == RootRelation.LINK
                : relation != RootRelation.NONE
                        && !above.getSpanContext().getSpanId().equals(spawning.getSpanId());
        return links ? spawning : SpanContext.getInvalid();
    }

    // The end

    @Override
    public void stopped() {
        if (job.state() == JobState.CANCELLING) {
            noteCancelling();
        }
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
            series.ended(outcome, expected, nanos, context);
        }
        if (traced) {
            endSpan(outcome, expected, nanos);
        }
    }

    private void endSpan(Outcome<?> outcome, boolean expected, long nanos) {
        if (span != null) {
            endSpan(span, outcome, expected);
            span.end();
            return;
        }
        var late = suppressed && outcome instanceof Outcome.Failed<?> failed && endLate(failed, expected, nanos);
        if (late) {
            return;
        }
        passUp(outcome, known(outcome));
        if (suppressed && series != null) {
            series.suppressed(context);
        }
        long missing = missingBelow() + (suppressed && isRoot() ? 1 : 0);
        pipeline.spans().suppressions().add(Span.fromContext(spawner), missing);
    }

    private void endSpan(Span open, Outcome<?> outcome, boolean expected) {
        long missing = missingBelow();
        if (missing > 0) {
            open.setAttribute(Keys.SUPPRESSED, missing);
        }
        passUp(outcome, pipeline.spans().finish(open, this, outcome, expected, known(outcome)));
    }

    private long missingBelow() {
        var below = isRoot() ? tree : null;
        return below == null ? 0 : below.suppressed();
    }

    /// A failure is worth a span that there was no room for; false if there is none even for it.
    private boolean endLate(Outcome.Failed<?> failed, boolean expected, long nanos) {
        if (expected || !pipeline.spans().budget().tryTake(Kind.FAILURE)) {
            return false;
        }
        var start = job.startedAt().orElseGet(job::spawnedAt);
        var above = parent == null ? null : parent.nearest;
        var origin = known(failed);
        var links = List.of(linkAbove(above), linkSpawner(above), origin == null ? SpanContext.getInvalid() : origin);
        var late = pipeline.spans().start(this, parentContext(above), links, start);
        if (!late.isRecording()) {
            pipeline.spans().budget().giveBack();
        }
        if (!isRoot()) {
            tree().restore();
        }
        describeRoot(late);
        endSpan(late, failed, expected);
        late.end(start.plusNanos(nanos));
        return true;
    }

    /// Where the job's failure was recorded below it.
    private @Nullable SpanContext known(Outcome<?> outcome) {
        var below = failures;
        return below != null && outcome instanceof Outcome.Failed<?> failed
                ? below.find(Outcomes.unwrap(failed.failure()))
                : null;
    }

    /// Notes for the job above where a failure was recorded, for it may fail with the same one.
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

    @Override
    public void unobserved(Throwable failure) {
        if (failure instanceof StragglerException) {
            if (series != null) {
                series.straggler(context);
            }
            if (span != null) {
                span.addEvent(InFlight.STRAGGLER);
            }
            pipeline.inFlight().straggler(this, failure);
        }
    }

    // While it runs, for who looks now and then

    /// The job was asked to stop, and has not yet.
    void noteCancelling() {
        if (cancellingNoted) {
            return;
        }
        cancellingNoted = true;
        if (span != null) {
            span.addEvent(CANCELLING);
        }
    }

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
        var above = parent == null ? null : parent.nearest;
        return relation == RootRelation.CHILD
                ? Span.fromContext(parentContext(above)).getSpanContext()
                : SpanContext.getInvalid();
    }
}
