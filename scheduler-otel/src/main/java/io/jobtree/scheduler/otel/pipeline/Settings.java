package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.otel.OutcomeAttributes;
import io.jobtree.scheduler.otel.RootRelation;
import io.jobtree.scheduler.otel.compat.Config;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What [io.jobtree.scheduler.otel.JobTelemetryBuilder] was given, with the defaults.
public final class Settings implements Cloneable {
    private static final String QUEUE_SIZE = "otel.bsp.max.queue.size";
    private static final int DEFAULT_QUEUE_SIZE = 2_048;
    private static final int DEFAULT_PER_SECOND = 3_000;
    private static final PerSdk<SpanBudget> BUDGETS = new PerSdk<>();

    /// Whether a job has a span of its own.
    public Predicate<? super Job<?>> covered = any -> true;

    public int maxPerTree = 1_000;
    public @Nullable Function<? super Job<?>, RootRelation> relation;
    public @Nullable Function<? super Job<?>, String> spanName;
    public @Nullable Function<? super Job<?>, SpanKind> spanKind;
    public @Nullable BiConsumer<? super Job<?>, ? super AttributesBuilder> attributes;
    public @Nullable OutcomeAttributes outcomeAttributes;
    public @Nullable BiPredicate<? super Job<?>, ? super Throwable> expectedFailures;
    public @Nullable BiConsumer<? super Job<?>, ? super AttributesBuilder> metricAttributes;
    public boolean queueSpan;
    public StatusCode cancellationStatus = StatusCode.UNSET;
    public boolean exceptionEvents = true;
    public boolean exceptionLogs;
    public List<String> baggageAttributes = List.of();
    public boolean deadlineBaggage;
    public boolean metrics = true;
    public Duration nameExpiry = Duration.ofHours(1);
    public @Nullable Duration startedAfter = Duration.ofMinutes(1);
    public @Nullable Duration heartbeat;
    public int inFlightLimit = 100;

    /// Whether it leaves jobs alone that another telemetry observes.
    public boolean fallback;

    /// Null where all that lead to one SDK share one.
    private @Nullable SpanBudget budget;

    /// A telemetry may read its settings long after it was built: whatever the builder is used for meanwhile.
    public Settings copy() {
        try {
            return (Settings) clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    /// Gives it a budget of its own.
    public void limitSpans(int burst, int perSecond) {
        budget = new SpanBudget(burst, perSecond, Settings::nextTick, System::nanoTime);
    }

    /// Gives it as many spans as there are jobs.
    public void unlimitSpans() {
        budget = SpanBudget.UNLIMITED;
    }

    /// A budget for the telemetry to build: the one that was given, else the one that all who give none share, since
    /// their spans go into one queue.
    SpanBudget budget(OpenTelemetry openTelemetry, Tracer tracer) {
        var given = budget;
        return given == null ? BUDGETS.of(openTelemetry, tracer, Settings::defaultBudget) : given;
    }

    private static SpanBudget defaultBudget() {
        return new SpanBudget(defaultBurst(), DEFAULT_PER_SECOND, Settings::nextTick, System::nanoTime);
    }

    private static void nextTick(Runnable code) {
        OneThread.BUDGET.after(SpanBudget.TICK, code);
    }

    private static int defaultBurst() {
        var size = Config.number(QUEUE_SIZE, DEFAULT_QUEUE_SIZE);
        return size - size / 4;
    }
}
