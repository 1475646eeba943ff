package io.jobtree.hashtree;

import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.otel.JobTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Sends a span for each job to where the `OTEL_` variables of OpenTelemetry say; by default with OTLP to this
/// machine.
final class Trace implements AutoCloseable {
    /// More than fit into the exporter's queue are not made, so that none is lost there.
    private static final int MAX_SPANS = 100_000;

    /// For a server that is slow to take a large trace; closing the SDK alone waits less.
    private static final int MAX_FLUSH_SECONDS = 60;

    /// What holds where no variable says otherwise. Names of files are no names for metrics.
    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.service.name", "hashtree",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none",
            "otel.bsp.max.queue.size", String.valueOf(MAX_SPANS));

    private final OpenTelemetrySdk sdk;
    private final JobTelemetry telemetry;

    private Trace(OpenTelemetrySdk sdk) {
        this.sdk = sdk;
        this.telemetry = JobTelemetry.builder(sdk)
                .maxPerTree(MAX_SPANS)
                .withoutSpanBudget()
                .metrics(false)
                .build();
    }

    /// A trace as the variables say.
    ///
    /// @throws io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException if they make no sense
    static Trace configured() {
        return new Trace(AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> DEFAULTS)
                // Closed here, after the last job.
                .disableShutdownHook()
                .build()
                .getOpenTelemetrySdk());
    }

    JobObserver observer() {
        return telemetry;
    }

    /// Sends what is left.
    @Override
    public void close() {
        sdk.getSdkTracerProvider().forceFlush().join(MAX_FLUSH_SECONDS, TimeUnit.SECONDS);
        sdk.close();
    }
}
