package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.otel.semconv.Events;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What is logged of running jobs goes to a user's exporter, and when it goes is a user's choice.
final class StalledLogsTest {
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration NEVER = ChronoUnit.FOREVER.getDuration();

    @Tag("slow")
    @Test
    void logExporterThatBlocks_leavesTheSpanBudgetFilling() throws Exception {
        int burst = 6;
        var blocked = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var exported = InMemorySpanExporter.create();
        try (var sdk = openTelemetry(exported, blocked, release);
                var jobs = Sdk.scheduler(
                        JobTelemetry.builder(sdk).startedAfter(SOON).spanBudget(burst, 1_000))) {
            try {
                jobs.spawn("long", () -> release.await());
                blocked.await();

                Awaitility.await().until(() -> {
                    spawnOne(jobs);
                    return exported.getFinishedSpanItems().size() > 2 * burst;
                });
            } finally {
                release.countDown();
            }
        }
    }

    private static void spawnOne(Scheduler jobs) throws Exception {
        jobs.spawn("short", () -> "done").join();
    }

    private static OpenTelemetrySdk openTelemetry(
            InMemorySpanExporter exported, CountDownLatch blocked, CountDownLatch release) {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exported))
                        .build())
                .setLoggerProvider(SdkLoggerProvider.builder()
                        .addLogRecordProcessor((context, log) -> {
                            blocked.countDown();
                            awaitUninterruptibly(release);
                        })
                        .build())
                .build();
    }

    private static void awaitUninterruptibly(CountDownLatch release) {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void longestDurations_meanNever_andLeaveTheOthersAlone() throws Exception {
        var release = new CountDownLatch(1);
        try (var sdk = Sdk.open()) {
            try (var jobs = Sdk.scheduler(
                    sdk.telemetry().startedAfter(NEVER).nameExpiry(NEVER).heartbeat(SOON))) {
                try {
                    jobs.spawn("long", () -> release.await());
                    Awaitility.await().until(() -> !sdk.events(Events.HEARTBEAT).isEmpty());
                } finally {
                    release.countDown();
                }
            }
            assertThat(sdk.events(Events.STARTED)).isEmpty();
            assertThat(sdk.count("jobtree.job.duration")).isEqualTo(1);
        }
    }

    @Test
    void heartbeatOfTheLongestDuration_leavesTheAnnouncement() throws Exception {
        var release = new CountDownLatch(1);
        try (var sdk = Sdk.open();
                var jobs = Sdk.scheduler(sdk.telemetry().startedAfter(SOON).heartbeat(NEVER))) {
            try {
                jobs.spawn("long", () -> release.await());
                Awaitility.await().until(() -> !sdk.events(Events.STARTED).isEmpty());
            } finally {
                release.countDown();
            }
        }
    }
}
