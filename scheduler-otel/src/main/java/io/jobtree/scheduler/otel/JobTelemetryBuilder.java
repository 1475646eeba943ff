package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.otel.pipeline.Settings;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Stream;

/// Says what [JobTelemetry] does. What is not said has its default.
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
    /// What is compared with the clock, in nanoseconds: 292 years. Longer is a way to say never.
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private final OpenTelemetrySource source;
    private final Settings settings = new Settings();

    JobTelemetryBuilder(OpenTelemetrySource source) {
        this.source = source;
        exceptionSignal(ExceptionSignal.configured());
    }

    /// Which jobs have a span. The default is all.
    ///
    /// @param policy the policy
    /// @return this
    public JobTelemetryBuilder spans(SpanPolicy policy) {
        settings.covered = Objects.requireNonNull(policy, "policy")::covers;
        return this;
    }

    /// How many spans the tree below one root may have. Beyond that jobs have none, except those that fail,
    /// which get theirs late with its true start. The root says how many were suppressed. The default is 1,000.
    ///
    /// @param maxPerTree how many, with the root's
    /// @return this
    /// @throws IllegalArgumentException if it is not positive
    public JobTelemetryBuilder maxPerTree(int maxPerTree) {
        settings.maxPerTree = positive(maxPerTree, "maxPerTree");
        return this;
    }

    /// How many spans there may be over all trees: at once, and a second in the long run. A third of what may come
    /// at once is kept for roots and failures, and half of that for failures. Jobs without a span are counted: on
    /// the root of their tree, else on the span that they were spawned under, else on the next root; and in the
    /// metric `jobtree.job.suppressed_spans`.
    ///
    /// The default is one for all telemetries that lead to one SDK, since their spans go into one queue:
    /// three quarters of the queue of the batch processor, so 1,536 where `OTEL_BSP_MAX_QUEUE_SIZE` does not
    /// say otherwise, and 3,000 a second. The processor drops what its queue has no room for, and says so
    /// nowhere.
    ///
    /// @param burst how many at once
    /// @param perSecond how many a second
    /// @return this
    /// @throws IllegalArgumentException if one of them is not positive
    public JobTelemetryBuilder spanBudget(int burst, int perSecond) {
        settings.limitSpans(positive(burst, "burst"), positive(perSecond, "perSecond"));
        return this;
    }

    /// As many spans as there are jobs: for an exporter that takes them all.
    ///
    /// @return this
    public JobTelemetryBuilder withoutSpanBudget() {
        settings.unlimitSpans();
        return this;
    }

    /// How the span of a job of the scheduler itself relates to the spawner's. The default is a child.
    ///
    /// @param rootRelation the relation
    /// @return this
    public JobTelemetryBuilder rootRelation(RootRelation rootRelation) {
        Objects.requireNonNull(rootRelation, "rootRelation");
        settings.relation = job -> job.parent().isEmpty() ? rootRelation : RootRelation.CHILD;
        return this;
    }

    /// How the span of each job relates to the span that it was spawned under, also of a job below another. With
    /// `LINK` for the chunks of a batch, each chunk is a trace, with a tree of its own to count in. A shielded job
    /// is a child in any case. Takes the place of [#rootRelation].
    ///
    /// @param relation gives the relation; asked on the spawning thread; where it throws, the span is a child
    /// @return this
    public JobTelemetryBuilder relation(Function<? super Job<?>, RootRelation> relation) {
        settings.relation = Objects.requireNonNull(relation, "relation");
        return this;
    }

    /// What spans are called, and jobs in metrics. The default is the name that the job was given, `job` for one
    /// without. Names should be few: what tells one job from another belongs into attributes.
    ///
    /// @param spanName gives the name; asked on the spawning thread; where it throws, the default is used
    /// @return this
    public JobTelemetryBuilder spanName(Function<? super Job<?>, String> spanName) {
        settings.spanName = Objects.requireNonNull(spanName, "spanName");
        return this;
    }

    /// The kind of spans. The default is `INTERNAL`.
    ///
    /// @param spanKind gives the kind; where it throws, the default is used
    /// @return this
    public JobTelemetryBuilder spanKind(Function<? super Job<?>, SpanKind> spanKind) {
        settings.spanKind = Objects.requireNonNull(spanKind, "spanKind");
        return this;
    }

    /// Adds attributes to spans, before they start, so that a sampler sees them; asked on the job's thread right
    /// before the body. Keys that are this module's own are left out.
    ///
    /// @param attributes puts attributes into the builder that it is given
    /// @return this
    public JobTelemetryBuilder attributes(BiConsumer<? super Job<?>, ? super AttributesBuilder> attributes) {
        settings.attributes = Objects.requireNonNull(attributes, "attributes");
        return this;
    }

    /// Adds attributes to spans when their jobs have ended, for spans that are recorded. Keys that are this
    /// module's own are left out.
    ///
    /// @param outcomeAttributes puts attributes into the builder that it is given
    /// @return this
    public JobTelemetryBuilder outcomeAttributes(OutcomeAttributes outcomeAttributes) {
        settings.outcomeAttributes = Objects.requireNonNull(outcomeAttributes, "outcomeAttributes");
        return this;
    }

    /// Which failures are expected: "no such user" is an answer, not an error. The span of such a job has no error
    /// status, and it and the metric have `jobtree.job.failure.expected`; the outcome is `failed` all the same.
    ///
    /// @param expectedFailures given the job and what its body threw, or a body below it; where it throws, the
    ///     failure is not expected
    /// @return this
    public JobTelemetryBuilder expectedFailures(BiPredicate<? super Job<?>, ? super Throwable> expectedFailures) {
        settings.expectedFailures = Objects.requireNonNull(expectedFailures, "expectedFailures");
        return this;
    }

    /// Adds attributes to metrics. Each set of values is a time series of its own, so there should be few. Keys
    /// that are this module's own are left out.
    ///
    /// @param metricAttributes puts attributes into the builder that it is given; asked on the spawning thread
    /// @return this
    public JobTelemetryBuilder metricAttributes(
            BiConsumer<? super Job<?>, ? super AttributesBuilder> metricAttributes) {
        settings.metricAttributes = Objects.requireNonNull(metricAttributes, "metricAttributes");
        return this;
    }

    /// Whether the time between spawn and start is a span of its own, called `NAME queued`, below the job's.
    /// The default is no.
    ///
    /// @param queueSpan true for one
    /// @return this
    public JobTelemetryBuilder queueSpan(boolean queueSpan) {
        settings.queueSpan = queueSpan;
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
        settings.cancellationStatus = cancellationStatus;
        return this;
    }

    /// As what the exceptions of failed jobs are recorded. The default is what the variable
    /// `OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN` says: `logs`, `logs/dup` for both, else span events.
    ///
    /// @param exceptionSignal the signal
    /// @return this
    public JobTelemetryBuilder exceptionSignal(ExceptionSignal exceptionSignal) {
        Objects.requireNonNull(exceptionSignal, "exceptionSignal");
        settings.exceptionEvents = exceptionSignal.asEvent();
        settings.exceptionLogs = exceptionSignal.asLog();
        return this;
    }

    /// Which entries of the baggage become attributes of spans, under their own keys. The default is none.
    ///
    /// @param keys the entries' keys
    /// @return this
    public JobTelemetryBuilder baggageAttributes(String... keys) {
        settings.baggageAttributes = Stream.of(Objects.requireNonNull(keys, "keys"))
                .map(key -> Objects.requireNonNull(key, "key"))
                .toList();
        return this;
    }

    /// Whether there are metrics. The default is yes.
    ///
    /// @param metrics false for none
    /// @return this
    public JobTelemetryBuilder metrics(boolean metrics) {
        settings.metrics = metrics;
        return this;
    }

    /// How long a name may have no job before metrics forget it. At most 900 names are kept at once; jobs of
    /// others are counted as one. The default is an hour.
    ///
    /// @param nameExpiry how long
    /// @return this
    /// @throws IllegalArgumentException if it is not positive
    public JobTelemetryBuilder nameExpiry(Duration nameExpiry) {
        settings.nameExpiry = positive(nameExpiry, "nameExpiry");
        return this;
    }

    /// Whether the time that a job has left goes along in its baggage, as [JobDeadlines#HEADER]: then whatever
    /// takes baggage to another service takes it there. It is what was left when the body started;
    /// [JobTelemetry#inject] writes what is left then. A job without a deadline takes none along, whatever its
    /// spawner's baggage has. The default is no: baggage goes to any service that is called.
    ///
    /// @param deadlineBaggage true for yes
    /// @return this
    public JobTelemetryBuilder deadlineBaggage(boolean deadlineBaggage) {
        settings.deadlineBaggage = deadlineBaggage;
        return this;
    }

    /// Logs an event `jobtree.job.started` for each job that is not done after that time, in its context, with its
    /// start, parent span, name and tags: the span itself goes out at the end. The default is a minute.
    ///
    /// @param startedAfter how long after its start
    /// @return this
    /// @throws IllegalArgumentException if it is not positive
    public JobTelemetryBuilder startedAfter(Duration startedAfter) {
        settings.startedAfter = positive(startedAfter, "startedAfter");
        return this;
    }

    /// Logs no `jobtree.job.started`.
    ///
    /// @return this
    public JobTelemetryBuilder withoutStarted() {
        settings.startedAfter = null;
        return this;
    }

    /// Logs an event `jobtree.job.heartbeat` for the oldest jobs that are not done, in their context, with the
    /// stack of their thread. The default is never.
    ///
    /// @param heartbeat how long after its start the first, and then each next
    /// @return this
    /// @throws IllegalArgumentException if it is not positive
    public JobTelemetryBuilder heartbeat(Duration heartbeat) {
        settings.heartbeat = positive(heartbeat, "heartbeat");
        return this;
    }

    /// How many jobs have heartbeats, the oldest, and for how many at once `jobtree.job.started` is logged. The
    /// default is 100.
    ///
    /// @param inFlightLimit how many
    /// @return this
    /// @throws IllegalArgumentException if it is not positive
    public JobTelemetryBuilder inFlightLimit(int inFlightLimit) {
        settings.inFlightLimit = positive(inFlightLimit, "inFlightLimit");
        return this;
    }

    /// Leaves jobs alone that another telemetry observes: for one that is there for all schedulers, and gives way
    /// to one that a scheduler has as its own.
    ///
    /// @return this
    public JobTelemetryBuilder asFallback() {
        settings.fallback = true;
        return this;
    }

    private static int positive(int value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
        return value;
    }

    private static Duration positive(Duration value, String name) {
        if (!Objects.requireNonNull(value, name).isPositive()) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
        return value.compareTo(LONGEST) < 0 ? value : LONGEST;
    }

    /// Builds it. Where none was given, a global OpenTelemetry is looked up now, and for each job as long as there
    /// is none.
    ///
    /// @return the observer
    public JobTelemetry build() {
        return new JobTelemetry(settings.copy(), source);
    }
}
