package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Scheduler;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Several telemetries that lead to one SDK, on whatever way.
final class SameSdkTest {
    private final Sdk sdk = Sdk.open();

    @BeforeEach
    void nothingIsRegistered() {
        GlobalOpenTelemetry.resetForTest();
    }

    @AfterEach
    void nothingIsLeft() {
        GlobalOpenTelemetry.resetForTest();
        sdk.close();
    }

    /// What is registered is a wrapper of what was built.
    @Test
    void oneToTheGlobal_andOneToWhatWasRegisteredThere_giveOneSpan() throws Exception {
        GlobalOpenTelemetry.set(sdk.api());
        try (var _ = JobObserver.install(JobTelemetry.create());
                var jobs = sdk.scheduler()) {
            jobs.spawn("page", page -> page.spawn("user", () -> "done").join()).join();
        }

        assertThat(sdk.spans()).hasSize(2);
        assertThat(sdk.count("jobtree.job.duration")).isEqualTo(2);
    }

    /// The service loader has found a telemetry in this JVM too.
    @Test
    void oneThatIsInstalled_goesBeforeTheOneThatIsFound() throws Exception {
        GlobalOpenTelemetry.set(sdk.api());
        try (var _ = JobObserver.install(
                        JobTelemetry.builder().spanName(job -> "installed").build());
                var jobs = Scheduler.open("orders")) {
            jobs.spawn("page", () -> "done").join();
        }

        assertThat(sdk.spans()).extracting(span -> span.getName()).containsExactly("installed");
    }

    @Test
    void telemetriesOfTwoSdks_giveASpanEach_inTheTreeOfTheirOwn() throws Exception {
        try (var other = Sdk.open()) {
            try (var _ = JobObserver.install(JobTelemetry.create(other.api()));
                    var jobs = sdk.scheduler()) {
                jobs.spawn("page", page -> page.spawn("user", () -> "done").join())
                        .join();
            }
            for (var each : List.of(sdk, other)) {
                assertThat(each.spans()).extracting(span -> span.getName()).containsExactly("user", "page");
                assertThat(each.spans().getFirst().getParentSpanId())
                        .isEqualTo(each.spans().getLast().getSpanId());
            }
        }
    }

    /// Both are notified of the outer job on one thread, with the inner one in between.
    @Test
    void observerBetweenThem_thatSpawnsAJob_leavesEachJobOneSpan() throws Exception {
        var inner = new ArrayList<Job<?>>();
        var spawner = new AtomicReference<Scheduler>();
        JobObserver between = job -> {
            if (job.options().name().equals(Optional.of("outer"))) {
                inner.add(spawner.get().spawn("inner", () -> "done"));
            }
            return JobObservation.NONE;
        };
        var options = Sdk.options(sdk.telemetry()).withObserver(between);
        try (var _ = JobObserver.install(sdk.telemetry().build());
                var jobs = Scheduler.open(options)) {
            spawner.set(jobs);
            jobs.spawn("outer", () -> "done").join();
            inner.getFirst().join();
        }

        assertThat(sdk.spans()).extracting(span -> span.getName()).containsExactlyInAnyOrder("outer", "inner");
        assertThat(sdk.count("jobtree.job.duration")).isEqualTo(2);
        assertThat(sdk.active()).isZero();
    }

    /// The SDK keeps 2,000 attribute sets of an instrument. Older versions, 1.49 for one, drop what a callback reports
    /// beyond.
    @Test
    void names_thatEachHasRoomFor_andTogetherAreTooMany_areAllCounted() throws Exception {
        var go = new CountDownLatch(1);
        JobAction waits = go::await;
        try (var one = Sdk.scheduler(sdk.telemetry().withoutSpanBudget());
                var other = Sdk.scheduler(sdk.telemetry().withoutSpanBudget())) {
            for (int i = 0; i < 700; i++) {
                one.spawn("one " + i, waits);
                other.spawn("other " + i, waits);
            }
            var active = sdk.active();
            go.countDown();

            assertThat(active).isEqualTo(1_400);
        }
    }

    /// A sampler need not look at parents: then what is below an unsampled span takes from the budget too.
    @Test
    void whatIsRecordedBelowAnUnsampledSpan_hasABudget() throws Exception {
        var unsampled = Span.wrap(SpanContext.create(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getDefault(),
                TraceState.getDefault()));
        try (var always = Sdk.open(Sampler.alwaysOn())) {
            try (var jobs = Sdk.scheduler(always.telemetry().spanBudget(6, 1));
                    var _ = unsampled.makeCurrent()) {
                for (int i = 0; i < 100; i++) {
                    jobs.spawn("page", () -> "done").join();
                }
            }

            long suppressed = always.metric("jobtree.job.suppressed_spans").getLongSumData().getPoints().stream()
                    .mapToLong(point -> point.getValue())
                    .sum();
            assertThat(suppressed).isGreaterThan(50);
            assertThat(always.spans().size() + suppressed).isEqualTo(100);
        }
    }
}
