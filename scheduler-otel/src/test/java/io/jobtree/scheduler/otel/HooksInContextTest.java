package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is logged of a job after its body has its trace id.
final class HooksInContextTest {
    private final Sdk sdk = Sdk.open();
    private final Map<String, SpanContext> seen = new ConcurrentHashMap<>();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    private void see(String what) {
        seen.put(what, Span.current().getSpanContext());
    }

    private static int fail() {
        throw new IllegalStateException("broken");
    }

    /// The default handler's one line, as a logging backend that adds trace ids sees it.
    private void seeLine(String message) {
        see(message.contains("'orders/page'") ? "log" : message);
    }

    @Test
    void defaultHandler_logsInTheContextOfTheJob() throws Exception {
        var logger = Logger.getLogger("io.jobtree.scheduler");
        logger.setUseParentHandlers(false);
        try (var _ = new LogListener(logger.getName(), this::seeLine);
                var jobs = Scheduler.open(SchedulerOptions.named("orders")
                        .withObserver(sdk.telemetry().build()))) {
            jobs.spawn("page", HooksInContextTest::fail);
        } finally {
            logger.setUseParentHandlers(true);
        }

        assertThat(seen).containsOnlyKeys("log");
        assertThat(seen.get("log")).isEqualTo(sdk.span("page").getSpanContext());
    }

    @Test
    void handler_hooksAndOtherObservers_runInTheContextOfTheJob() throws Exception {
        var telemetry = sdk.telemetry()
                .outcomeAttributes((job, outcome, attributes) -> see("outcomeAttributes"))
                .expectedFailures((job, failure) -> {
                    see("expectedFailures");
                    return false;
                });
        var options = SchedulerOptions.named("orders")
                .withObserver(job -> new JobObservation() {
                    @Override
                    public void ended(Outcome<?> outcome) {
                        see("ended");
                    }

                    @Override
                    public void unobserved(Throwable failure) {
                        see("unobserved");
                    }
                })
                .withObserver(telemetry.build())
                .withFailureHandler((job, failure) -> see("handler"));
        try (var jobs = Scheduler.open(options)) {
            jobs.spawn("page", HooksInContextTest::fail);
        }

        assertThat(seen)
                .containsOnlyKeys("outcomeAttributes", "expectedFailures", "ended", "unobserved", "handler")
                .allSatisfy((what, context) ->
                        assertThat(context).isEqualTo(sdk.span("page").getSpanContext()));
    }

    @Test
    void jobThatNeverRan_isHandledInTheContextOfItsSpawner() throws Exception {
        var release = new CountDownLatch(1);
        var request = sdk.tracer().spanBuilder("GET").startSpan();
        var options = SchedulerOptions.named("orders")
                .withLimit(1)
                .withObserver(sdk.telemetry().build())
                .withFailureHandler((job, failure) -> see(job.name()));
        try (var jobs = Scheduler.open(options)) {
            jobs.spawn("busy", () -> release.await());
            try (var _ = request.makeCurrent()) {
                jobs.spawn(JobOptions.named("late").withTimeout(Duration.ofMillis(1)), () -> "never");
            }
            Awaitility.await().until(() -> !seen.isEmpty());
            release.countDown();
        } finally {
            request.end();
        }

        assertThat(seen).containsExactlyEntriesOf(Map.of("late", request.getSpanContext()));
    }

    @Test
    void aHandlerThatSpawns_continuesTheTrace() throws Exception {
        var repair = new CompletableFuture<Job<String>>();
        var options = SchedulerOptions.named("orders")
                .withObserver(sdk.telemetry().build())
                .withFailureHandler(
                        (job, failure) -> repair.complete(job.scheduler().spawn("repair", () -> "done")));
        try (var jobs = Scheduler.open(options)) {
            jobs.spawn("page", HooksInContextTest::fail);
            repair.get().join();
        }

        assertThat(sdk.span("repair").getParentSpanId())
                .isEqualTo(sdk.span("page").getSpanId());
    }
}
