package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Over the wire: the OTLP exporter against a receiver in this JVM.
final class OtlpTest {
    private final OtlpReceiver receiver = new OtlpReceiver();

    OtlpTest() throws IOException {}

    @AfterEach
    void nothingIsLeft() {
        receiver.close();
        Sdk.assertNoContextLeft();
    }

    @Test
    void spansAndMetrics_arriveAsSent() throws Exception {
        try (var sdk = sdk()) {
            assertThat(PageProgram.run(sdk, JobTelemetry.create(sdk))).isZero();
            sdk.getSdkTracerProvider().forceFlush().join(30, TimeUnit.SECONDS);
            sdk.getSdkMeterProvider().forceFlush().join(30, TimeUnit.SECONDS);
        }

        var spans = new PageSpans(receiver.spans());
        spans.assertComplete();
        assertThat(values(spans.one("failing").getAttributesList()))
                .contains("jobtree.job.outcome=failed", "error.type=java.lang.IllegalStateException");
        assertThat(spans.one("failing").getEventsList())
                .singleElement()
                .satisfies(event -> assertThat(event.getName()).isEqualTo("exception"));
        assertScope();
        assertThat(receiver.resources())
                .allSatisfy(resource -> assertThat(values(resource.getResource().getAttributesList()))
                        .contains("service.name=shop"));
        assertThat(receiver.metrics().stream().map(Metric::getName).distinct())
                .contains("jobtree.job.duration", "jobtree.job.queue.duration", "jobtree.job.active");
    }

    private void assertScope() {
        assertThat(receiver.scopes().stream()
                        .filter(scope -> scope.getScope().getName().equals("io.jobtree.scheduler.otel")))
                .isNotEmpty()
                .allSatisfy(
                        scope -> assertThat(scope.getSchemaUrl()).isEqualTo("https://opentelemetry.io/schemas/1.37.0"));
    }

    private OpenTelemetrySdk sdk() {
        var resource = Resource.builder().put("service.name", "shop").build();
        var spans = OtlpHttpSpanExporter.builder()
                .setEndpoint(receiver.endpoint() + "/v1/traces")
                .build();
        var metrics = OtlpHttpMetricExporter.builder()
                .setEndpoint(receiver.endpoint() + "/v1/metrics")
                .build();
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setResource(resource)
                        .addSpanProcessor(BatchSpanProcessor.builder(spans)
                                .setMaxQueueSize(10_000)
                                .build())
                        .build())
                .setMeterProvider(SdkMeterProvider.builder()
                        .setResource(resource)
                        .registerMetricReader(PeriodicMetricReader.create(metrics))
                        .build())
                .build();
    }

    private static List<String> values(List<KeyValue> attributes) {
        return attributes.stream()
                .map(attribute ->
                        attribute.getKey() + "=" + attribute.getValue().getStringValue())
                .toList();
    }
}
