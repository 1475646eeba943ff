package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.ContextStorage;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An SDK that keeps everything in memory. Its close checks that nobody left a context on a thread or a span
/// open.
final class Sdk implements AutoCloseable {
    /// The tag of tests that some older versions of the SDK do not pass, whoever uses it.
    static final String NEWER = "newer-sdk";

    /// The tag of tests that need a part which is there in one version alone.
    static final String ONE_VERSION = "one-version";

    private final OpenSpans open = new OpenSpans();
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final InMemoryMetricReader metrics = InMemoryMetricReader.create();
    private final InMemoryLogRecordExporter logs = InMemoryLogRecordExporter.create();
    private final OpenTelemetrySdk sdk;

    private Sdk(Sampler sampler) {
        sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(sampler)
                        .addSpanProcessor(open)
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .setMeterProvider(
                        SdkMeterProvider.builder().registerMetricReader(metrics).build())
                .setLoggerProvider(SdkLoggerProvider.builder()
                        .addLogRecordProcessor(SimpleLogRecordProcessor.create(logs))
                        .build())
                .setPropagators(ContextPropagators.create(TextMapPropagator.composite(
                        W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())))
                .build();
    }

    static Sdk open() {
        return open(Sampler.alwaysOn());
    }

    static Sdk open(Sampler sampler) {
        return new Sdk(sampler);
    }

    OpenTelemetry api() {
        return sdk;
    }

    Tracer tracer() {
        return sdk.getTracer("test");
    }

    JobTelemetryBuilder telemetry() {
        return JobTelemetry.builder(sdk);
    }

    Scheduler scheduler() {
        return scheduler(telemetry());
    }

    static Scheduler scheduler(JobTelemetryBuilder telemetry) {
        return Scheduler.open(options(telemetry));
    }

    static SchedulerOptions options(JobTelemetryBuilder telemetry) {
        return SchedulerOptions.named("orders")
                .withObserver(telemetry.build())
                .withFailureHandler((job, failure) -> {});
    }

    List<SpanData> spans() {
        return spans.getFinishedSpanItems();
    }

    SpanData span(String name) {
        var named = spans().stream().filter(span -> span.getName().equals(name)).toList();
        assertThat(named).as("spans called " + name).hasSize(1);
        return named.getFirst();
    }

    int openSpans() {
        return open.count();
    }

    List<LogRecordData> logs() {
        return logs.getFinishedLogRecordItems();
    }

    List<LogRecordData> events(String name) {
        return logs().stream().filter(log -> name.equals(eventName(log))).toList();
    }

    /// In older versions it is an attribute.
    static @Nullable String eventName(LogRecordData log) {
        try {
            return log.getEventName();
        } catch (NoSuchMethodError older) {
            return log.getAttributes().get(AttributeKey.stringKey("event.name"));
        }
    }

    MetricData metric(String name) {
        return find(name).orElseThrow(() -> new AssertionError("no metric " + name));
    }

    Collection<MetricData> metrics() {
        return metrics.collectAllMetrics();
    }

    Optional<MetricData> find(String name) {
        return metrics().stream()
                .filter(metric -> metric.getName().equals(name))
                .findFirst();
    }

    /// The sum of a counter's points that have these values, all points where there are none.
    long sum(String name, AttributeKey<String> key, String value) {
        return metric(name).getLongSumData().getPoints().stream()
                .filter(point -> value.equals(point.getAttributes().get(key)))
                .mapToLong(point -> point.getValue())
                .sum();
    }

    long active() {
        return metric("jobtree.job.active").getLongSumData().getPoints().stream()
                .mapToLong(point -> point.getValue())
                .sum();
    }

    /// How many durations a histogram has, over all attributes.
    long count(String name) {
        return metric(name).getHistogramData().getPoints().stream()
                .mapToLong(point -> point.getCount())
                .sum();
    }

    @Override
    public void close() {
        sdk.close();
        assertThat(open.count()).as("spans left open").isZero();
        assertNoContextLeft();
    }

    static void assertNoContextLeft() {
        var storage = ContextStorage.get();
        assertThat(storage).as("the strict context storage").isInstanceOf(AutoCloseable.class);
        assertThatCode(() -> ((AutoCloseable) storage).close()).doesNotThrowAnyException();
    }
}
