package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
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
import org.jspecify.annotations.Nullable;

/// What [JobTelemetryBuilder] was given, with the defaults.
final class Settings implements Cloneable {
    private static final String QUEUE_SIZE = "otel.bsp.max.queue.size";
    private static final int DEFAULT_QUEUE_SIZE = 2_048;
    private static final int DEFAULT_PER_SECOND = 3_000;
    private static final PerSdk<SpanBudget> BUDGETS = new PerSdk<>();

    SpanPolicy policy = SpanPolicy.all();
    int maxPerTree = 1_000;

    @Nullable
    SpanBudget budget;

    @Nullable
    Function<? super Job<?>, RootRelation> relation;

    @Nullable
    Function<? super Job<?>, String> spanName;

    @Nullable
    Function<? super Job<?>, SpanKind> spanKind;

    @Nullable
    BiConsumer<? super Job<?>, ? super AttributesBuilder> attributes;

    @Nullable
    OutcomeAttributes outcomeAttributes;

    @Nullable
    BiPredicate<? super Job<?>, ? super Throwable> expectedFailures;

    @Nullable
    BiConsumer<? super Job<?>, ? super AttributesBuilder> metricAttributes;

    boolean queueSpan;
    StatusCode cancellationStatus = StatusCode.UNSET;
    ExceptionSignal exceptionSignal = ExceptionSignal.configured();
    List<String> baggageAttributes = List.of();
    boolean deadlineBaggage;
    boolean metrics = true;
    Duration nameExpiry = Duration.ofHours(1);

    @Nullable
    Duration startedAfter = Duration.ofMinutes(1);

    @Nullable
    Duration heartbeat;

    int inFlightLimit = 100;

    /// Whether it leaves jobs alone that another telemetry observes.
    boolean fallback;

    /// A telemetry may read its settings long after it was built: whatever the builder is used for meanwhile.
    Settings copy() {
        try {
            return (Settings) clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
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

    static void nextTick(Runnable code) {
        OneThread.BUDGET.after(SpanBudget.TICK, code);
    }

    private static int defaultBurst() {
        var size = Config.number(QUEUE_SIZE, DEFAULT_QUEUE_SIZE);
        return size - size / 4;
    }
}
