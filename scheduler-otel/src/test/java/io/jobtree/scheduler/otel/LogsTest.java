package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.otel.semconv.Events;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LogsTest {
    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Test
    void logInsideAJob_hasTheJobsSpan() throws Exception {
        var logger = sdk.api().getLogsBridge().get("program");
        try (var jobs = sdk.scheduler()) {
            jobs.spawn("page", () -> logger.logRecordBuilder().setBody("hello").emit())
                    .join();
        }

        assertThat(sdk.logs())
                .singleElement()
                .satisfies(log -> assertThat(log.getSpanContext())
                        .isEqualTo(sdk.span("page").getSpanContext()));
    }

    @Test
    void exceptionSignal_logs_recordsTheExceptionAsALogAlone() throws Exception {
        failWith(ExceptionSignal.LOGS);

        assertThat(sdk.span("user").getEvents()).isEmpty();
        assertThat(exceptionLogs())
                .singleElement()
                .satisfies(log -> assertThat(log.getSpanContext())
                        .isEqualTo(sdk.span("user").getSpanContext()))
                .satisfies(log -> assertThat(log.getAttributes().get(stringKey("exception.message")))
                        .isEqualTo("no disk"));
    }

    @Test
    void exceptionSignal_both_recordsTheExceptionTwice() throws Exception {
        failWith(ExceptionSignal.BOTH);

        assertThat(sdk.span("user").getEvents()).hasSize(1);
        assertThat(exceptionLogs()).hasSize(1);
    }

    @Test
    void exceptionSignal_events_isTheDefault() throws Exception {
        failWith(ExceptionSignal.configured());

        assertThat(sdk.span("user").getEvents()).hasSize(1);
        assertThat(exceptionLogs()).isEmpty();
    }

    @Test
    void exceptionSignal_isTakenFromTheOptIn() {
        assertThat(ExceptionSignal.of("logs")).isEqualTo(ExceptionSignal.LOGS);
        assertThat(ExceptionSignal.of("logs/dup")).isEqualTo(ExceptionSignal.BOTH);
        assertThat(ExceptionSignal.of("spans")).isEqualTo(ExceptionSignal.SPAN_EVENTS);
        assertThat(ExceptionSignal.of(null)).isEqualTo(ExceptionSignal.SPAN_EVENTS);
    }

    @Test
    void heartbeat_logsLongJobsInTheirContext_withTheirStack() throws Exception {
        var release = new CountDownLatch(1);
        List<LogRecordData> beats;
        try (var jobs = Sdk.scheduler(sdk.telemetry().heartbeat(Duration.ofMillis(20)))) {
            var page = jobs.spawn("page", () -> waitFor(release));
            Awaitility.await().until(() -> heartbeats().size() >= 2);
            beats = heartbeats();
            release.countDown();
            page.join();
        }

        assertThat(beats).allSatisfy(log -> {
            assertThat(log.getSpanContext()).isEqualTo(sdk.span("page").getSpanContext());
            assertThat(log.getAttributes().get(stringKey("jobtree.job.path"))).isEqualTo("orders/page");
            assertThat(log.getAttributes().get(stringKey("jobtree.job.state"))).isEqualTo("running");
            assertThat(log.getAttributes().get(doubleKey("jobtree.job.elapsed")))
                    .isGreaterThanOrEqualTo(0.02);
        });
        assertThat(beats)
                .anySatisfy(log -> assertThat(log.getAttributes().get(stringKey("code.stacktrace")))
                        .contains("LogsTest.waitFor"));
    }

    @Test
    void heartbeat_isNotHeardOfShortJobs() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().heartbeat(Duration.ofMinutes(1)))) {
            jobs.spawn("page", () -> "done").join();
        }

        assertThat(heartbeats()).isEmpty();
    }

    private static String waitFor(CountDownLatch latch) throws InterruptedException {
        latch.await();
        return "done";
    }

    private void failWith(ExceptionSignal signal) {
        try (var jobs = Sdk.scheduler(sdk.telemetry().exceptionSignal(signal))) {
            var page = jobs.spawn("page", scope -> {
                scope.spawn("user", () -> {
                    throw new IOException("no disk");
                });
                return "over";
            });
            assertThatThrownBy(page::join).isInstanceOf(JobFailedException.class);
        }
    }

    private List<LogRecordData> exceptionLogs() {
        return sdk.events("exception");
    }

    private List<LogRecordData> heartbeats() {
        return sdk.events(Events.HEARTBEAT);
    }
}
