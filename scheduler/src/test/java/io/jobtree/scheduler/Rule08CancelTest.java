package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertFailed;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
        "R8: cancel on a pending job ends it at once; a running one is interrupted once and done when all has ended")
final class Rule08CancelTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final Door hold = new Door();

    private SchedulerOptions options(int limit) {
        return TestOptions.limit(limit)
                .withFailureHandler(failures)
                .withObserver(new Hooks()
                        .onSpawned(job -> heard.add(job.name() + " spawned"))
                        .onStarting(job -> heard.add(job.name() + " starting"))
                        .onStopped(job -> heard.add(job.name() + " stopped"))
                        .onEnded((job, outcome) -> heard.add(job.name() + " ended")));
    }

    /// A running job that ends when `hold` opens, whatever interrupts come.
    private Job<Integer> stubborn(JobScope scope) throws InterruptedException {
        var running = new Door();
        var job = scope.spawn("stubborn", () -> {
            running.open();
            return hold.passIgnoringInterrupts();
        });
        running.pass();
        return job;
    }

    @EachThreadKind
    void cancel_onPendingJob_endsItAtOnce_andItNeverRuns() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            stubborn(jobs);
            var ran = new AtomicBoolean();
            var pending = jobs.spawn("pending", () -> ran.set(true));
            assertThat(pending.state()).isEqualTo(JobState.PENDING);
            assertThat(jobs.pendingCount()).isEqualTo(1);
            assertThat(pending.cancel()).isTrue();
            assertThat(jobs.pendingCount()).isZero();
            // Its observers hear of it on a thread made for that.
            pending.await();
            assertThat(pending.state()).isEqualTo(JobState.CANCELLED);
            assertThat(pending.outcome()).contains(new Outcome.Cancelled<>(CancelReason.REQUESTED, Optional.empty()));
            assertThat(pending.startedAt()).isEmpty();
            assertThat(jobs.pendingCount()).isZero();
            assertThat(jobs.contains(pending)).isFalse();
            assertThat(heard).contains("pending ended").doesNotContain("pending starting", "pending stopped");
            assertThat(pending.cancel()).isFalse();
            hold.open();
            jobs.close(TestOptions.LONG);
            assertThat(ran).isFalse();
            assertThat(heard).filteredOn("pending ended"::equals).hasSize(1);
        }
    }

    @EachThreadKind
    void cancel_onPendingJobThatNobodyObserves_endsItBeforeItReturns() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1))) {
            stubborn(jobs);
            var pending = jobs.spawn("pending", () -> {});
            assertThat(pending.cancel()).isTrue();
            assertThat(pending.state()).isEqualTo(JobState.CANCELLED);
            hold.open();
        }
    }

    @EachThreadKind
    void cancel_onPendingJob_freesItsPlaceInThePendingLimit() throws Exception {
        try (var jobs = Scheduler.open(options(1).withPendingLimit(1))) {
            stubborn(jobs);
            var pending = jobs.spawn("pending", () -> 1);
            assertThat(jobs.trySpawn(JobOptions.named("full"), () -> 2)).isEmpty();
            pending.cancel();
            var next = jobs.trySpawn(JobOptions.named("next"), () -> 3);
            assertThat(next).isPresent();
            hold.open();
            assertSucceeded(next.orElseThrow(), 3);
        }
    }

    @EachThreadKind
    void cancel_onPendingJob_wakesWhoWaitsForIt() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            stubborn(jobs);
            var pending = jobs.spawn("pending", () -> 1);
            var waiter = Actor.start(pending::join).awaitParked();
            var future = pending.toCompletableFuture();
            pending.cancel();
            assertThat(waiter.thrown()).isInstanceOf(JobCancelledException.class);
            assertThat(future).failsWithin(TestOptions.LONG);
            hold.open();
        }
    }

    @EachThreadKind
    void cancel_onPendingBranch_neverRunsAnythingOfIt() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            stubborn(jobs);
            var ran = new AtomicBoolean();
            Job<Integer> pending = jobs.spawn("pending", scope -> {
                ran.set(true);
                return 1;
            });
            pending.cancel();
            assertCancelled(pending, CancelReason.REQUESTED);
            hold.open();
            jobs.close(TestOptions.LONG);
            assertThat(ran).isFalse();
        }
    }

    @EachThreadKind
    void cancel_onRunningJob_isCancellingUntilItHasEnded() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var job = stubborn(jobs);
            assertThat(job.state()).isEqualTo(JobState.RUNNING);
            assertThat(job.cancel()).isTrue();
            assertThat(job.state()).isEqualTo(JobState.CANCELLING);
            assertThat(job.isDone()).isFalse();
            assertThat(job.outcome()).isEmpty();
            assertThat(job.cancel()).isFalse();
            assertThat(jobs.contains(job)).isTrue();
            assertThatThrownBy(() -> job.join(TestOptions.SHORT)).isInstanceOf(TimeoutException.class);
            assertThat(job.isDone()).isFalse();
            hold.open();
            assertCancelled(job, CancelReason.REQUESTED);
            assertThat(job.cancel()).isFalse();
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void cancelledJob_whoseBodyReturnsAValue_isCancelled() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            var job = stubborn(jobs);
            job.cancel();
            hold.open();
            assertThatThrownBy(job::join).isInstanceOf(JobCancelledException.class);
            assertCancelled(job, CancelReason.REQUESTED);
        }
    }

    @EachThreadKind
    void cancel_manyTimesFromEverywhere_interruptsOnce() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var running = new Door();
            var interrupts = new AtomicInteger();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scope.spawn("child", () -> {
                    running.open();
                    interrupts.set(hold.passIgnoringInterrupts());
                });
                return 1;
            });
            running.pass();
            var child = branch.children().getFirst();
            child.cancel();
            for (var i = 0; i < 10; i++) {
                child.cancel();
                branch.cancel();
                jobs.cancel();
                assertThat(child.cancelAndJoin(Duration.ZERO)).isFalse();
            }
            hold.open();
            assertCancelled(branch, CancelReason.REQUESTED);
            assertCancelled(child, CancelReason.REQUESTED);
            assertThat(interrupts).hasValue(1);
        }
    }

    @EachThreadKind
    void cancel_flowsDownToEveryLevel_withParentAndTheOrigin() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            List<Job<?>> below = new CopyOnWriteArrayList<>();
            var running = new Door();
            Job<Integer> top = jobs.spawn("top", inTop -> {
                below.add(inTop.spawn(JobOptions.named("middle").withChildLimit(1), inMiddle -> {
                    below.add(inMiddle.spawn("leaf", () -> {
                        running.open();
                        new Door().pass();
                    }));
                    below.add(inMiddle.spawn("pending", () -> {}));
                    return 2;
                }));
                return 1;
            });
            running.pass();
            Awaitility.await().until(() -> below.size() == 3);
            assertThat(top.cancel()).isTrue();
            assertCancelled(top, CancelReason.REQUESTED);
            for (var job : below) {
                assertThat(job.isDone()).isTrue();
                assertCancelled(job, CancelReason.PARENT, top);
            }
        }
    }

    @EachThreadKind
    void cancel_doesNotFlowUpOrSideways() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var siblingOf = new CompletableFuture<Job<?>>();
            var childOf = new CompletableFuture<Job<?>>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                childOf.complete(scope.spawn("child", () -> new Door().pass()));
                siblingOf.complete(scope.spawn("sibling", hold::pass));
                return 1;
            });
            childOf.join().cancel();
            assertCancelled(childOf.join(), CancelReason.REQUESTED);
            assertThat(siblingOf.join().isDone()).isFalse();
            assertThat(branch.isDone()).isFalse();
            hold.open();
            assertSucceeded(branch, 1);
            assertSucceeded(siblingOf.join(), null);
        }
    }

    @EachThreadKind
    void cancel_onCompletingJob_cancelsItsChildren() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scope.spawn("child", () -> new Door().pass());
                return 1;
            });
            Awaitility.await().until(() -> branch.state() == JobState.COMPLETING);
            var child = branch.children().getFirst();
            assertThat(branch.cancel()).isTrue();
            assertCancelled(branch, CancelReason.REQUESTED);
            assertCancelled(child, CancelReason.PARENT, branch);
        }
    }

    @EachThreadKind
    void cancel_onDoneJob_changesNothing() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var succeeded = jobs.spawn("succeeds", () -> 1);
            assertSucceeded(succeeded, 1);
            assertThat(succeeded.cancel()).isFalse();
            assertThat(succeeded.cancelAndJoin(Duration.ZERO)).isTrue();
            assertSucceeded(succeeded, 1);
            var failure = new IllegalStateException("on purpose");
            var failed = jobs.spawn("fails", () -> {
                throw failure;
            });
            assertFailed(failed, failure);
            assertThat(failed.cancel()).isFalse();
            assertFailed(failed, failure);
        }
    }

    @Test
    void cancel_ofOneselfInTheBody_interruptsAndCancels() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var began = new AtomicBoolean();
            var job = jobs.spawn("job", () -> {
                began.set(Job.current().orElseThrow().cancel());
                new Door().pass();
            });
            assertCancelled(job, CancelReason.REQUESTED);
            assertThat(began).isTrue();
        }
        assertThat(failures.reports()).isEmpty();
    }

    @Test
    void cancel_ofTheParentByItsChild_cancelsBoth() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var child = new CompletableFuture<Job<?>>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                child.complete(scope.spawn("child", () -> {
                    Job.current().orElseThrow().parent().orElseThrow().cancel();
                    new Door().pass();
                }));
                new Door().pass();
                return 1;
            });
            assertCancelled(branch, CancelReason.REQUESTED);
            assertCancelled(child.join(), CancelReason.PARENT, branch);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void cancelOfScheduler_cancelsEveryJob_andStaysOpen() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var all = new ArrayList<Job<?>>();
            for (var i = 0; i < 5; i++) {
                all.add(jobs.spawn("job", () -> new Door().pass()));
            }
            jobs.cancel();
            for (var job : all) {
                assertCancelled(job, CancelReason.REQUESTED);
            }
            assertThat(jobs.isClosed()).isFalse();
            assertSucceeded(jobs.spawn("next", () -> 1), 1);
        }
    }

    @EachThreadKind
    void cancelOfBranchScope_cancelsTheChildren_andStaysOpen() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var children = new ArrayList<Job<?>>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                for (var i = 0; i < 3; i++) {
                    children.add(scope.spawn("child", () -> new Door().pass()));
                }
                scope.cancel();
                return scope.spawn("next", () -> 1).join();
            });
            assertSucceeded(branch, 1);
            assertThat(children).hasSize(3);
            for (var child : children) {
                assertCancelled(child, CancelReason.REQUESTED);
            }
        }
    }

    @EachThreadKind
    void cancelAndJoin_onJobThatEnds_isTrue_andOnStubbornOneFalse() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var running = new Door();
            var wellBehaved = jobs.spawn("job", () -> {
                running.open();
                new Door().pass();
            });
            running.pass();
            assertThat(wellBehaved.cancelAndJoin(TestOptions.LONG)).isTrue();
            assertThat(wellBehaved.state()).isEqualTo(JobState.CANCELLED);
            var job = stubborn(jobs);
            assertThat(job.cancelAndJoin(TestOptions.SHORT)).isFalse();
            assertThat(job.state()).isEqualTo(JobState.CANCELLING);
            hold.open();
            assertThat(job.cancelAndJoin(TestOptions.LONG)).isTrue();
        }
    }

    @EachThreadKind
    void cancelOfFuture_cancelsTheJob() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var running = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                new Door().pass();
            });
            running.pass();
            assertThat(job.toCompletableFuture().cancel(true)).isTrue();
            assertCancelled(job, CancelReason.REQUESTED);
        }
    }

    @Test
    void ended_ofCancelledRunningJob_isHeardOnceAfterTheBody() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var job = stubborn(jobs);
            job.cancel();
            assertThat(heard).containsExactly("stubborn spawned", "stubborn starting");
            hold.open();
            assertCancelled(job, CancelReason.REQUESTED);
        }
        assertThat(heard)
                .containsExactly("stubborn spawned", "stubborn starting", "stubborn stopped", "stubborn ended");
    }
}
