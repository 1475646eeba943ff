package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.SpawnRefusal;
import io.jobtree.scheduler.otel.compat.Api;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.jobtree.scheduler.otel.semconv.Outcomes;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
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
import org.jspecify.annotations.Nullable;

/// Starts the spans of jobs and says on them what became of the job.
final class Spans {
    private static final String REFUSED = "jobtree.job.refused";

    private final Tracer tracer;
    private final Logger logger;
    private final Hooks hooks;
    private final SpanPolicy policy;
    private final int maxPerTree;
    private final SpanBudget budget;
    private final Suppressions suppressions = new Suppressions();
    private final @Nullable Function<? super Job<?>, RootRelation> relation;
    private final @Nullable Function<? super Job<?>, String> spanName;
    private final @Nullable Function<? super Job<?>, SpanKind> spanKind;
    private final @Nullable BiConsumer<? super Job<?>, ? super AttributesBuilder> attributes;
    private final @Nullable OutcomeAttributes outcomeAttributes;
    private final @Nullable BiPredicate<? super Job<?>, ? super Throwable> expectedFailures;
    private final boolean queueSpan;
    private final boolean deadlineBaggage;
    private final StatusCode cancellationStatus;
    private final ExceptionSignal exceptionSignal;
    private final List<String> baggageAttributes;

    Spans(Settings settings, Tracer tracer, Logger logger, Hooks hooks) {
        this.tracer = tracer;
        this.logger = logger;
        this.hooks = hooks;
        this.policy = settings.policy;
        this.maxPerTree = settings.maxPerTree;
        this.budget = settings.budget();
        this.relation = settings.relation;
        this.spanName = settings.spanName;
        this.spanKind = settings.spanKind;
        this.attributes = settings.attributes;
        this.outcomeAttributes = settings.outcomeAttributes;
        this.expectedFailures = settings.expectedFailures;
        this.queueSpan = settings.queueSpan;
        this.deadlineBaggage = settings.deadlineBaggage;
        this.cancellationStatus = settings.cancellationStatus;
        this.exceptionSignal = settings.exceptionSignal;
        this.baggageAttributes = settings.baggageAttributes;
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
        return hooks.call("spans", () -> policy.covers(job), false);
    }

    boolean isExpected(Job<?> job, Throwable failure) {
        var hook = expectedFailures;
        return hook != null && hooks.call("expectedFailures", () -> hook.test(job, Outcomes.unwrap(failure)), false);
    }

    /// To be called in `spawned`.
    ///
    /// @param given whether the span's parent is given: the spawner chose it, or waits for the job in `shield`
    RootRelation relationOf(Job<?> job, boolean given) {
        var hook = relation;
        return hook == null || (given && job.parent().isEmpty())
                ? RootRelation.CHILD
                : hooks.call("relation", () -> hook.apply(job), RootRelation.CHILD);
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

    private void describe(SpanBuilder span, ObservedJob observed, Context parent) {
        var job = observed.job();
        job.options().tags().forEach((key, value) -> span.setAttribute(Keys.ofUser(key), value));
        if (!baggageAttributes.isEmpty()) {
            describeBaggage(span, Baggage.fromContext(parent));
        }
        var hook = attributes;
        if (hook != null) {
            var added = Attributes.builder();
            hooks.run("attributes", () -> hook.accept(job, added));
            span.setAllAttributes(ofUser(added));
        }
        span.setAttribute(Keys.ID, job.id());
        span.setAttribute(Keys.PATH, job.path());
        span.setAttribute(Keys.SCHEDULER, job.scheduler().name());
        span.setAttribute(Keys.QUEUE_DURATION, Keys.seconds(observed.queueNanos()));
    }

    private void describeBaggage(SpanBuilder span, Baggage baggage) {
        for (var key : baggageAttributes) {
            var value = baggage.getEntryValue(key);
            if (value != null) {
                span.setAttribute(Keys.ofUser(key), value);
            }
        }
    }

    private static Attributes ofUser(AttributesBuilder added) {
        return added.removeIf(key -> Keys.isReserved(key.getKey())).build();
    }

    /// Says on the span that is current where a spawn gives no job.
    void refused(SpawnRefusal refusal) {
        var current = Span.current();
        if (current.isRecording()) {
            current.addEvent(
                    REFUSED,
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
        return deadlineBaggage ? JobDeadlines.intoBaggage(job, context) : context;
    }

    boolean haveQueueSpans() {
        return queueSpan;
    }

    /// Makes a span for the time in the queue.
    void queued(ObservedJob observed, Context context) {
        var spawned = observed.job().spawnedAt();
        tracer.spanBuilder(observed.name() + " queued")
                .setParent(context)
                .setStartTimestamp(spawned)
                .startSpan()
                .end(spawned.plusNanos(observed.queueNanos()));
    }

    /// Says on a job's span how it ended; leaves it open.
    ///
    /// @param expected whether the failure is one that is expected
    /// @param below where the failure was recorded before, by a job below; null if it was not
    /// @return where the job's failure was recorded, there or here; null for a job that did not fail
    @Nullable
    SpanContext finish(
            Span span, ObservedJob observed, Outcome<?> outcome, boolean expected, @Nullable SpanContext below) {
        var hook = outcomeAttributes;
        if (hook != null && span.isRecording()) {
            var added = Attributes.builder();
            hooks.run("outcomeAttributes", () -> hook.add(observed.job(), outcome, added));
            span.setAllAttributes(ofUser(added));
        }
        switch (outcome) {
            case Outcome.Succeeded<?> _ -> span.setAttribute(Keys.OUTCOME, Outcomes.SUCCEEDED);
            case Outcome.Cancelled<?> cancelled -> cancelled(span, cancelled);
            case Outcome.Failed<?> failed -> {
                return failed(span, observed, failed.failure(), expected, below);
            }
        }
        return null;
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
        if (below != null) {
            span.setAttribute(Keys.FAILURE_ORIGIN, below.getSpanId());
            return below;
        }
        if (exceptionSignal.asEvent()) {
            span.recordException(failure);
        }
        if (exceptionSignal.asLog()) {
            var log = logger.logRecordBuilder()
                    .setContext(observed.context().with(span))
                    .setSeverity(expected ? Severity.INFO : Severity.ERROR);
            Api.setException(Api.setEventName(log, "exception"), failure).emit();
        }
        return span.getSpanContext();
    }
}
