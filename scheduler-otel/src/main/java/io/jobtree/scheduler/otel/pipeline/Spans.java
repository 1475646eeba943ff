package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.SpawnRefusal;
import io.jobtree.scheduler.otel.OutcomeAttributes;
import io.jobtree.scheduler.otel.RootRelation;
import io.jobtree.scheduler.otel.compat.Api;
import io.jobtree.scheduler.otel.semconv.Events;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.jobtree.scheduler.otel.semconv.Outcomes;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Starts the spans of jobs and says on them what became of the job.
final class Spans {
    private static final String EXCEPTION = "exception";

    private final Tracer tracer;
    private final Logger logger;
    private final Hooks hooks;
    private final Predicate<? super Job<?>> covered;
    private final int maxPerTree;
    private final SpanBudget budget;
    private final Suppressions suppressions;
    private final @Nullable Function<? super Job<?>, RootRelation> relation;
    private final @Nullable Function<? super Job<?>, String> spanName;
    private final @Nullable Function<? super Job<?>, SpanKind> spanKind;
    private final @Nullable BiConsumer<? super Job<?>, ? super AttributesBuilder> attributes;
    private final @Nullable OutcomeAttributes outcomeAttributes;
    private final @Nullable BiPredicate<? super Job<?>, ? super Throwable> expectedFailures;
    private final boolean queueSpan;
    private final boolean deadlineBaggage;
    private final StatusCode cancellationStatus;
    private final boolean exceptionEvents;
    private final boolean exceptionLogs;
    private final List<String> baggageAttributes;
    private volatile boolean followsParents = true;

    Spans(Settings settings, SpanBudget budget, Suppressions suppressions, Tracer tracer, Logger logger, Hooks hooks) {
        this.tracer = tracer;
        this.logger = logger;
        this.hooks = hooks;
        this.covered = settings.covered;
        this.maxPerTree = settings.maxPerTree;
        this.budget = budget;
        this.suppressions = suppressions;
        this.relation = settings.relation;
        this.spanName = settings.spanName;
        this.spanKind = settings.spanKind;
        this.attributes = settings.attributes;
        this.outcomeAttributes = settings.outcomeAttributes;
        this.expectedFailures = settings.expectedFailures;
        this.queueSpan = settings.queueSpan;
        this.deadlineBaggage = settings.deadlineBaggage;
        this.cancellationStatus = settings.cancellationStatus;
        this.exceptionEvents = settings.exceptionEvents;
        this.exceptionLogs = settings.exceptionLogs;
        this.baggageAttributes = settings.baggageAttributes;
    }

    Hooks hooks() {
        return hooks;
    }

    /// Whether what is below an unsampled span has not been sampled so far: a sampler need not look at parents.
    boolean followsParents() {
        return followsParents;
    }

    /// @param unexpected whether a span that is sampled was not expected to be
    void note(Span started, boolean unexpected) {
        if (unexpected && isExported(started)) {
            followsParents = false;
        }
    }

    /// Whether a span that is open goes out. One that is recorded and not sampled is for span processors alone.
    static boolean isExported(Span open) {
        return open.isRecording() && open.getSpanContext().isSampled();
    }

    boolean isEnabled() {
        return Api.isEnabled(tracer);
    }

    SpanBudget budget() {
        return budget;
    }

    Suppressions suppressions() {
        return suppressions;
    }

    /// @param rootless whether the root has no span because the budget had none
    SpanTree newTree(boolean hasRoot, boolean rootless) {
        return new SpanTree(maxPerTree, budget, hasRoot ? 1 : 0, rootless);
    }

    boolean covers(Job<?> job) {
        return hooks.call("spans", () -> covered.test(job), false);
    }

    boolean isExpected(Job<?> job, Throwable failure) {
        var hook = expectedFailures;
        return hook != null && hooks.call("expectedFailures", () -> hook.test(job, Outcomes.unwrap(failure)), false);
    }

    /// To be called in `spawned`.
    ///
    /// @param given whether the spawner chose the span's parent
    RootRelation relationOf(Job<?> job, boolean given) {
        var hook = relation;
        return hook == null || (job.parent().isEmpty() && (given || isShielded(job)))
                ? RootRelation.CHILD
                : hooks.call("relation", () -> hook.apply(job), RootRelation.CHILD);
    }

    /// Whether somebody waits for it in `shield`, as for a call: that one is no job of the scheduler's scope.
    private static boolean isShielded(Job<?> job) {
        return !job.scheduler().contains(job);
    }

    /// The name of the job's span and in its metrics: by default the one that it was given, for the one that the
    /// scheduler makes has the id in it.
    String nameOf(Job<?> job, JobOptions options) {
        var hook = spanName;
        var given = options.name().orElse(Keys.UNNAMED);
        return hook == null ? given : hooks.<String>call("spanName", () -> hook.apply(job), given);
    }

    /// Starts a job's span.
    ///
    /// @param parent where it hangs
    /// @param links the spans to link to; what is not valid is left out
    /// @param start the true start of a span that comes late; null for now
    Span start(ObservedJob observed, Context parent, List<SpanContext> links, @Nullable Instant start) {
        var builder = tracer.spanBuilder(observed.name()).setParent(parent);
        for (var link : links) {
            if (link.isValid()) {
                builder.addLink(link);
            }
        }
        if (start != null) {
            builder.setStartTimestamp(start);
        }
        var hook = spanKind;
        if (hook != null) {
            builder.setSpanKind(hooks.call("spanKind", () -> hook.apply(observed.job()), SpanKind.INTERNAL));
        }
        // All before the start, for the sampler to see.
        describe(builder, observed, parent);
        return builder.startSpan();
    }

    /// What is this module's own first: beyond a limit, the SDK drops what comes last.
    private void describe(SpanBuilder span, ObservedJob observed, Context parent) {
        var job = observed.job();
        span.setAttribute(Keys.ID, job.id());
        span.setAttribute(Keys.PATH, job.path());
        span.setAttribute(Keys.SCHEDULER, job.scheduler().name());
        span.setAttribute(Keys.QUEUE_DURATION, Keys.seconds(observed.queueNanos()));
        var tags = job.options().tags();
        var more = more(job, parent);
        if (AttributeRoom.suffices(tags.size() + more.size())) {
            tags.forEach((key, value) -> span.setAttribute(Keys.ofUser(key), value));
            span.setAllAttributes(more);
            return;
        }
        var all = Attributes.builder();
        tags.forEach((key, value) -> all.put(Keys.ofUser(key), value));
        var room = AttributeRoom.divide(all.putAll(more).build());
        span.setAllAttributes(room.now());
        observed.postpone(room.later());
    }

    /// What the builder was given adds to the job's tags.
    private Attributes more(Job<?> job, Context parent) {
        var hook = attributes;
        if (hook == null && baggageAttributes.isEmpty()) {
            return Attributes.empty();
        }
        var all = Attributes.builder();
        var baggage = Baggage.fromContext(parent);
        for (var key : baggageAttributes) {
            var value = baggage.getEntryValue(key);
            if (value != null) {
                all.put(Keys.ofUser(key), value);
            }
        }
        if (hook != null) {
            var added = Attributes.builder();
            hooks.run("attributes", () -> hook.accept(job, added));
            all.putAll(ofUser(added));
        }
        return all.build();
    }

    private static Attributes ofUser(AttributesBuilder added) {
        return added.removeIf(key -> Keys.isReserved(key.getKey())).build();
    }

    /// Says on the span that is current where a spawn gives no job.
    void refused(SpawnRefusal refusal) {
        var current = Span.current();
        if (current.isRecording()) {
            current.addEvent(
                    Events.REFUSED,
                    Attributes.of(
                            Keys.SCHEDULER,
                            refusal.scope().scheduler().name(),
                            Keys.NAME,
                            refusal.options().name().orElse(Keys.UNNAMED),
                            Keys.REFUSED_REASON,
                            Outcomes.word(refusal.reason())));
        }
    }

    /// The context of a job's body, with what is to go on from there.
    Context contextOf(Job<?> job, Context context) {
        return deadlineBaggage ? DeadlineBaggage.into(context, job) : context;
    }

    boolean haveQueueSpans() {
        return queueSpan;
    }

    /// Makes a span for the time in the queue; false if it does not go out.
    boolean queued(ObservedJob observed, Context context) {
        var started = observed.startedAt();
        try {
            var queued = tracer.spanBuilder(observed.name() + " queued")
                    .setParent(context)
                    .setStartTimestamp(started.minusNanos(observed.queueNanos()))
                    .startSpan();
            boolean exported = isExported(queued);
            queued.end(started);
            return exported;
        } catch (Throwable thrown) {
            hooks.failed("the span of the time in the queue", thrown);
            return false;
        }
    }

    /// Says on a job's span how it ended; leaves it open.
    ///
    /// @param expected whether the failure is one that is expected
    /// @param below where the failure was recorded before, by a job below, maybe in a span that does not go
    ///     out; null if it was not
    /// @return where the job's failure was recorded, there or here; null for a job that did not fail
    @Nullable
    SpanContext finish(
            Span span, ObservedJob observed, Outcome<?> outcome, boolean expected, @Nullable SpanContext below) {
        var recorded = switch (outcome) {
            case Outcome.Succeeded<?> _ -> {
                span.setAttribute(Keys.OUTCOME, Outcomes.SUCCEEDED);
                yield null;
            }
            case Outcome.Cancelled<?> cancelled -> {
                cancelled(span, cancelled);
                yield null;
            }
            case Outcome.Failed<?> failed -> failed(span, observed, failed.failure(), expected, below);
        };
        describeOutcome(span, observed, outcome);
        return recorded;
    }

    private void describeOutcome(Span span, ObservedJob observed, Outcome<?> outcome) {
        var hook = outcomeAttributes;
        if (hook != null && span.isRecording()) {
            var added = Attributes.builder();
            hooks.run("outcomeAttributes", () -> hook.add(observed.job(), outcome, added));
            span.setAllAttributes(ofUser(added));
        }
        span.setAllAttributes(observed.postponed());
    }

    private void cancelled(Span span, Outcome.Cancelled<?> cancelled) {
        span.setAttribute(Keys.OUTCOME, Outcomes.CANCELLED);
        span.setAttribute(Keys.CANCEL_REASON, Outcomes.word(cancelled.reason()));
        cancelled.origin().ifPresent(origin -> span.setAttribute(Keys.CANCEL_ORIGIN, origin.path()));
        if (cancellationStatus != StatusCode.UNSET) {
            span.setStatus(cancellationStatus, Outcomes.CANCELLED);
        }
    }

    private SpanContext failed(
            Span span, ObservedJob observed, Throwable failure, boolean expected, @Nullable SpanContext below) {
        var type = Outcomes.errorType(failure);
        span.setAttribute(Keys.OUTCOME, Outcomes.FAILED);
        span.setAttribute(Keys.ERROR_TYPE, type);
        if (expected) {
            span.setAttribute(Keys.FAILURE_EXPECTED, true);
        } else {
            span.setStatus(StatusCode.ERROR, type);
        }
        if (below != null && below.isSampled()) {
            span.setAttribute(Keys.FAILURE_ORIGIN, below.getSpanId());
            if (!below.getTraceId().equals(span.getSpanContext().getTraceId())) {
                span.setAttribute(Keys.FAILURE_ORIGIN_TRACE, below.getTraceId());
            }
            return below;
        }
        if (exceptionEvents) {
            try {
                span.recordException(failure);
            } catch (Throwable thrown) {
                hooks.failed("reading an exception", thrown);
                span.addEvent(
                        EXCEPTION,
                        Attributes.of(Keys.EXCEPTION_TYPE, failure.getClass().getName()));
            }
        }
        // Of a log it does not matter whether the span goes out.
        if (exceptionLogs && below == null) {
            log(observed.context().with(span), failure, expected ? Severity.INFO : Severity.ERROR);
        }
        return span.getSpanContext();
    }

    private void log(Context context, Throwable failure, Severity severity) {
        try {
            Api.setException(exception(context, severity), failure).emit();
        } catch (Throwable thrown) {
            hooks.failed("reading an exception", thrown);
            exception(context, severity)
                    .setAttribute(Keys.EXCEPTION_TYPE, failure.getClass().getName())
                    .emit();
        }
    }

    private LogRecordBuilder exception(Context context, Severity severity) {
        return Api.setEventName(logger.logRecordBuilder().setContext(context).setSeverity(severity), EXCEPTION);
    }
}
