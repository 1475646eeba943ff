package io.jobtree.scheduler.synctest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Jobtree's own deadlines, closes and limits, to the nanosecond.
final class EngineInVirtualTimeTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private static String sleeps(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
        return "slept";
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    @Test
    @VirtualTime
    void deadline_comesOnTime() throws Exception {
        long began = System.nanoTime();
        try (Scheduler jobs = Scheduler.open("jobs")) {
            Job<String> job =
                    jobs.spawn(JobOptions.named("late").withTimeout(HOUR), () -> sleeps(HOUR.multipliedBy(2)));
            assertThat(job.await())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.failure()).isInstanceOf(JobTimeoutException.class));
            assertThat(since(began)).isEqualTo(HOUR);
        }
    }

    @Test
    @VirtualTime
    void deadline_ofABranch_endsWhatIsBelow() throws Exception {
        long began = System.nanoTime();
        try (Scheduler jobs = Scheduler.open("jobs")) {
            List<Job<String>> below = new ArrayList<>();
            Job<String> branch = jobs.spawn(JobOptions.named("branch").withTimeout(HOUR), scope -> {
                below.add(scope.spawn("child", () -> sleeps(HOUR.multipliedBy(9))));
                return below.getFirst().join();
            });
            assertThat(branch.await()).isInstanceOf(Outcome.Failed.class);
            assertThat(below.getFirst().isDone()).isTrue();
            assertThat(since(began)).isEqualTo(HOUR);
        }
    }

    @Test
    @VirtualTime
    void close_waitsThenCancels_afterItsWaitTimeout() throws Exception {
        Scheduler jobs = Scheduler.open(SchedulerOptions.named("jobs").withWaitTimeout(HOUR));
        Job<String> job = jobs.spawn("long", () -> sleeps(HOUR.multipliedBy(24)));
        long began = System.nanoTime();
        jobs.close();
        assertThat(since(began)).isEqualTo(HOUR);
        assertThat(job.await()).isInstanceOf(Outcome.Cancelled.class);
    }

    @Test
    @VirtualTime
    void limit_letsAsManyRunAsItSays() throws Exception {
        long began = System.nanoTime();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (Scheduler jobs = Scheduler.open(SchedulerOptions.named("jobs").withLimit(2))) {
            List<Job<Void>> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                all.add(jobs.spawn("job-" + i, () -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    sleeps(HOUR);
                    running.decrementAndGet();
                }));
            }
            for (Job<Void> job : all) {
                job.join();
            }
        }
        assertThat(since(began)).isEqualTo(HOUR.multipliedBy(3));
        assertThat(most).hasValue(2);
    }

    @Tag("slow")
    @Test
    @Schedules(value = 50, points = "io.jobtree.scheduler")
    void spawnRacingClose_isRejectedOrDone() throws Exception {
        Scheduler jobs = Scheduler.open("jobs");
        CompletableFuture<Object> spawned = new CompletableFuture<>();
        Thread spawner = Thread.ofVirtual().name("spawner").start(() -> {
            try {
                spawned.complete(jobs.spawn("job", () -> "done"));
            } catch (RejectedExecutionException refused) {
                spawned.complete(refused);
            }
        });
        jobs.close();
        spawner.join();
        if (spawned.join() instanceof Job<?> job) {
            assertThat(job.isDone()).isTrue();
        }
    }

    /// A bug that the engine had: the supervisor of a scope that ended while it was made was never stopped, and the
    /// scheduler's close waited for it.
    @Tag("slow")
    @Test
    @Schedules(value = 100, points = "io.jobtree.scheduler")
    void scopeThatEndsWhileSomeoneSpawns_leavesNoSupervisor() throws Exception {
        Scheduler jobs = Scheduler.open("jobs");
        CompletableFuture<JobScope> scopes = new CompletableFuture<>();
        Job<String> branch = jobs.spawn("branch", scope -> {
            scopes.complete(scope);
            return sleeps(HOUR);
        });
        JobScope scope = scopes.join();
        Thread spawner = Thread.ofVirtual().name("spawner").start(() -> {
            try {
                scope.spawn("late", () -> 1);
            } catch (RejectedExecutionException refused) {
                // as good
            }
        });
        branch.cancel();
        branch.await();
        spawner.join();
        Instant before = Instant.now();
        jobs.close();
        assertThat(Instant.now()).isEqualTo(before);
    }

    /// The one that begins to watch full limits is for all schedulers of the process.
    @Test
    void timersThatABubbleLeaves_comeAtItsEnd() throws Throwable {
        CompletableFuture<String> warning = new CompletableFuture<>();
        Logger logger = Logger.getLogger("io.jobtree.scheduler");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                warning.complete(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        CompletableFuture<Void> hold = new CompletableFuture<>();
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try (Scheduler outside =
                Scheduler.open(SchedulerOptions.named("outside").withLimit(1).withStallWarning(Duration.ofMillis(1)))) {
            Bubble.run(1, () -> {
                try (Scheduler inside =
                        Scheduler.open(SchedulerOptions.named("inside").withLimit(1))) {
                    inside.spawn("runs", () -> {});
                    inside.spawn("waits", () -> {});
                }
            });
            outside.spawn("holds", () -> {
                hold.join();
            });
            outside.spawn("waits", () -> {});
            try {
                assertThat(warning)
                        .succeedsWithin(Duration.ofSeconds(20))
                        .asString()
                        .contains("outside", "is full");
            } finally {
                hold.complete(null);
            }
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
    }

    @Test
    void schedulerLeftOpen_isNamedWithItsJobs() {
        assertThatExceptionOfType(LeftoverError.class)
                .isThrownBy(() -> Bubble.run(1, () -> {
                    Scheduler.open("forgotten").spawn("endless", () -> sleeps(HOUR));
                }))
                .withMessageContaining("The test leaves open")
                .withMessageContaining("forgotten")
                .withMessageContaining("endless");
    }
}
