package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R15: close refuses spawns from outside, waits, then cancels, then waits closeTimeout")
final class Rule15CloseTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final Door hold = new Door();

    private SchedulerOptions options() {
        return TestOptions.limit(3).withFailureHandler(failures);
    }

    private Job<Integer> held(JobScope scope) throws InterruptedException {
        var running = new Door();
        var job = scope.spawn("held", () -> {
            running.open();
            hold.pass();
            return 1;
        });
        running.pass();
        return job;
    }

    /// Starts a close and returns when it has begun.
    private static Actor<List<Job<?>>> closing(Scheduler jobs, Duration wait) {
        var closer = Actor.start(() -> jobs.close(wait));
        Awaitility.await().until(jobs::isClosed);
        return closer;
    }

    @EachThreadKind
    void close_refusesSpawnsFromOutside_whileItWaits() throws Exception {
        var jobs = Scheduler.open(options());
        var job = held(jobs);
        var closer = closing(jobs, TestOptions.LONG);
        var ran = new AtomicBoolean();
        assertThatThrownBy(() -> jobs.spawn("late", () -> ran.set(true)))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> jobs.trySpawn(JobOptions.named("late"), () -> ran.getAndSet(true)))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(closer.awaitParked().isOver()).isFalse();
        hold.open();
        assertThat(closer.result()).isEmpty();
        assertSucceeded(job, 1);
        assertThat(ran).isFalse();
    }

    @EachThreadKind
    void close_letsRunningJobsSpawnChildrenAndSiblings_andWaitsForThem() throws Exception {
        var jobs = Scheduler.open(options());
        var sibling = new CompletableFuture<Job<Integer>>();
        var child = new CompletableFuture<Job<Integer>>();
        var nephew = new CompletableFuture<Job<Integer>>();
        Job<Integer> branch = jobs.spawn("branch", scope -> {
            hold.pass();
            child.complete(scope.spawn("child", () -> 2));
            sibling.complete(jobs.spawn("sibling", () -> {
                nephew.complete(jobs.spawn("nephew", () -> 4));
                return 3;
            }));
            return 1;
        });
        Awaitility.await().until(() -> branch.state() == JobState.RUNNING);
        var closer = closing(jobs, TestOptions.LONG);
        hold.open();
        assertThat(closer.result()).isEmpty();
        assertThat(branch.isDone()).isTrue();
        assertSucceeded(branch, 1);
        assertSucceeded(child.join(), 2);
        assertSucceeded(sibling.join(), 3);
        assertSucceeded(nephew.join(), 4);
    }

    @EachThreadKind
    void close_waitsForPendingJobsToRun() throws Exception {
        var jobs = Scheduler.open(options().withLimit(1));
        held(jobs);
        var ran = new AtomicInteger();
        for (var i = 0; i < 50; i++) {
            jobs.spawn("pending", () -> ran.incrementAndGet());
        }
        var closer = closing(jobs, TestOptions.LONG);
        hold.open();
        assertThat(closer.result()).isEmpty();
        assertThat(ran).hasValue(50);
    }

    @EachThreadKind
    void close_cancelsWhatRunsLonger_withClosed() throws Exception {
        var jobs = Scheduler.open(options().withLimit(1));
        var childOf = new CompletableFuture<Job<?>>();
        Job<Integer> running = jobs.spawn("running", scope -> {
            childOf.complete(scope.spawn("child", () -> new Door().pass()));
            new Door().pass();
            return 1;
        });
        var child = childOf.join();
        var pending = jobs.spawn("pending", () -> 2);
        assertThat(jobs.close(TestOptions.SHORT)).isEmpty();
        assertCancelled(running, CancelReason.CLOSED);
        assertCancelled(pending, CancelReason.CLOSED);
        assertThat(Outcomes.wasCancelled(child)).isTrue();
        assertThat(pending.startedAt()).isEmpty();
        assertThat(failures.reports()).isEmpty();
    }

    /// A platform thread runs also where every carrier of virtual threads is busy.
    @Test
    void close_whereJobsKeepEveryCarrierBusy_cancelsWhenTheWaitIsOver() throws Exception {
        var carriers = Runtime.getRuntime().availableProcessors();
        var jobs = Scheduler.open(options().withLimit(carriers));
        var busy = new ArrayList<Job<?>>();
        var running = new CountDownLatch(carriers);
        while (busy.size() < carriers) {
            busy.add(jobs.spawn("busy", () -> {
                running.countDown();
                while (!Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
            }));
        }
        running.await();
        assertThat(jobs.close(TestOptions.SHORT)).isEmpty();
        assertThat(busy).allSatisfy(job -> assertCancelled(job, CancelReason.CLOSED));
    }

    @EachThreadKind
    void close_withoutAWait_cancelsAtOnce() throws Exception {
        var jobs = Scheduler.open(options());
        var job = held(jobs);
        assertThat(jobs.close(Duration.ZERO)).isEmpty();
        assertCancelled(job, CancelReason.CLOSED);
    }

    @EachThreadKind
    void close_withoutArgument_waitsForTheWaitTimeout() throws Exception {
        var jobs = Scheduler.open(options().withWaitTimeout(TestOptions.SHORT));
        var job = held(jobs);
        var before = System.nanoTime();
        jobs.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(TestOptions.SHORT);
        assertCancelled(job, CancelReason.CLOSED);
    }

    @EachThreadKind
    void close_spawnAfterTheCancellation_isRefusedToJobsToo() throws Exception {
        var jobs = Scheduler.open(options());
        var thrown = new CompletableFuture<Throwable>();
        var running = new Door();
        var ran = new AtomicBoolean();
        jobs.spawn("job", () -> {
            running.open();
            hold.passIgnoringInterrupts();
            try {
                jobs.spawn("late", () -> ran.set(true));
                thrown.complete(new AssertionError("spawned"));
            } catch (RejectedExecutionException expected) {
                thrown.complete(expected);
            }
        });
        running.pass();
        var closer = closing(jobs, Duration.ZERO);
        Awaitility.await().until(() -> jobs.jobs().getFirst().state() == JobState.CANCELLING);
        hold.open();
        assertThat(thrown.join()).isInstanceOf(RejectedExecutionException.class);
        assertThat(closer.result()).isEmpty();
        assertThat(ran).isFalse();
    }

    @EachThreadKind
    void close_isIdempotent() throws Exception {
        var closes = new AtomicInteger();
        var options = options().withObserver(new JobObserver() {
            @Override
            public JobObservation spawned(Job<?> job) {
                return JobObservation.NONE;
            }

            @Override
            public void schedulerClosed(Scheduler scheduler) {
                closes.incrementAndGet();
            }
        });
        var jobs = Scheduler.open(options);
        jobs.spawn("job", () -> 1);
        jobs.close();
        jobs.close();
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
        assertThat(jobs.close(Duration.ZERO)).isEmpty();
        assertThat(closes).hasValue(1);
        assertThat(jobs.isClosed()).isTrue();
    }

    @EachThreadKind
    void concurrentClosers_returnOnlyWhenItIsOver() throws Exception {
        var jobs = Scheduler.open(options());
        var job = held(jobs);
        var early = new AtomicInteger();
        var closers = new ArrayList<Actor<Integer>>();
        for (var i = 0; i < 8; i++) {
            closers.add(Actor.start(ThreadKind.ofTurn(i), () -> {
                jobs.close(TestOptions.LONG);
                if (!job.isDone()) {
                    early.incrementAndGet();
                }
                return 0;
            }));
        }
        closers.forEach(Actor::awaitParked);
        assertThat(closers).noneMatch(Actor::isOver);
        hold.open();
        for (var closer : closers) {
            closer.result();
        }
        assertThat(early).hasValue(0);
    }

    @EachThreadKind
    void closerThatComesAtTheVeryEnd_waitsForTheObserversToo() throws Exception {
        var inHook = new Door();
        var jobs = Scheduler.open(options().withObserver(new JobObserver() {
            @Override
            public JobObservation spawned(Job<?> job) {
                return JobObservation.NONE;
            }

            @Override
            public void schedulerClosed(Scheduler scheduler) {
                inHook.open();
                hold.passIgnoringInterrupts();
            }
        }));
        var first = closing(jobs, TestOptions.LONG);
        inHook.pass();
        var second = closing(jobs, TestOptions.LONG).awaitParked();
        hold.open();
        assertThat(first.result()).isEmpty();
        assertThat(second.result()).isEmpty();
    }

    @EachThreadKind
    void impatientCloser_besideAPatientOne_doesNotReturnBeforeItIsOver() throws Exception {
        var jobs = Scheduler.open(options().withCloseTimeout(TestOptions.LONG));
        var job = held(jobs);
        var patient = closing(jobs, TestOptions.LONG).awaitParked();
        jobs.close(Duration.ZERO);
        assertThat(job.isDone()).isTrue();
        hold.open();
        assertThat(patient.result()).isEmpty();
    }

    @EachThreadKind
    void interruptedCloser_cancelsAtOnce_stillWaitsForTheEnd_andKeepsItsFlag() throws Exception {
        var jobs = Scheduler.open(options().withCloseTimeout(TestOptions.LONG));
        var cancelled = new Door();
        var stubborn = new Door();
        var running = new Door();
        var job = jobs.spawn("job", () -> {
            running.open();
            try {
                hold.pass();
            } catch (InterruptedException expected) {
                cancelled.open();
                stubborn.passIgnoringInterrupts();
            }
        });
        running.pass();
        var closer = Actor.start(() -> {
                    var survivors = jobs.close(TestOptions.LONG);
                    assertThat(survivors).isEmpty();
                    return Thread.currentThread().isInterrupted();
                })
                .awaitParked();
        closer.interrupt();
        cancelled.pass();
        assertThat(closer.isOver()).isFalse();
        closer.interrupt();
        assertThat(stubborn.staysShut()).isTrue();
        assertThat(closer.isOver()).isFalse();
        stubborn.open();
        assertThat(closer.result()).isTrue();
        assertCancelled(job, CancelReason.CLOSED);
    }

    @EachThreadKind
    void close_withTheFlagSetBefore_cancelsAtOnce_andKeepsIt() throws Exception {
        var jobs = Scheduler.open(options());
        var job = held(jobs);
        var closer = Actor.start(() -> {
            Thread.currentThread().interrupt();
            jobs.close(TestOptions.LONG);
            return Thread.currentThread().isInterrupted();
        });
        assertThat(closer.result()).isTrue();
        assertCancelled(job, CancelReason.CLOSED);
    }

    @EachThreadKind
    void failureOfJob_neverComesOutOfClose() throws Exception {
        var jobs = Scheduler.open(options());
        var runtime = new IllegalStateException("on purpose");
        var error = new AssertionError("on purpose");
        jobs.spawn("fails", () -> {
            hold.pass();
            throw runtime;
        });
        jobs.spawn("fails badly", () -> {
            hold.pass();
            throw error;
        });
        var closer = closing(jobs, TestOptions.LONG);
        hold.open();
        assertThat(closer.result()).isEmpty();
        assertThat(failures.failures()).containsExactlyInAnyOrder(runtime, error);
    }

    @EachThreadKind
    void close_withHugeWait_waits() throws Exception {
        var jobs = Scheduler.open(options().withCloseTimeout(Duration.ofSeconds(Long.MAX_VALUE)));
        var job = held(jobs);
        var closer = closing(jobs, Duration.ofSeconds(Long.MAX_VALUE)).awaitParked();
        hold.open();
        assertThat(closer.result()).isEmpty();
        assertSucceeded(job, 1);
    }

    @Test
    void isClosed_isFalseUntilClosingBegins_andAllListsOpenSchedulers() throws Exception {
        var jobs = Scheduler.open(options());
        assertThat(jobs.isClosed()).isFalse();
        assertThat(Scheduler.all()).contains(jobs);
        jobs.close();
        assertThat(jobs.isClosed()).isTrue();
        assertThat(Scheduler.all()).doesNotContain(jobs);
        assertThat(jobs.jobs()).isEmpty();
        assertThat(jobs.activeCount()).isZero();
        assertThat(jobs.pendingCount()).isZero();
    }

    @Test
    void closeTimeout_beginsOnceAllAreCancelled_whoeverHurries() throws Exception {
        var jobs = Scheduler.open(options().withCloseTimeout(TestOptions.LONG));
        held(jobs);
        var leader = Actor.start(ThreadKind.PLATFORM, () -> jobs.close(TestOptions.LONG));
        leader.awaitParked();
        var follower = Actor.start(ThreadKind.PLATFORM, () -> jobs.close(Duration.ZERO));
        leader.interrupt();
        assertThat(leader.result()).isEmpty();
        assertThat(follower.result()).isEmpty();
        assertThat(failures.reports()).isEmpty();
    }

    /// Some find it over as they come, others wait; none is left behind by those.
    @Test
    void closers_thatComeTogether_allReturnOnceItIsOver() throws Exception {
        for (int round = 0; round < 300; round++) {
            var jobs = Scheduler.open(options());
            var hold = new Door();
            jobs.spawn("job", hold::pass);
            var closers = new ArrayList<Actor<List<Job<?>>>>();
            for (int i = 0; i < 6; i++) {
                var kind = i % 2 == 0 ? ThreadKind.PLATFORM : ThreadKind.VIRTUAL;
                closers.add(Actor.start(kind, () -> jobs.close(TestOptions.LONG)));
                if (i == 3) {
                    hold.open();
                }
            }
            for (var closer : closers) {
                assertThat(Within.call(closer::result)).isEmpty();
            }
        }
    }
}
