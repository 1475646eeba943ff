package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.otel.RootRelation;
import io.jobtree.scheduler.otel.pipeline.SpanBudget.Kind;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.jobtree.scheduler.otel.semconv.Outcomes;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The span of one job, or that it has none: where it hangs, whether the budget has one for it, and what goes up
/// to the job above.
///
/// Touched by the threads that [ObservedJob] says; those of jobs below read what is above.
final class JobSpan {
    private final Spans spans;
    private final ObservedJob observed;
    private final RootRelation relation;

    /// That of the job above, or of the one that shields it; null if there is none that is traced.
    private final @Nullable JobSpan parent;

    /// Whether the job above waits for it in `shield`, as for a call: what is current there is its parent.
    private final boolean shielded;

    /// The spawning thread's.
    private final Context spawner;

    /// Shared by all jobs of a trace. In the root it is lazy, for most have nothing below them, and made under the
    /// lock of this object.
    private volatile @Nullable SpanTree tree;

    /// Whether it has none because the budget had none.
    private boolean suppressed;

    /// Its own.
    private @Nullable Span span;

    /// Its own or the nearest one above; what spans below hang on.
    private @Nullable Span nearest;

    /// Lazy, and locked by this object until it is there: children end at once on many threads.
    private volatile @Nullable FailureOrigins failures;

    JobSpan(
            Spans spans,
            ObservedJob observed,
            RootRelation relation,
            @Nullable JobSpan parent,
            boolean shielded,
            Context spawner) {
        this.spans = spans;
        this.observed = observed;
        this.relation = relation;
        this.parent = parent;
        this.shielded = shielded;
        this.spawner = spawner;
        this.tree = isRoot() || parent == null ? null : parent.tree();
    }

    /// Whether a trace begins here, or would if the spawner had none.
    private boolean isRoot() {
        return parent == null || relation != RootRelation.CHILD;
    }

    private SpanTree tree() {
        var known = tree;
        return known == null ? makeTree() : known;
    }

    private synchronized SpanTree makeTree() {
        var made = tree;
        if (made == null) {
            made = spans.newTree(span != null, suppressed);
            tree = made;
        }
        return made;
    }

    /// What the job's span is below, if it is.
    private @Nullable Span above() {
        return parent == null ? null : shielded ? Span.fromContext(spawner) : parent.nearest;
    }

    // The start

    /// Starts the span, if there is to be one; gives what is current in the body.
    Context start() {
        try {
            return startOrPassOn();
        } catch (Throwable thrown) {
            spans.hooks().failed("the start of a span", thrown);
            return spawner;
        }
    }

    private Context startOrPassOn() {
        var above = above();
        nearest = isRoot() ? null : above;
        if (!spans.covers(observed.job())) {
            nearest = above;
            return contextBelow(above);
        }
        var hangsOn = parentContext(above);
        // What is not sampled goes to no exporter, so it needs no room there.
        var counts = !(spans.followsParents() && isUnsampled(hangsOn));
        suppressed = counts && !tryTake();
        if (suppressed) {
            return contextBelow(above);
        }
        var started = startOn(hangsOn, above);
        // First of all, for it is to be ended whatever comes.
        span = started;
        if (counts && (started == null || !Spans.isExported(started))) {
            giveBack();
        }
        if (started == null) {
            return contextBelow(above);
        }
        spans.note(started, !counts);
        nearest = started;
        var context = spawner.with(started);
        describeRoot(started);
        startQueued(started, context);
        return context;
    }

    private void startQueued(Span started, Context context) {
        if (!spans.haveQueueSpans() || !started.isRecording()) {
            return;
        }
        if (!Spans.isExported(started)) {
            spans.queued(observed, context);
        } else if (tree().tryTake() && !spans.queued(observed, context)) {
            tree().giveBack();
        }
    }

    /// Null where the SDK throws.
    private @Nullable Span startOn(Context hangsOn, @Nullable Span above) {
        try {
            return spans.start(observed, hangsOn, List.of(linkAbove(above), linkSpawner(above)), null);
        } catch (Throwable thrown) {
            spans.hooks().failed("the start of a span", thrown);
            return null;
        }
    }

    private boolean tryTake() {
        if (isRoot()) {
            return spans.budget().tryTake(Kind.ROOT);
        }
        if (tree().tryTake()) {
            return true;
        }
        tree().suppress();
        return false;
    }

    private void giveBack() {
        if (isRoot()) {
            spans.budget().giveBack();
        } else {
            tree().giveBack();
        }
    }

    private static boolean isUnsampled(Context context) {
        var above = Span.fromContext(context).getSpanContext();
        return above.isValid() && !above.isSampled();
    }

    private void describeRoot(Span started) {
        if (isRoot() && Spans.isExported(started)) {
            long before = spans.suppressions().takeUnparented();
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

    /// What the job's span is a child of, or would be.
    SpanContext parentContext() {
        return relation == RootRelation.CHILD
                ? Span.fromContext(parentContext(above())).getSpanContext()
                : SpanContext.getInvalid();
    }

    void addEvent(String name, Attributes attributes) {
        var open = span;
        if (open != null) {
            spans.hooks().guard("an event of a span", () -> open.addEvent(name, attributes));
        }
    }

    // The end

    /// Ends the span.
    ///
    /// @param expected whether the failure is one that is expected
    /// @param nanos how long the job ran
    /// @return false if the job has none for the budget had none
    boolean end(Outcome<?> outcome, boolean expected, long nanos) {
        if (span != null) {
            end(span, outcome, expected, null);
            return true;
        }
        if (suppressed && outcome instanceof Outcome.Failed<?> failed && endLate(failed, expected, nanos)) {
            return true;
        }
        passUp(outcome, known(outcome));
        long missing = missingBelow() + (suppressed && isRoot() ? 1 : 0);
        spans.suppressions().add(Span.fromContext(spawner), missing);
        return !suppressed;
    }

    /// @param end null for now
    private void end(Span open, Outcome<?> outcome, boolean expected, @Nullable Instant end) {
        try {
            finish(open, outcome, expected);
        } catch (Throwable thrown) {
            spans.hooks().failed("the description of a span", thrown);
        }
        try {
            if (end == null) {
                open.end();
            } else {
                open.end(end);
            }
            spans.suppressions().forget(open);
        } catch (Throwable thrown) {
            spans.hooks().failed("the end of a span", thrown);
        }
    }

    private void finish(Span open, Outcome<?> outcome, boolean expected) {
        spans.suppressions().add(Spans.isExported(open) ? open : Span.fromContext(spawner), missingBelow());
        passUp(outcome, spans.finish(open, observed, outcome, expected, known(outcome)));
    }

    private long missingBelow() {
        var below = isRoot() ? tree : null;
        return below == null ? 0 : below.suppressed();
    }

    /// A failure is worth a span that there was no room for; false if there is none even for it.
    private boolean endLate(Outcome.Failed<?> failed, boolean expected, long nanos) {
        if (expected || !spans.budget().tryTake(Kind.FAILURE)) {
            return false;
        }
        var start = observed.startedAt();
        var above = above();
        var origin = known(failed);
        var links = List.of(
                linkAbove(above),
                linkSpawner(above),
                origin == null || !origin.isSampled() ? SpanContext.getInvalid() : origin);
        Span late;
        try {
            late = spans.start(observed, parentContext(above), links, start);
        } catch (Throwable thrown) {
            spans.hooks().failed("the start of a span", thrown);
            spans.budget().giveBack();
            return false;
        }
        if (!Spans.isExported(late)) {
            spans.budget().giveBack();
        }
        if (!isRoot()) {
            tree().restore();
        }
        describeRoot(late);
        end(late, failed, expected, start.plusNanos(nanos));
        return true;
    }

    /// Where the job's failure was recorded: below it; or, where it came out of a wait for another job, below one
    /// that is above both.
    private @Nullable SpanContext known(Outcome<?> outcome) {
        if (!(outcome instanceof Outcome.Failed<?> failed)) {
            return null;
        }
        var failure = Outcomes.unwrap(failed.failure());
        var top = Outcomes.isWrapping(failed.failure()) ? null : parent;
        SpanContext found = null;
        for (var at = this; at != null && at != top && found == null; at = at.parent) {
            var below = at.failures;
            found = below == null ? null : below.find(failure);
        }
        return found;
    }

    /// Notes for the job above where a failure was recorded, since it may fail with the same one.
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
