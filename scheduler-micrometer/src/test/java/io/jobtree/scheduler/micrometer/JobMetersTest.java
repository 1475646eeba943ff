package io.jobtree.scheduler.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JobMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final JobMeters meters = new JobMeters();

    JobMetersTest() {
        meters.bindTo(registry);
    }

    private Scheduler scheduler() {
        return Scheduler.open(
                SchedulerOptions.named("orders").withObserver(meters).withFailureHandler((_, _) -> {}));
    }

    @Test
    void durations_areTimedByOutcome() throws Exception {
        var running = new CountDownLatch(1);
        try (var jobs = scheduler()) {
            jobs.spawn("page", () -> "done").join();
            jobs.spawn("page", () -> {
                        throw new IllegalStateException("x");
                    })
                    .await();
            var cancelled = jobs.spawn("page", () -> {
                running.countDown();
                Thread.sleep(Duration.ofMinutes(10));
            });
            running.await();
            cancelled.cancelAndJoin(Duration.ofMinutes(1));
        }

        assertThat(duration("succeeded", "none")).isEqualTo(1);
        assertThat(duration("failed", "java.lang.IllegalStateException")).isEqualTo(1);
        assertThat(duration("cancelled", "requested")).isEqualTo(1);
        assertThat(registry.get("jobtree.job.queue.duration")
                        .tags("scheduler", "orders", "job", "page")
                        .timer()
                        .count())
                .isEqualTo(3);
    }

    @Test
    void failureThatCameThroughAFuture_hasItsOwnClass() throws Exception {
        try (var jobs = scheduler()) {
            for (Wait wait : List.<Wait>of(CompletableFuture::get, CompletableFuture::join)) {
                jobs.spawn(JobOptions.named("page").withSupervision(), scope -> {
                            var below = scope.spawn("user", (Callable<String>) () -> {
                                throw new IllegalStateException("x");
                            });
                            return wait.on(below.toCompletableFuture());
                        })
                        .await();
            }
        }

        assertThat(duration("failed", "java.lang.IllegalStateException")).isEqualTo(2);
    }

    private interface Wait {
        String on(CompletableFuture<String> future) throws Exception;
    }

    private long duration(String outcome, String error) {
        return registry.get("jobtree.job.duration")
                .tags("scheduler", "orders", "job", "page", "outcome", outcome, "error", error)
                .timer()
                .count();
    }

    @Test
    void runningJobs_areLongTasks() throws Exception {
        var running = new CountDownLatch(2);
        var release = new CountDownLatch(1);
        try (var jobs = scheduler()) {
            for (int i = 0; i < 2; i++) {
                jobs.spawn("page", () -> {
                    running.countDown();
                    release.await();
                });
            }
            running.await();
            assertThat(registry.get("jobtree.job.running").longTaskTimer().activeTasks())
                    .isEqualTo(2);
            release.countDown();
        }

        assertThat(registry.get("jobtree.job.running").longTaskTimer().activeTasks())
                .isZero();
    }

    @Test
    void jobThatNeverRuns_isCounted() throws Exception {
        var running = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        try (var jobs =
                Scheduler.open(SchedulerOptions.named("orders").withLimit(1).withObserver(meters))) {
            jobs.spawn("busy", () -> {
                running.countDown();
                release.await();
            });
            running.await();
            var never = jobs.spawn("page", () -> "never");
            never.cancelAndJoin(Duration.ofMinutes(1));
            release.countDown();
        }

        assertThat(registry.get("jobtree.job.not.started")
                        .tags("job", "page", "outcome", "cancelled", "error", "requested")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void namesBeyondTheMost_areOneName() throws Exception {
        try (var jobs = scheduler()) {
            for (int i = 0; i < 600; i++) {
                jobs.spawn("page-" + i, () -> "done");
            }
        }

        assertThat(registry.find("jobtree.job.duration").timers()).hasSize(501);
        assertThat(registry.get("jobtree.job.duration")
                        .tags("job", "other")
                        .timer()
                        .count())
                .isEqualTo(100);
    }

    @Test
    void schedulersBeyondTheMost_areOneScheduler() throws Exception {
        for (int i = 0; i < 600; i++) {
            try (var jobs = Scheduler.open(SchedulerOptions.named("tenant-" + i).withObserver(meters))) {
                jobs.spawn("page", () -> "done").join();
            }
        }

        assertThat(registry.find("jobtree.job.duration").timers()).hasSize(501);
        assertThat(registry.get("jobtree.job.duration")
                        .tags("scheduler", "other", "job", "other")
                        .timer()
                        .count())
                .isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jobtree.job.queue.duration", "jobtree.job.running"})
    void meterThatARegistryRefuses_leavesTheOthers(String refused) throws Exception {
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                if (id.getName().equals(refused)) {
                    throw new IllegalArgumentException("refused");
                }
                return id;
            }
        });
        try (var jobs = scheduler()) {
            jobs.spawn("page", () -> "done").join();
        }

        assertThat(registry.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of("jobtree.job.queue.duration", "jobtree.job.running", "jobtree.job.duration")
                                .filter(name -> !name.equals(refused))
                                .toList());
    }

    @Test
    void withoutARegistry_nothingIsMeasured() throws Exception {
        var unbound = new JobMeters();
        try (var jobs = Scheduler.open("orders")) {
            var page = jobs.spawn("page", () -> "done");
            assertThat(unbound.spawned(page)).isSameAs(JobObservation.NONE);
            page.join();
        }
    }

    @Test
    void eachRegistry_thatIsBound_hasAll() throws Exception {
        var other = new SimpleMeterRegistry();
        meters.bindTo(other);
        meters.bindTo(other);
        try (var jobs = scheduler()) {
            jobs.spawn("page", () -> "done").join();
        }

        assertThat(duration("succeeded", "none")).isEqualTo(1);
        assertThat(other.get("jobtree.job.duration").timer().count()).isEqualTo(1);
    }

    @Test
    void installed_andOfTheScheduler_measuresEachJobOnce() throws Exception {
        try (var _ = JobObserver.install(meters);
                var jobs = scheduler()) {
            jobs.spawn("page", page -> page.spawn("page", () -> "done").join()).join();
        }

        assertThat(duration("succeeded", "none")).isEqualTo(2);
    }

    /// It is notified of the outer job twice, with the inner one in between.
    @Test
    void observerThatSpawnsAJobInBetween_leavesEachJobMeasuredOnce() throws Exception {
        var spawner = new AtomicReference<Scheduler>();
        JobObserver between = job -> {
            if (job.options().tags().containsKey("outer")) {
                spawner.get().spawn("page", () -> "done");
            }
            return JobObservation.NONE;
        };
        var options = SchedulerOptions.named("orders").withObserver(meters).withObserver(between);
        try (var _ = JobObserver.install(meters);
                var jobs = Scheduler.open(options)) {
            spawner.set(jobs);
            jobs.spawn(JobOptions.named("page").withTag("outer", "true"), () -> "done")
                    .join();
            jobs.awaitIdle();
        }

        assertThat(duration("succeeded", "none")).isEqualTo(2);
    }

    @Test
    void failureThatJoinPassedOn_isTheOneBelow() throws Exception {
        try (var jobs = scheduler()) {
            var options = JobOptions.named("page").withSupervision();
            jobs.spawn(
                            options,
                            page -> page.spawn("page", () -> {
                                        throw new IllegalStateException("x");
                                    })
                                    .join())
                    .await();
        }

        assertThat(duration("failed", "java.lang.IllegalStateException")).isEqualTo(2);
    }
}
