package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.otel.compat.GlobalLookup;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class OffTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

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

    @Test
    void telemetryThatIsOff_takesNoHeap() throws Exception {
        GlobalOpenTelemetry.resetForTest();
        try (var jobs = Scheduler.open("orders")) {
            var job = jobs.spawn("page", () -> "done");
            assertThat(bytesOfSpawns(JobTelemetry.create(OpenTelemetry.noop()), job))
                    .isZero();
            assertThat(bytesOfSpawns(JobTelemetry.create(), job)).isZero();
        }
    }

    @Test
    void off_isNotEnabled_unlessThereIsAContextToCarry() {
        GlobalOpenTelemetry.resetForTest();
        var off = JobTelemetry.create(OpenTelemetry.noop());
        var waiting = JobTelemetry.create();
        var fallback = JobTelemetry.builder().asFallback().build();
        assertThat(List.of(off.isEnabled(), waiting.isEnabled(), fallback.isEnabled()))
                .containsOnly(false);

        var key = ContextKey.<String>named("tenant");
        try (var _ = Context.current().with(key, "a").makeCurrent()) {
            assertThat(off.isEnabled()).isTrue();
            assertThat(waiting.isEnabled()).isTrue();
            assertThat(fallback.isEnabled()).isFalse();
        }
        var given = Context.root().with(key, "b");
        assertThat(off.withParent(given, off::isEnabled)).isTrue();
        off.close();
        assertThat(off.withParent(given, off::isEnabled)).isFalse();
    }

    @Test
    void on_isEnabled_untilItIsClosed() {
        try (var sdk = Sdk.open()) {
            var telemetry = JobTelemetry.create(sdk.api());
            assertThat(telemetry.isEnabled()).isTrue();
            assertThat(JobTelemetry.builder(sdk.api()).metrics(false).build().isEnabled())
                    .isTrue();
            telemetry.close();
            assertThat(telemetry.isEnabled()).isFalse();
        }
    }

    private static long bytesOfSpawns(JobTelemetry telemetry, Job<?> job) {
        long bytes = Long.MAX_VALUE;
        // The first time, classes are loaded.
        for (int round = 0; round < 10; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                telemetry.spawned(job, Optional.empty());
            }
            bytes = Math.min(bytes, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return bytes;
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
        assertThat(GlobalLookup.find()).isNull();

        try (var sdk = Sdk.open()) {
            GlobalOpenTelemetry.set(sdk.api());
            try (var jobs = Sdk.scheduler(builder)) {
                jobs.spawn("page", () -> "done").join();
            }
            assertThat(sdk.spans()).hasSize(1);
        }
    }

    @Test
    void telemetry_thatIsOlderThanTheSdk_findsItOnceItIsSet() throws Exception {
        GlobalOpenTelemetry.resetForTest();
        var telemetry = JobTelemetry.create();
        try (var sdk = Sdk.open();
                var jobs = Scheduler.open(SchedulerOptions.named("orders").withObserver(telemetry))) {
            jobs.spawn("before", () -> "done").join();
            GlobalOpenTelemetry.set(sdk.api());
            jobs.spawn("after", () -> telemetry.extract(Map.of())).join();
            var headers = new HashMap<String, String>();
            jobs.spawn("sending", () -> telemetry.inject(headers::put)).join();

            assertThat(sdk.spans()).extracting(span -> span.getName()).containsExactly("after", "sending");
            assertThat(headers).containsKey("traceparent");
        }
    }

    @Test
    void builder_thatGoesOn_changesNothingThatWasBuilt() throws Exception {
        GlobalOpenTelemetry.resetForTest();
        var builder = JobTelemetry.builder();
        var telemetry = builder.build();
        builder.spans(SpanPolicy.none());
        try (var sdk = Sdk.open();
                var jobs = Scheduler.open(SchedulerOptions.named("orders").withObserver(telemetry))) {
            GlobalOpenTelemetry.set(sdk.api());
            jobs.spawn("page", () -> "done").join();

            assertThat(sdk.spans()).hasSize(1);
        }
    }

    @Test
    void oneTelemetry_installedAndOfTheScheduler_givesOneSpan() throws Exception {
        try (var sdk = Sdk.open()) {
            var telemetry = sdk.telemetry().build();
            try (var _ = JobObserver.install(telemetry);
                    var jobs = Scheduler.open(SchedulerOptions.named("orders").withObserver(telemetry))) {
                jobs.spawn("page", page -> page.spawn("user", () -> "done").join())
                        .join();
            }

            assertThat(sdk.spans()).extracting(span -> span.getName()).containsExactly("user", "page");
            assertThat(sdk.span("user").getParentSpanId())
                    .isEqualTo(sdk.span("page").getSpanId());
            assertThat(sdk.count("jobtree.job.duration")).isEqualTo(2);
        }
    }

    @Test
    void twoTelemetries_toTwoSdks_giveASpanEach() throws Exception {
        try (var one = Sdk.open();
                var other = Sdk.open()) {
            var options = SchedulerOptions.named("orders")
                    .withObserver(one.telemetry().build())
                    .withObserver(other.telemetry().build());
            try (var jobs = Scheduler.open(options)) {
                jobs.spawn("page", () -> "done").join();
            }

            assertThat(one.spans()).hasSize(1);
            assertThat(other.spans()).hasSize(1);
        }
    }

    @Test
    @Tag("full")
    void fallback_leavesJobsAloneThatAnotherTelemetryObserves() throws Exception {
        try (var one = Sdk.open();
                var other = Sdk.open()) {
            var options = SchedulerOptions.named("orders")
                    .withObserver(one.telemetry().build());
            try (var _ = JobObserver.install(other.telemetry().asFallback().build());
                    var observed = Scheduler.open(options);
                    var alone = Scheduler.open("alone")) {
                observed.spawn("page", () -> "done").join();
                alone.spawn("mail", () -> "done").join();
            }

            assertThat(one.spans()).extracting(span -> span.getName()).containsExactly("page");
            assertThat(other.spans()).extracting(span -> span.getName()).containsExactly("mail");
        }
    }

    @Test
    void close_stopsObserving_andWithdrawsWhatIsReadAtCollection() throws Exception {
        var release = new CountDownLatch(1);
        try (var sdk = Sdk.open()) {
            var telemetry = sdk.telemetry().build();
            try (var jobs = Scheduler.open(SchedulerOptions.named("orders").withObserver(telemetry))) {
                jobs.spawn("before", () -> release.await());
                assertThat(sdk.find("jobtree.job.active")).isPresent();
                telemetry.close();
                telemetry.close();
                jobs.spawn("after", () -> "done").join();
                release.countDown();
            }

            assertThat(sdk.spans()).extracting(span -> span.getName()).containsExactly("before");
            assertThat(sdk.find("jobtree.job.active")).isEmpty();
            assertThat(sdk.find("jobtree.limit.places")).isEmpty();
        }
    }

    @Test
    void unsampled_hasTheContext_andTheSamplerSawTheAttributes() throws Exception {
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
        assertThat(asked).hasValue(1);
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
