package io.jobtree.scheduler.otel.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.otel.semconv.Instrumentation;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SharedBudgetTest {
    private final OpenTelemetrySdk sdk = exporting();

    /// Those that export nothing have one tracer in common, in newer versions.
    private static OpenTelemetrySdk exporting() {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(InMemorySpanExporter.create()))
                        .build())
                .build();
    }

    @BeforeEach
    @AfterEach
    void reset() {
        GlobalOpenTelemetry.resetForTest();
    }

    @Test
    void telemetriesToOneSdk_shareTheBudget_forTheirSpansGoIntoOneQueue() {
        GlobalOpenTelemetry.set(sdk);
        var other = exporting();
        assertThat(budget(GlobalOpenTelemetry.get()))
                .isSameAs(budget(sdk))
                .isSameAs(budget(sdk))
                .isNotSameAs(budget(other));
    }

    private static SpanBudget budget(OpenTelemetry openTelemetry) {
        return new Settings().budget(openTelemetry, Instrumentation.tracer(openTelemetry));
    }
}
