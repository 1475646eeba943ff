package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Outcome;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Starts the spans of jobs and says on them what became of the job.
final class Spans {
    private final Tracer tracer;
    private final Logger logger;
    private final SpanPolicy policy;
    private final int maxPerTree;
    private final RootRelation rootRelation;
    private final @Nullable Function<? super Job<?>, String> spanName;
    private final @Nullable BiConsumer<? super Job<?>, ? super AttributesBuilder> attributes;
    private final boolean queueSpan;
    private final StatusCode cancellationStatus;
    private final ExceptionSignal exceptionSignal;
    private final List<String> baggageAttributes;
    private final Complaint complaint = new Complaint();

    Spans(JobTelemetryBuilder builder, Tracer tracer, Logger logger) {
        this.tracer = tracer;
        this.logger = logger;
        this.policy = builder.policy;
        this.maxPerTree = builder.maxPerTree;
        this.rootRelation = builder.rootRelation;
        this.spanName = builder.spanName;
        this.attributes = builder.attributes;
        this.queueSpan = builder.queueSpan;
        this.cancellationStatus = builder.cancellationStatus;
        this.exceptionSignal = builder.exceptionSignal;
        this.baggageAttributes = builder.baggageAttributes;
    }

    boolean isEnabled() {
        return tracer.isEnabled();
    }

    SpanTree newTree() {
        return new SpanTree(maxPerTree);
    }

    boolean covers(Job<?> job) {
        try {
            return policy.covers(job);
        } catch (RuntimeException broken) {
            complaint.about("the span policy", broken);
            return false;
        }
    }

    /// What is current in the body of a job without a span of its own.
    ///
    /// @param above the nearest span above in the tree of jobs, if any
    Context contextBelow(@Nullable Span above, SpawnContext spawn) {
        return spawn.contextBelow(above, rootRelation);
    }

    /// Starts a job's span.
    ///
    /// @param start the true start of a span that comes late; null for now
    Span start(ObservedJob observed, SpawnContext spawn, @Nullable Instant start) {
        var parent = spawn.parentContext(observed.nearest(), rootRelation);
        var link = spawn.link(observed.nearest(), rootRelation);
        var builder = tracer.spanBuilder(nameOf(observed)).setParent(parent);
        if (link.isValid()) {
            builder.addLink(link);
        }
        if (start != null) {
            builder.setStartTimestamp(start);
        }
        var span = builder.startSpan();
        if (span.isRecording()) {
            describe(span, observed.job(), parent, observed.queueNanos());
        }
        return span;
    }

    private String nameOf(ObservedJob observed) {
        if (spanName == null) {
            return observed.staticName();
        }
        try {
            return spanName.apply(observed.job());
        } catch (RuntimeException broken) {
            complaint.about("spanName", broken);
            return observed.staticName();
        }
    }

    private void describe(Span span, Job<?> job, Context parent, long queueNanos) {
        span.setAttribute(Keys.ID, job.id());
        span.setAttribute(Keys.PATH, job.path());
        span.setAttribute(Keys.SCHEDULER, job.scheduler().name());
        span.setAttribute(Keys.QUEUE_DURATION, Keys.seconds(queueNanos));
        var tags = job.options().tags();
        if (!tags.isEmpty()) {
            tags.forEach(span::setAttribute);
        }
        if (!baggageAttributes.isEmpty()) {
            describeBaggage(span, Baggage.fromContext(parent));
        }
        if (attributes != null) {
            describeMore(span, job, attributes);
        }
    }

    private void describeBaggage(Span span, Baggage baggage) {
        for (var key : baggageAttributes) {
            var value = baggage.getEntryValue(key);
            if (value != null) {
                span.setAttribute(key, value);
            }
        }
    }

    private void describeMore(Span span, Job<?> job, BiConsumer<? super Job<?>, ? super AttributesBuilder> more) {
        var added = Attributes.builder();
        try {
            more.accept(job, added);
        } catch (RuntimeException broken) {
            complaint.about("attributes", broken);
        }
        span.setAllAttributes(added.build());
    }

    /// Makes a span for the time in the queue, where that was asked for and the tree has room.
    void queued(ObservedJob observed, Context context) {
        if (queueSpan && observed.tree().tryTake()) {
            var spawned = observed.job().spawnedAt();
            tracer.spanBuilder(nameOf(observed) + " queued")
                    .setParent(context)
                    .setStartTimestamp(spawned)
                    .startSpan()
                    .end(spawned.plusNanos(observed.queueNanos()));
        }
    }

    /// Says on a job's span how it ended; leaves it open.
    ///
    /// @param below the failures that were recorded below the job; null if there were none
    /// @return where the job's failure was recorded, there or here; null for a job that did not fail
    @Nullable
    SpanContext finish(Span span, Context context, Outcome<?> outcome, @Nullable FailureOrigins below) {
        switch (outcome) {
            case Outcome.Succeeded<?> _ -> span.setAttribute(Keys.OUTCOME, Outcomes.SUCCEEDED);
            case Outcome.Cancelled<?> cancelled -> cancelled(span, cancelled);
            case Outcome.Failed<?> failed -> {
                return failed(span, context, failed.failure(), below);
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

    private SpanContext failed(Span span, Context context, Throwable failure, @Nullable FailureOrigins below) {
        var type = Outcomes.errorType(failure);
        span.setAttribute(Keys.OUTCOME, Outcomes.FAILED);
        span.setAttribute(Keys.ERROR_TYPE, type);
        span.setStatus(StatusCode.ERROR, type);
        var origin = below == null ? null : below.find(Outcomes.unwrap(failure));
        if (origin != null) {
            span.setAttribute(Keys.FAILURE_ORIGIN, origin.getSpanId());
            return origin;
        }
        if (exceptionSignal.asEvent()) {
            span.recordException(failure);
        }
        if (exceptionSignal.asLog()) {
            logger.logRecordBuilder()
                    .setContext(context)
                    .setSeverity(Severity.ERROR)
                    .setEventName("exception")
                    .setException(failure)
                    .emit();
        }
        return span.getSpanContext();
    }
}
