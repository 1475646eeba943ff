package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.opentelemetry.api.trace.Span;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RefusedTest {
    private static final String COUNTER = "jobtree.job.refused";

    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Test
    void refusedSpawns_areCountedByReason_andEventsOfTheCurrentSpan() throws Exception {
        var release = new CountDownLatch(1);
        var options = Sdk.options(sdk.telemetry()).withLimit(1).withPendingLimit(1);
        var request = sdk.tracer().spanBuilder("GET").startSpan();
        var jobs = Scheduler.open(options);
        try (var _ = request.makeCurrent()) {
            jobs.spawn("busy", () -> release.await());
            jobs.spawn("pending", () -> "done");
            assertThat(jobs.trySpawn("page", () -> "done")).isEmpty();
            assertThat(jobs.trySpawn("page", () -> "done")).isEmpty();
            release.countDown();
            jobs.close();
            assertThatThrownBy(() -> jobs.spawn(() -> "done")).isInstanceOf(RejectedExecutionException.class);
        } finally {
            request.end();
        }

        assertThat(sdk.sum(COUNTER, Keys.REFUSED_REASON, "full")).isEqualTo(2);
        assertThat(sdk.sum(COUNTER, Keys.REFUSED_REASON, "closed")).isEqualTo(1);
        assertThat(sdk.span("GET").getEvents())
                .extracting(event -> event.getName())
                .containsOnly(COUNTER);
        assertThat(sdk.span("GET").getEvents())
                .extracting(event -> event.getAttributes().get(stringKey("jobtree.job.name"))
                        + ' '
                        + event.getAttributes().get(Keys.REFUSED_REASON)
                        + ' '
                        + event.getAttributes().get(Keys.SCHEDULER))
                .containsExactly("page full orders", "page full orders", "job closed orders");
    }

    @Test
    void oneTelemetry_installedAndOfTheScheduler_countsOnce() throws Exception {
        var telemetry = sdk.telemetry().build();
        try (var other = Sdk.open();
                var _ = JobObserver.install(telemetry);
                var _ = JobObserver.install(other.telemetry().asFallback().build())) {
            var jobs = Scheduler.open(
                    Sdk.options(sdk.telemetry()).withObserver(telemetry).withLimit(1));
            jobs.close();
            assertThatThrownBy(() -> jobs.spawn(() -> "done")).isInstanceOf(RejectedExecutionException.class);
            assertThatThrownBy(() -> jobs.spawn(() -> "done")).isInstanceOf(RejectedExecutionException.class);

            assertThat(sdk.sum(COUNTER, Keys.REFUSED_REASON, "closed")).isEqualTo(2);
            assertThat(other.find(COUNTER)).isEmpty();
        }
    }

    @Test
    void currentSpanThatThrows_leavesTheCount() throws Exception {
        var broken = (Span) Proxy.newProxyInstance(
                Span.class.getClassLoader(), new Class<?>[] {Span.class}, (self, called, arguments) -> {
                    if (called.getName().equals("isRecording")) {
                        throw new IllegalStateException("broken");
                    }
                    // A default method makes the proxy itself current.
                    return called.isDefault()
                            ? InvocationHandler.invokeDefault(self, called, arguments)
                            : called.invoke(Span.getInvalid(), arguments);
                });
        var jobs = sdk.scheduler();
        jobs.close();
        try (var _ = broken.makeCurrent()) {
            assertThatThrownBy(() -> jobs.spawn(() -> "done")).isInstanceOf(RejectedExecutionException.class);
        }

        assertThat(sdk.sum(COUNTER, Keys.REFUSED_REASON, "closed")).isEqualTo(1);
    }

    @Test
    void afterClose_nothingIsCounted() throws Exception {
        var telemetry = sdk.telemetry().build();
        telemetry.close();
        var jobs = Scheduler.open(Sdk.options(sdk.telemetry().metrics(false)).withObserver(telemetry));
        jobs.close();
        assertThatThrownBy(() -> jobs.spawn(() -> "done")).isInstanceOf(RejectedExecutionException.class);

        assertThat(sdk.find(COUNTER)).isEmpty();
    }
}
