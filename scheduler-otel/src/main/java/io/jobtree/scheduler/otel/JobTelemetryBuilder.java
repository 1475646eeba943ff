package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.StatusCode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Says what [JobTelemetry] is to tell. What is not said has its default.
///
/// ```java
/// JobTelemetry.builder(openTelemetry)
///         .spans(SpanPolicy.named())
///         .rootRelation(RootRelation.CHILD)
///         .heartbeat(Duration.ofMinutes(1))
///         .build();
/// ```
///
/// **Threads:** for one thread.
public final class JobTelemetryBuilder {
    private final Supplier<OpenTelemetry> openTelemetry;

    SpanPolicy policy = SpanPolicy.all();
    int maxPerTree = 1_000;
    RootRelation rootRelation = RootRelation.LINK;

    @Nullable
    Function<? super Job<?>, String> spanName;

    @Nullable
    BiConsumer<? super Job<?>, ? super AttributesBuilder> attributes;

    boolean queueSpan;
    StatusCode cancellationStatus = StatusCode.UNSET;
    ExceptionSignal exceptionSignal = ExceptionSignal.configured();
    List<String> baggageAttributes = List.of();
    boolean metrics = true;

    @Nullable
    Duration heartbeat;

    JobTelemetryBuilder(Supplier<OpenTelemetry> openTelemetry) {
        this.openTelemetry = openTelemetry;
    }

    /// Which jobs have a span. The default is all.
    ///
    /// @param policy the policy
    /// @return this
    public JobTelemetryBuilder spans(SpanPolicy policy) {
        this.policy = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /// How many spans the tree below one root may have. Beyond that jobs have none, except those that fail,
    /// which get theirs late with its true start. The root says how many were suppressed. The default is 1,000.
    ///
    /// @param maxPerTree how many, with the root's
    /// @return this
    /// @throws IllegalArgumentException if it is not positive
    public JobTelemetryBuilder maxPerTree(int maxPerTree) {
        if (maxPerTree <= 0) {
            throw new IllegalArgumentException("maxPerTree must be positive: " + maxPerTree);
        }
        this.maxPerTree = maxPerTree;
        return this;
    }

    /// How the span of a job of the scheduler itself relates to the spawner's. The default is a new trace with
    /// a link.
    ///
    /// @param rootRelation the relation
    /// @return this
    public JobTelemetryBuilder rootRelation(RootRelation rootRelation) {
        this.rootRelation = Objects.requireNonNull(rootRelation, "rootRelation");
        return this;
    }

    /// What spans are called. The default is the name that the job was given, `job` for one without. Names
    /// should be few: what tells one job from another belongs into attributes.
    ///
    /// @param spanName gives the name; where it throws, the default is used
    /// @return this
    public JobTelemetryBuilder spanName(Function<? super Job<?>, String> spanName) {
        this.spanName = Objects.requireNonNull(spanName, "spanName");
        return this;
    }

    /// Adds attributes to spans; asked on the job's thread right before the body, for spans that are recorded.
    ///
    /// @param attributes puts attributes into the builder that it is given
    /// @return this
    public JobTelemetryBuilder attributes(BiConsumer<? super Job<?>, ? super AttributesBuilder> attributes) {
        this.attributes = Objects.requireNonNull(attributes, "attributes");
        return this;
    }

    /// Whether the time between spawn and start is a span of its own, called `NAME queued`, below the job's.
    /// The default is no.
    ///
    /// @param queueSpan true for one
    /// @return this
    public JobTelemetryBuilder queueSpan(boolean queueSpan) {
        this.queueSpan = queueSpan;
        return this;
    }

    /// The status of cancelled jobs' spans. The default is `UNSET`: a cancellation is no error.
    ///
    /// @param cancellationStatus `UNSET` or `ERROR`
    /// @return this
    /// @throws IllegalArgumentException if it is `OK`
    public JobTelemetryBuilder cancellationStatus(StatusCode cancellationStatus) {
        if (Objects.requireNonNull(cancellationStatus, "cancellationStatus") == StatusCode.OK) {
            throw new IllegalArgumentException("cancellationStatus must be UNSET or ERROR: " + cancellationStatus);
        }
        this.cancellationStatus = cancellationStatus;
        return this;
    }

    /// As what the exceptions of failed jobs are recorded. The default is what the variable
    /// `OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN` says: `logs`, `logs/dup` for both, else span events.
    ///
    /// @param exceptionSignal the signal
    /// @return this
    public JobTelemetryBuilder exceptionSignal(ExceptionSignal exceptionSignal) {
        this.exceptionSignal = Objects.requireNonNull(exceptionSignal, "exceptionSignal");
        return this;
    }

    /// Which entries of the baggage become attributes of spans, under their own keys. The default is none.
    ///
    /// @param keys the entries' keys
    /// @return this
    public JobTelemetryBuilder baggageAttributes(String... keys) {
        this.baggageAttributes = List.of(keys);
        return this;
    }

    /// Whether there are metrics. The default is yes.
    ///
    /// @param metrics false for none
    /// @return this
    public JobTelemetryBuilder metrics(boolean metrics) {
        this.metrics = metrics;
        return this;
    }

    /// Logs an event `jobtree.job.heartbeat` for each job that is not done, in its context, with the stack of
    /// its thread. The default is never.
    ///
    /// @param heartbeat how long after its start the first, and then each next
    /// @return this
    /// @throws IllegalArgumentException if it is not positive
    public JobTelemetryBuilder heartbeat(Duration heartbeat) {
        if (Objects.requireNonNull(heartbeat, "heartbeat").isNegative() || heartbeat.isZero()) {
            throw new IllegalArgumentException("heartbeat must be positive: " + heartbeat);
        }
        this.heartbeat = heartbeat;
        return this;
    }

    /// Builds it; now a global OpenTelemetry is looked up, if none was given.
    ///
    /// @return the observer
    public JobTelemetry build() {
        return new JobTelemetry(this, openTelemetry.get());
    }
}
