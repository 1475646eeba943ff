package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.Scheduler;
import io.opentelemetry.exporter.prometheus.PrometheusHttpServer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The metrics as Prometheus reads them, from the SDK's exporter.
final class PrometheusTest {
    @Test
    @Tag(Sdk.ONE_VERSION)
    void metrics_areReadByNameAndUnit() throws Exception {
        int port = freePort();
        var prometheus = PrometheusHttpServer.builder()
                .setHost("127.0.0.1")
                .setPort(port)
                .build();
        try (var sdk = OpenTelemetrySdk.builder()
                .setMeterProvider(SdkMeterProvider.builder()
                        .registerMetricReader(prometheus)
                        .build())
                .build()) {
            runJobs(JobTelemetry.builder(sdk));

            var text = read(port);
            assertThat(text)
                    .contains("# TYPE jobtree_job_duration_seconds histogram")
                    .contains("# TYPE jobtree_job_queue_duration_seconds histogram")
                    .contains("# TYPE jobtree_job_active gauge")
                    .contains("# TYPE jobtree_job_not_started_total counter")
                    .contains("le=\"3600.0\"");
            assertThat(sample(text, "jobtree_job_duration_seconds_count", "jobtree_job_outcome=\"succeeded\""))
                    .isEqualTo(3.0);
            assertThat(sample(
                            text,
                            "jobtree_job_duration_seconds_count",
                            "error_type=\"java.lang.IllegalStateException\""))
                    .isEqualTo(1.0);
            assertThat(sample(text, "jobtree_job_active", "jobtree_job_state=\"running\""))
                    .isZero();
            assertThat(sample(text, "jobtree_job_not_started_total", "jobtree_job_not_started_reason=\"requested\""))
                    .isEqualTo(1.0);
        }
    }

    private static void runJobs(JobTelemetryBuilder telemetry) throws InterruptedException {
        var release = new CountDownLatch(1);
        try (var jobs = Scheduler.open(Sdk.options(telemetry).withLimit(1))) {
            jobs.spawn("page", () -> release.await());
            jobs.spawn("page", () -> "never").cancel();
            release.countDown();
            jobs.spawn("page", () -> "done").join();
            jobs.spawn("page", () -> "done").join();
            var failing = jobs.spawn("page", () -> {
                throw new IllegalStateException("x");
            });
            assertThatThrownBy(failing::join).isInstanceOf(JobFailedException.class);
        }
    }

    private static double sample(String text, String name, String label) {
        return text.lines()
                .filter(line -> line.startsWith(name + "{") && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(
                        line.substring(line.indexOf('}') + 1).strip().split(" ", 2)[0]))
                .sum();
    }

    private static String read(int port) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
