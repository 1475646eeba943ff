package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertFailed;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.assertTimedOut;
import static io.jobtree.scheduler.Outcomes.failure;
import static io.jobtree.scheduler.Outcomes.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName(
        "R13: a job whose own timeout runs out fails with JobTimeoutException; everything below is cancelled with DEADLINE")
final class Rule13DeadlinesTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final JobOptions TIMED = JobOptions.named("timed").withTimeout(Duration.ofMillis(200));

    private final RecordedFailures failures = new RecordedFailures();
    private final Door hold = new Door();

    private Scheduler open(int limit) {
        return Scheduler.open(TestOptions.limit(limit).withFailureHandler(failures));
    }

    @EachThreadKind
    void timeout_ofRunningJob_failsIt_namingPathAndTimeout() throws Exception {
        try (var jobs = open(2)) {
            var job = jobs.spawn(TIMED, () -> new Door().pass());
            assertTimedOut(job);
            assertThat(failure(job)).hasMessageContaining("test/timed").hasMessageContaining("PT0.2S");
            assertThatThrownBy(job::join)
                    .isInstanceOf(JobFailedException.class)
                    .hasCauseInstanceOf(JobTimeoutException.class);
            assertThat(job.cancel()).isFalse();
            assertTimedOut(job);
        }
    }

    @EachThreadKind
    void timeout_ofPendingJob_failsItAndItNeverRuns() throws Exception {
        try (var jobs = open(1)) {
            jobs.spawn("holder", () -> hold.passIgnoringInterrupts());
            var ran = new AtomicBoolean();
            var job = jobs.spawn(TIMED, () -> ran.set(true));
            assertTimedOut(job);
            assertThat(job.startedAt()).isEmpty();
            assertThat(jobs.pendingCount()).isZero();
            hold.open();
            jobs.close(TestOptions.LONG);
            assertThat(ran).isFalse();
        }
    }

    @EachThreadKind
    void timeout_cancelsEverythingBelow_withDeadlineAndTheOrigin() throws Exception {
        try (var jobs = open(1)) {
            List<Job<?>> below = new CopyOnWriteArrayList<>();
            var known = new CountDownLatch(2);
            Job<Integer> job = jobs.spawn(TestOptions.withDeadline("timed").withSupervision(), outer -> {
                below.add(outer.spawn(JobOptions.named("middle").withTimeout(HOUR), inner -> {
                    below.add(inner.spawn("leaf", () -> new Door().pass()));
                    known.countDown();
                    new Door().pass();
                    return 2;
                }));
                known.countDown();
                new Door().pass();
                return 1;
            });
            known.await();
            TestOptions.passDeadline(job);
            assertTimedOut(job);
            assertThat(below).hasSize(2);
            for (var one : below) {
                assertCancelled(one, CancelReason.DEADLINE, job);
            }
        }
    }

    @EachThreadKind
    void timeout_ofCompletingJob_failsIt() throws Exception {
        try (var jobs = open(1)) {
            var child = new CompletableFuture<Job<?>>();
            Job<Integer> job = jobs.spawn(TestOptions.withDeadline("timed"), scope -> {
                child.complete(scope.spawn("child", () -> new Door().pass()));
                return 1;
            });
            Awaitility.await().until(() -> job.state() == JobState.COMPLETING);
            TestOptions.passDeadline(job);
            assertTimedOut(job);
            assertCancelled(child.join(), CancelReason.DEADLINE, job);
        }
    }

    @EachThreadKind
    void shorterTimeout_ofChild_failsTheChild_andItsFailFastParent() throws Exception {
        try (var jobs = open(1)) {
            var child = new CompletableFuture<Job<?>>();
            Job<Integer> parent = jobs.spawn(JobOptions.named("parent").withTimeout(HOUR), scope -> {
                child.complete(scope.spawn(TIMED, () -> new Door().pass()));
                return 1;
            });
            assertTimedOut(child.join());
            assertFailed(parent, failure(child.join()));
        }
    }

    @EachThreadKind
    void shorterTimeout_ofChildInSupervisedParent_staysInTheChild() throws Exception {
        try (var jobs = open(1)) {
            Job<String> parent = jobs.spawn(JobOptions.named("parent").withSupervision(), scope -> {
                var child = scope.spawn(TIMED, () -> new Door().pass());
                assertTimedOut(child);
                return "goes on";
            });
            assertSucceeded(parent, "goes on");
        }
    }

    @EachThreadKind
    void deadline_ofAncestor_holdsForChildWithALaterOne() throws Exception {
        try (var jobs = open(1)) {
            var child = new CompletableFuture<Job<?>>();
            Job<Integer> parent = jobs.spawn(TestOptions.withDeadline("timed"), scope -> {
                child.complete(scope.spawn(JobOptions.named("child").withTimeout(HOUR), () -> new Door().pass()));
                return child.join().isDone() ? 1 : 2;
            });
            child.join();
            TestOptions.passDeadline(parent);
            assertTimedOut(parent);
            assertCancelled(child.join(), CancelReason.DEADLINE, parent);
        }
    }

    @EachThreadKind
    void success_beforeTheTimeout_wins() throws Exception {
        try (var jobs = open(2)) {
            var early = jobs.spawn(TestOptions.withDeadline("timed"), () -> 1);
            assertSucceeded(early, 1);
            TestOptions.passDeadline(early);
            assertSucceeded(early, 1);
            assertThat(early.cancel()).isFalse();
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void cancel_beforeTheTimeout_wins() throws Exception {
        try (var jobs = open(2)) {
            var running = new Door();
            var job = jobs.spawn(TestOptions.withDeadline("timed"), () -> {
                running.open();
                hold.passIgnoringInterrupts();
            });
            running.pass();
            assertThat(job.cancel()).isTrue();
            TestOptions.passDeadline(job);
            hold.open();
            assertCancelled(job, CancelReason.REQUESTED);
        }
    }

    @EachThreadKind
    void timedOutJob_thatIgnoresIt_isNotDoneUntilItEnds_andFailsThen() throws Exception {
        try (var jobs = open(2)) {
            var running = new Door();
            var job = jobs.spawn(TestOptions.withDeadline("timed"), () -> {
                running.open();
                hold.passIgnoringInterrupts();
            });
            running.pass();
            TestOptions.passDeadline(job);
            assertThat(job.state()).isEqualTo(JobState.CANCELLING);
            assertThat(job.outcome()).isEmpty();
            assertThat(job.cancel()).isFalse();
            hold.open();
            assertTimedOut(job);
        }
    }

    @EachThreadKind
    void zeroTimeout_failsAtOnce() throws Exception {
        try (var jobs = open(2)) {
            assertTimedOut(jobs.spawn(TIMED.withTimeout(Duration.ZERO), () -> new Door().pass()));
        }
    }

    @EachThreadKind
    void hugeTimeout_neverRunsOut() throws Exception {
        try (var jobs = open(2)) {
            for (var timeout : List.of(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofNanos(Long.MAX_VALUE))) {
                Job<Integer> job = jobs.spawn(
                        TIMED.withTimeout(timeout),
                        scope ->
                                scope.spawn(TIMED.withTimeout(timeout), () -> 1).join());
                assertSucceeded(job, 1);
                assertSucceeded(jobs.spawn("next", () -> 1), 1);
                assertThat(job.join(timeout)).isEqualTo(1);
            }
        }
    }

    @EachThreadKind
    void timeout_countsFromSpawn_notFromStart() throws Exception {
        try (var jobs = open(1)) {
            var timed = TIMED.withTimeout(Duration.ofMillis(400));
            jobs.spawn("holder", () -> hold.passIgnoringInterrupts());
            var before = System.nanoTime();
            var job = jobs.spawn(timed, () -> new Door().pass());
            assertThat(hold.staysShut()).isTrue();
            assertThat(hold.staysShut()).isTrue();
            hold.open();
            assertTimedOut(job);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
        }
    }

    @Tag("slow")
    @Test
    void timeout_racingTheEndOfTheWork_isSuccessOrTimeout_andFreesThePlaces() throws Exception {
        try (var jobs = open(3)) {
            var timed = TIMED.withTimeout(Duration.ofMillis(1));
            var all = new ArrayList<Job<Integer>>();
            for (var turn = 0; turn < 1_000; turn++) {
                var spins = turn * 500;
                all.add(jobs.spawn(timed, scope -> {
                    scope.spawn("child", () -> spin(spins));
                    return spin(spins);
                }));
                if (turn % 3 == 0) {
                    outcome(all.getLast());
                }
            }
            for (var job : all) {
                switch (outcome(job)) {
                    case Outcome.Succeeded<?> succeeded ->
                        assertThat(succeeded.value()).isEqualTo(1);
                    case Outcome.Failed<?>(var failure) -> assertThat(failure).isInstanceOf(JobTimeoutException.class);
                    case Outcome.Cancelled<?> wrong -> throw new AssertionError(wrong.toString());
                }
            }
            assertThat(jobs.activeCount()).isZero();
            assertThat(jobs.pendingCount()).isZero();
            assertSucceeded(jobs.spawn("last", () -> 1), 1);
        }
    }

    private static int spin(int times) {
        for (var i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
        return 1;
    }
}
