package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What blocks is held until the deadline has come: late by the blocking would be never here.
@SuppressWarnings("FutureReturnValueIgnored") // it returns itself
@Timeout(40)
@DisplayName("R13: deadlines come on time whatever the common pool, a handler or an observer is doing")
final class Rule13OnTimeTest {
    private static final Duration SOON = Duration.ofMillis(100);

    private final Door hold = new Door();

    @AfterEach
    void letGo() {
        hold.open();
    }

    private static SchedulerOptions options(int limit) {
        return TestOptions.limit(limit)
                .withWaitTimeout(Duration.ofSeconds(1))
                .withCloseTimeout(Duration.ofSeconds(2))
                .withFailureHandler((job, failure) -> {});
    }

    private static Job<?> timed(JobScope scope, String name) {
        return scope.spawn(JobOptions.named(name).withTimeout(SOON), () -> new Door().pass());
    }

    private static void assertTimesOut(Job<?> job) throws Exception {
        assertThat(Within.outcome(job))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.failure()).isInstanceOf(JobTimeoutException.class));
    }

    @EachThreadKind
    void deadlines_come_whileTheCommonPoolIsBlocked() throws Exception {
        var threads = 4 * (ForkJoinPool.getCommonPoolParallelism() + 2);
        var blocked = new ArrayList<CompletableFuture<?>>();
        for (var i = 0; i < threads; i++) {
            blocked.add(CompletableFuture.runAsync(hold::passIgnoringInterrupts, ForkJoinPool.commonPool()));
        }
        try (var jobs = Scheduler.open(options(5));
                AutoCloseable _ = this::letGo) {
            assertTimesOut(timed(jobs, "running"));
            var target = jobs.spawn("target", hold::pass);
            assertThat(Within.call(() -> {
                        try {
                            return target.join(SOON);
                        } catch (TimeoutException expected) {
                            return expected;
                        }
                    }))
                    .isInstanceOf(TimeoutException.class);
            assertThat(blocked).noneMatch(CompletableFuture::isDone);
            hold.open();
        }
    }

    /// Tasks that wait in the pool's own timer, such as those of `orTimeout` and `delayedExecutor`.
    @Test
    void deadlines_come_whileTheFuturesTimerIsBusy() throws Exception {
        var busy = new CountDownLatch(1);
        var future = new CompletableFuture<Integer>();
        var dependant = future.handle((value, thrown) -> {
            busy.countDown();
            return hold.passIgnoringInterrupts();
        });
        future.orTimeout(1, TimeUnit.MILLISECONDS);
        assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
        try (var jobs = Scheduler.open(options(5));
                AutoCloseable _ = this::letGo) {
            assertTimesOut(timed(jobs, "running"));
            assertThat(dependant).isNotDone();
            hold.open();
        }
    }

    @EachThreadKind
    void deadlines_come_whileAFailureHandlerHangs_thatWasCalledForATimeout() throws Exception {
        var handling = new CountDownLatch(3);
        var options = options(2).withFailureHandler((job, failure) -> {
            if (job.name().equals("hangs")) {
                handling.countDown();
                hold.passIgnoringInterrupts();
            }
        });
        try (var jobs = Scheduler.open(options);
                AutoCloseable _ = this::letGo) {
            jobs.spawn("filler", () -> hold.pass());
            jobs.spawn("filler", () -> hold.pass());
            for (var i = 0; i < 3; i++) {
                timed(jobs, "hangs");
            }
            assertThat(handling.await(10, TimeUnit.SECONDS)).isTrue();
            assertTimesOut(timed(jobs, "pending"));
            try (var others = Scheduler.open(options(1));
                    AutoCloseable _ = this::letGo) {
                assertTimesOut(timed(others, "running"));
            }
            hold.open();
        }
    }

    @EachThreadKind
    void deadlines_come_whileAnObserverHangs() throws Exception {
        var ending = new CountDownLatch(3);
        var options = options(1).withObserver(new Hooks().onEnded((job, outcome) -> {
                    if (job.name().equals("hangs")) {
                        ending.countDown();
                        hold.passIgnoringInterrupts();
                    }
                }));
        try (var jobs = Scheduler.open(options);
                AutoCloseable _ = this::letGo) {
            jobs.spawn("filler", () -> hold.pass());
            for (var i = 0; i < 3; i++) {
                timed(jobs, "hangs");
            }
            assertThat(ending.await(10, TimeUnit.SECONDS)).isTrue();
            assertTimesOut(timed(jobs, "pending"));
            try (var others = Scheduler.open(options(1));
                    AutoCloseable _ = this::letGo) {
                assertTimesOut(timed(others, "running"));
            }
            hold.open();
        }
    }

    /// The handler of one timeout waits for a job that only its own timeout ends.
    @EachThreadKind
    void handler_ofATimeout_mayWaitForAJobThatOnlyItsTimeoutEnds() throws Exception {
        var other = new CompletableFuture<Job<?>>();
        var seen = new CompletableFuture<Outcome<?>>();
        var options = options(2).withFailureHandler((job, failure) -> {
            if (job.name().equals("pending")) {
                try {
                    seen.complete(other.join().await());
                } catch (InterruptedException e) {
                    seen.completeExceptionally(e);
                }
            }
        });
        try (var jobs = Scheduler.open(options);
                AutoCloseable _ = this::letGo) {
            other.complete(
                    jobs.spawn(JobOptions.named("slow").withTimeout(Duration.ofMillis(400)), () -> new Door().pass()));
            jobs.spawn("filler", () -> hold.pass());
            timed(jobs, "pending");
            Within.isTrue(seen::isDone);
            assertThat(seen.join()).isInstanceOf(Outcome.Failed.class);
            hold.open();
        }
    }

    /// A channel whose close hangs, as `Thread.interrupt` finds it.
    private static final class HangingChannel extends AbstractInterruptibleChannel {
        private final Door closing;
        private final Door mayClose;

        HangingChannel(Door closing, Door mayClose) {
            this.closing = closing;
            this.mayClose = mayClose;
        }

        @Override
        protected void implCloseChannel() {
            closing.open();
            mayClose.passIgnoringInterrupts();
        }

        void block(Door running) {
            begin();
            try {
                running.open();
                new Door().pass();
            } catch (InterruptedException expected) {
                running.open();
            } finally {
                endQuietly();
            }
        }

        private void endQuietly() {
            try {
                end(true);
            } catch (AsynchronousCloseException expected) {
                Thread.interrupted();
            }
        }
    }

    @EachThreadKind
    void deadlines_come_whileTheInterruptOfAnotherJobHangs() throws Exception {
        var closing = new Door();
        var mayStop = new Door();
        try (var jobs = Scheduler.open(options(5));
                AutoCloseable _ = this::letGo) {
            var running = new Door();
            jobs.spawn(JobOptions.named("channel").withTimeout(SOON), () -> {
                new HangingChannel(closing, hold).block(running);
                mayStop.passIgnoringInterrupts();
            });
            running.pass();
            closing.pass();
            assertTimesOut(timed(jobs, "other"));
            assertTimesOut(timed(jobs, "another"));
            hold.open();
            mayStop.open();
        }
    }

    /// For longer than a timer's thread waits for work before it ends; nothing else is timed meanwhile.
    @EachThreadKind
    void deadline_comes_whileTheInterruptOfAnotherJobHasHungForLong() throws Exception {
        var closing = new Door();
        var mayStop = new Door();
        try (var jobs = Scheduler.open(options(5));
                AutoCloseable _ = this::letGo) {
            var later =
                    jobs.spawn(JobOptions.named("later").withTimeout(SOON.multipliedBy(6)), () -> new Door().pass());
            jobs.spawn(JobOptions.named("channel").withTimeout(SOON), () -> {
                new HangingChannel(closing, hold).block(new Door());
                mayStop.passIgnoringInterrupts();
            });
            closing.pass();
            assertTimesOut(later);
            hold.open();
            mayStop.open();
        }
    }

    @Test
    void deadlines_inNumbers_allCome_thoughEachHandlerWaits() throws Exception {
        var handled = new AtomicInteger();
        var options = options(100).withFailureHandler((job, failure) -> {
            handled.incrementAndGet();
            hold.passIgnoringInterrupts();
        });
        try (var jobs = Scheduler.open(options.withoutPendingLimit());
                AutoCloseable _ = this::letGo) {
            List<Job<?>> all = new CopyOnWriteArrayList<>();
            for (var i = 0; i < 1_000; i++) {
                all.add(timed(jobs, "timed"));
            }
            for (var job : all) {
                assertTimesOut(job);
            }
            Within.isTrue(() -> handled.get() == 1_000);
            hold.open();
        }
    }

    @Tag("slow")
    @EachThreadKind
    void deadline_countsFromTheSpawn_thoughAnObserverTakesLongToHearOfIt() throws Exception {
        var half = Duration.ofMillis(500);
        var slow = TestOptions.unlimited()
                .withFailureHandler((job, failure) -> {})
                .withObserver(job -> {
                    if (job.name().equals("first")) {
                        var end = job.deadline().orElseThrow().minus(half);
                        while (Instant.now().isBefore(end)) {
                            LockSupport.parkNanos(1_000_000);
                        }
                    }
                    return JobObservation.NONE;
                });
        try (var jobs = Scheduler.open(slow);
                AutoCloseable _ = this::letGo) {
            var first = jobs.spawn(JobOptions.named("first").withTimeout(half.multipliedBy(2)), hold::pass);
            // Its time runs out later, though it began to run sooner than that of the first would from here on.
            var second = jobs.spawn(JobOptions.named("second").withTimeout(Duration.ofMillis(750)), hold::pass);
            Within.isTrue(() -> first.isDone() || second.isDone());
            assertThat(first.state()).isEqualTo(JobState.FAILED);
            assertTimesOut(second);
        }
    }

    @EachThreadKind
    void timeouts_ofZero_andOfTheLongestDuration_areFine() throws Exception {
        try (var jobs = Scheduler.open(options(5));
                AutoCloseable _ = this::letGo) {
            var longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
            Job<Integer> job = jobs.spawn(
                    JobOptions.named("long").withTimeout(longest),
                    scope -> scope.spawn(JobOptions.named("below").withTimeout(longest), () -> 1)
                            .join(longest));
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(1));
            assertTimesOut(jobs.spawn(JobOptions.named("zero").withTimeout(Duration.ZERO), () -> new Door().pass()));
            Job<Integer> zeroBelow = jobs.spawn(JobOptions.named("branch").withSupervision(), scope -> {
                assertTimesOut(scope.spawn(JobOptions.named("z").withTimeout(Duration.ZERO), () -> new Door().pass()));
                return 2;
            });
            assertThat(Within.outcome(zeroBelow)).isEqualTo(new Outcome.Succeeded<>(2));
            assertTimesOut(timed(jobs, "after"));
        }
    }

    /// A thread that serves timeouts ends with the last of them.
    @Tag("full")
    @Test
    void threads_forTimeouts_areGoneWhenNoneIsLeft() throws Exception {
        try (var jobs = Scheduler.open(options(5));
                AutoCloseable _ = this::letGo) {
            assertTimesOut(timed(jobs, "timed"));
            assertThat(jobs.spawn(JobOptions.named("quick").withTimeout(Duration.ofDays(1)), () -> 1)
                            .join())
                    .isEqualTo(1);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .noneMatch(thread -> thread.getName().contains("jobtree")));
    }
}
