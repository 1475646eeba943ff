package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The README's program, set up by the standard variables, here as system properties.
final class OrdersTest {
    @AfterEach
    void nothingIsLeft() {
        GlobalOpenTelemetry.resetForTest();
        Sdk.assertNoContextLeft();
    }

    @Test
    void readmeProgram_sendsItsTreeAndItsMetrics() throws Exception {
        // What older exporters of other tests have set.
        GlobalOpenTelemetry.resetForTest();
        try (var receiver = new OtlpReceiver()) {
            var settings = Map.of(
                    "otel.exporter.otlp.endpoint", receiver.endpoint(),
                    "otel.exporter.otlp.protocol", "http/protobuf",
                    "otel.service.name", "shop");
            settings.forEach(System::setProperty);
            try {
                Orders.main(new String[0]);
            } finally {
                settings.keySet().forEach(System::clearProperty);
            }

            assertThat(receiver.spans()).extracting(Span::getName).containsExactlyInAnyOrder("order", "stock", "money");
            assertThat(receiver.metrics())
                    .extracting(metric -> metric.getName())
                    .contains("jobtree.job.duration", "jobtree.job.active");
        }
    }
}
