package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.otel.semconv.Keys;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is looked at when metrics are collected.
final class LiveGaugesTest {
    private final Sdk sdk = Sdk.open();
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void nothingIsLeft() {
        release.countDown();
        sdk.close();
    }

    private long limit(String number, String name) {
        return sdk.sum("jobtree.limit." + number, Keys.LIMIT_NAME, name);
    }

    @Test
    void limitOfAScheduler_isSeen_withPlacesTakenAndJobsThatWait() throws Exception {
        try (var jobs = Scheduler.open(Sdk.options(sdk.telemetry()).withLimit(2))) {
            for (int i = 0; i < 5; i++) {
                jobs.spawn("page", () -> release.await());
            }

            assertThat(limit("places", "orders")).isEqualTo(2);
            assertThat(limit("taken", "orders")).isEqualTo(2);
            assertThat(limit("waiting", "orders")).isEqualTo(3);
            assertThat(sdk.sum("jobtree.limit.places", Keys.LIMIT_KIND, "scheduler"))
                    .isEqualTo(2);
            release.countDown();
            jobs.awaitIdle();
            assertThat(limit("taken", "orders")).isZero();
            assertThat(limit("waiting", "orders")).isZero();
        }
    }

    /// As where another scheduler has ids in its jobs' names.
    @Test
    void schedulerWhoseNamesAreBeyondThoseKeptApart_hasItsLimitAndItsAge() throws Exception {
        var telemetry = sdk.telemetry().spans(SpanPolicy.none()).build();
        try (var ids = Scheduler.open(SchedulerOptions.named("ids").withObserver(telemetry))) {
            for (int i = 0; i < 1_000; i++) {
                ids.spawn("id " + i, () -> "done").join();
            }
            try (var jobs =
                    Scheduler.open(SchedulerOptions.named("orders").withLimit(2).withObserver(telemetry))) {
                jobs.spawn("order", () -> release.await());

                assertThat(limit("places", "orders")).isEqualTo(2);
                assertThat(sdk.metric("jobtree.job.oldest.age")
                                .getDoubleGaugeData()
                                .getPoints())
                        .extracting(point -> point.getAttributes().get(Keys.SCHEDULER))
                        .containsExactly("orders");
                release.countDown();
            }

            assertThat(sdk.metric("jobtree.limit.places").getLongSumData().getPoints())
                    .extracting(point -> point.getAttributes().get(Keys.LIMIT_NAME))
                    .containsExactly("ids");
        }
    }

    @Test
    void jobThatWaitsForAnother_takesNoPlace() throws Exception {
        try (var jobs = Scheduler.open(Sdk.options(sdk.telemetry()).withLimit(2))) {
            var inner = jobs.spawn("inner", () -> release.await());
            jobs.spawn("outer", () -> {
                inner.await();
            });

            Awaitility.await().until(() -> limit("taken", "orders") == 1);
            assertThat(sdk.active()).isEqualTo(2);
            release.countDown();
        }
    }

    @Test
    void sharedLimit_isSeen() throws Exception {
        var files = Limit.of("files", 1);
        try (var jobs = sdk.scheduler()) {
            for (int i = 0; i < 3; i++) {
                jobs.spawn(JobOptions.named("page").withSharedLimit(files), () -> release.await());
            }

            assertThat(limit("places", "files")).isEqualTo(1);
            assertThat(limit("taken", "files")).isEqualTo(1);
            assertThat(limit("waiting", "files")).isEqualTo(2);
            assertThat(sdk.sum("jobtree.limit.places", Keys.LIMIT_KIND, "shared"))
                    .isEqualTo(1);
            release.countDown();
        }
    }

    @Test
    void twoTelemetries_ofOneSdk_recordALimitOnce() throws Exception {
        var files = Limit.of("files", 2);
        var options = JobOptions.named("page").withSharedLimit(files);
        var warnings = new CopyOnWriteArrayList<String>();
        try (var _ = new LogListener("io.opentelemetry.sdk.metrics", warnings::add);
                var one = Scheduler.open(Sdk.options(sdk.telemetry()).withLimit(3));
                var other = Scheduler.open(Sdk.options(sdk.telemetry()).withLimit(3))) {
            one.spawn(options, () -> release.await());
            other.spawn(options, () -> release.await());
            other.spawn(options, () -> release.await());

            assertThat(limit("places", "files")).isEqualTo(2);
            assertThat(limit("taken", "files")).isEqualTo(2);
            assertThat(limit("waiting", "files")).isEqualTo(1);
            assertThat(limit("places", "orders")).isEqualTo(6);
            assertThat(warnings).isEmpty();
            release.countDown();
        }
    }

    @Test
    void telemetryThatIsClosed_leavesTheOthersTheirLimits() throws Exception {
        var files = Limit.of("files", 2);
        var first = sdk.telemetry().build();
        var second = sdk.telemetry().build();
        var named = SchedulerOptions.named("orders");
        try (var one = Scheduler.open(named.withObserver(first));
                var other = Scheduler.open(named.withObserver(second))) {
            one.spawn("page", () -> 1).join();
            other.spawn(JobOptions.named("page").withSharedLimit(files), () -> release.await());
            assertThat(limit("taken", "files")).isEqualTo(1);

            first.close();

            assertThat(limit("taken", "files")).isEqualTo(1);
            release.countDown();
        }
    }

    @Test
    void oldestJob_hasAnAge_ofItsScheduler() throws Exception {
        try (var jobs = sdk.scheduler()) {
            var job = jobs.spawn("page", () -> release.await());
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> age() >= 0.05 && age() <= Duration.ofMinutes(1).toSeconds());
            release.countDown();
            job.join();
            jobs.awaitIdle();

            assertThat(sdk.find("jobtree.job.oldest.age")).isEmpty();
        }
    }

    @Test
    void shieldedJob_hasAnAge_inTheSchedulerThatRunsIt() throws Exception {
        var started = new CountDownLatch(1);
        try (var jobs = sdk.scheduler()) {
            var caller = Thread.startVirtualThread(() -> {
                try {
                    jobs.shield("page", () -> {
                        started.countDown();
                        release.await();
                    });
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            started.await();

            assertThat(age()).isPositive();
            release.countDown();
            caller.join();
            assertThat(sdk.find("jobtree.job.oldest.age")).isEmpty();
        }
    }

    /// Older versions of the SDK take one value of each attribute set, and drop the next.
    @Test
    void activeJobs_areAddedUp_overTelemetriesWithTheSameNames() throws Exception {
        try (var one = sdk.scheduler();
                var other = sdk.scheduler()) {
            one.spawn("page", () -> release.await());
            other.spawn("page", () -> release.await());

            assertThat(sdk.active()).isEqualTo(2);
            release.countDown();
        }
    }

    /// Under the agent, two telemetries have two meters, which lead to one.
    @Test
    void limit_isCountedOnce_whereEachTelemetryHasAMeterOfItsOwn() throws Exception {
        var agent = new NewParts(sdk.api());
        try (var one = Scheduler.open(Sdk.options(JobTelemetry.builder(agent)).withLimit(3));
                var other =
                        Scheduler.open(Sdk.options(JobTelemetry.builder(agent)).withLimit(4))) {
            one.spawn("page", () -> release.await());
            other.spawn("page", () -> release.await());

            assertThat(limit("places", "orders")).isEqualTo(7);
            assertThat(limit("taken", "orders")).isEqualTo(2);
            release.countDown();
        }
    }

    private void awaitRelease() {
        try {
            release.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void straggler_hasTheAge_afterTheClose() throws Exception {
        var options = Sdk.options(sdk.telemetry()).withCloseTimeout(Duration.ofMillis(1));
        var jobs = Scheduler.open(options);
        var started = new CountDownLatch(1);
        var job = jobs.spawn("page", () -> {
            started.countDown();
            // Whatever it is asked.
            CompletableFuture.runAsync(() -> awaitRelease(), Thread::startVirtualThread)
                    .join();
        });
        started.await();
        assertThat(jobs.close(Duration.ZERO)).hasSize(1);

        assertThat(age()).isPositive();
        release.countDown();
        job.await();
        assertThat(sdk.find("jobtree.job.oldest.age")).isEmpty();
    }

    private double age() {
        return sdk.metric("jobtree.job.oldest.age").getDoubleGaugeData().getPoints().stream()
                .filter(point -> "orders".equals(point.getAttributes().get(Keys.SCHEDULER)))
                .mapToDouble(point -> point.getValue())
                .sum();
    }
}
