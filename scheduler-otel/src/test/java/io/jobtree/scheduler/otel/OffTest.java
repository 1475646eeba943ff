package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OffTest {
    @AfterEach
    void nothingIsLeft() {
        GlobalOpenTelemetry.resetForTest();
        Sdk.assertNoContextLeft();
    }

    @Test
    void noop_observesNothing() throws Exception {
        assertThat(observationBy(JobTelemetry.create(OpenTelemetry.noop()))).isSameAs(JobObservation.NONE);
        assertThat(observationBy(JobTelemetry.builder(OpenTelemetry.noop())
                        .heartbeat(Duration.ofSeconds(1))
                        .build()))
                .isSameAs(JobObservation.NONE);
    }

    private static JobObservation observationBy(JobTelemetry telemetry) throws InterruptedException {
        var seen = new AtomicReference<JobObservation>();
        JobObserver spy = job -> {
            var observation = telemetry.spawned(job);
            seen.set(observation);
            return observation;
        };
        try (var jobs = Scheduler.open(SchedulerOptions.named("orders").withObserver(spy))) {
            jobs.spawn("page", () -> "done").join();
        }
        return seen.get();
    }

    @Test
    void global_isResolvedWhenBuilt_andLookingDoesNotSetIt() throws Exception {
        GlobalOpenTelemetry.resetForTest();
        var builder = JobTelemetry.builder();
        assertThat(observationBy(JobTelemetry.create())).isSameAs(JobObservation.NONE);
        assertThat(GlobalOpenTelemetry.isSet()).isFalse();

        try (var sdk = Sdk.open()) {
            GlobalOpenTelemetry.set(sdk.api());
            try (var jobs = Sdk.scheduler(builder)) {
                jobs.spawn("page", () -> "done").join();
            }
            assertThat(sdk.spans()).hasSize(1);
        }
    }

    @Test
    void unsampled_getsNoAttributes_andTheContextIsThere() throws Exception {
        var asked = new AtomicInteger();
        try (var sdk = Sdk.open(Sampler.alwaysOff())) {
            var telemetry = sdk.telemetry().attributes((job, attributes) -> asked.incrementAndGet());
            try (var jobs = Sdk.scheduler(telemetry)) {
                var context = jobs.spawn("page", () -> Span.current().getSpanContext())
                        .join();
                assertThat(context.isValid()).isTrue();
                assertThat(context.isSampled()).isFalse();
            }
            assertThat(sdk.spans()).isEmpty();
            assertThat(sdk.count("jobtree.job.duration")).isEqualTo(1);
        }
        assertThat(asked).hasValue(0);
    }

    @Test
    void process_wideInstallation_seesSchedulersOpenedBefore() throws Exception {
        var runs = new CountDownLatch(1);
        try (var sdk = Sdk.open();
                var jobs = Scheduler.open("orders")) {
            var before = jobs.spawn("before", page -> {
                runs.await();
                return page.spawn("below", () -> "done").join();
            });
            try (var _ = JobObserver.install(sdk.telemetry().build())) {
                runs.countDown();
                before.join();
                jobs.spawn("after", () -> "done").join();
            }
            assertThat(sdk.spans()).extracting(span -> span.getName()).containsExactly("below", "after");
            assertThat(sdk.span("below").getParentSpanContext().isValid()).isFalse();
        }
    }
}
