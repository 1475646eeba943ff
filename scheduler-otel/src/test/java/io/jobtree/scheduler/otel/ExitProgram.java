package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.otel.sdk.ClosingSpanProcessor;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// A program with jobs that run until it is killed. Says so when they run.
///
/// Its argument says who makes the SDK: `auto`, by properties; `own`, the program; `agent`.
final class ExitProgram {
    static final String RUNNING = "jobs are running";

    private ExitProgram() {}

    public static void main(String[] args) throws InterruptedException {
        var telemetry = switch (args[0]) {
            case "auto" -> {
                AutoConfiguredOpenTelemetrySdk.builder().setResultAsGlobal().build();
                yield JobTelemetry.builder();
            }
            case "own" -> JobTelemetry.builder(ownSdk());
            default -> JobTelemetry.builder();
        };
        telemetry.startedAfter(Duration.ofMillis(50));
        var options = SchedulerOptions.named("orders")
                .withCloseOnExit(true)
                .withWaitTimeout(Duration.ofSeconds(1))
                .withObserver(telemetry.build());
        var started = new CountDownLatch(1);
        var jobs = Scheduler.open(options);
        jobs.spawn("page", page -> {
            page.spawn("user", () -> {
                started.countDown();
                Thread.sleep(Duration.ofMinutes(10));
            });
            return "over";
        });
        started.await();
        System.out.println(RUNNING);
        Thread.sleep(Duration.ofMinutes(10));
    }

    private static OpenTelemetrySdk ownSdk() {
        var exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(System.getProperty("otel.exporter.otlp.endpoint") + "/v1/traces")
                .build();
        var sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(ClosingSpanProcessor.create())
                        .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                        .build())
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(sdk::close));
        return sdk;
    }
}
