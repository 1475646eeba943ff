package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertFailed;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.assertTimedOut;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R3: a job is done only after its body and everything below it have ended")
final class Rule03DoneAfterEverythingBelowTest {
    private final RecordedFailures failures = new RecordedFailures();

    private Scheduler open() {
        return Scheduler.open(TestOptions.unlimited().withFailureHandler(failures));
    }

    private static void awaitState(Job<?> job, JobState state) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> job.state() == state);
    }

    private static void assertNotDone(Job<?> job) {
        assertThat(job.isDone()).isFalse();
        assertThat(job.outcome()).isEmpty();
        assertThatThrownBy(() -> job.join(Duration.ZERO)).isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> job.join(TestOptions.SHORT)).isInstanceOf(TimeoutException.class);
    }

    @EachThreadKind
    void branch_whoseChildRuns_isCompletingAndHasNoOutcome() throws Exception {
        try (var jobs = open()) {
            var hold = new Door();
            Job<String> branch = jobs.spawn("branch", scope -> {
                scope.spawn("child", hold::pass);
                return "value";
            });
            awaitState(branch, JobState.COMPLETING);
            var future = branch.toCompletableFuture();
            assertNotDone(branch);
            assertThat(future).isNotDone();
            Awaitility.await().until(() -> branch.thread().isEmpty());
            assertThat(jobs.jobs()).containsExactly(branch);
            hold.open();
            assertSucceeded(branch, "value");
            assertThat(future.get()).isEqualTo("value");
        }
    }

    @EachThreadKind
    void branch_whoseGreatGrandchildRuns_isNotDone() throws Exception {
        try (var jobs = open()) {
            var hold = new Door();
            Job<Integer> a = jobs.spawn("a", inA -> {
                inA.spawn("b", inB -> {
                    inB.spawn("c", inC -> {
                        inC.spawn("d", hold::pass);
                        return 3;
                    });
                    return 2;
                });
                return 1;
            });
            awaitState(a, JobState.COMPLETING);
            assertNotDone(a);
            hold.open();
            assertSucceeded(a, 1);
        }
    }

    @EachThreadKind
    void branch_whoseChildOfForeignSpawnerRuns_isNotDone() throws Exception {
        try (var jobs = open()) {
            var hold = new Door();
            var spawned = new Door();
            var scopeOf = new CompletableFuture<JobScope>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scopeOf.complete(scope);
                spawned.pass();
                return 1;
            });
            var child = scopeOf.join().spawn("child", hold::pass);
            spawned.open();
            awaitState(branch, JobState.COMPLETING);
            assertNotDone(branch);
            hold.open();
            assertSucceeded(branch, 1);
            assertThat(child.isDone()).isTrue();
        }
    }

    @EachThreadKind
    void cancelledBranch_whoseChildGoesOn_isNotDone() throws Exception {
        try (var jobs = open()) {
            var hold = new Door();
            var running = new Door();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scope.spawn("child", () -> {
                    running.open();
                    hold.passIgnoringInterrupts();
                });
                return 1;
            });
            running.pass();
            branch.cancel();
            assertThat(branch.state()).isEqualTo(JobState.CANCELLING);
            assertNotDone(branch);
            hold.open();
            assertCancelled(branch, CancelReason.REQUESTED);
        }
    }

    @EachThreadKind
    void timedOutBranch_whoseChildGoesOn_isNotDone() throws Exception {
        try (var jobs = open()) {
            var hold = new Door();
            var running = new Door();
            var interrupted = new Door();
            Job<Integer> branch = jobs.spawn(TestOptions.withDeadline("branch"), scope -> {
                scope.spawn("child", () -> {
                    running.open();
                    stubborn(interrupted, hold);
                });
                return 1;
            });
            running.pass();
            TestOptions.passDeadline(branch);
            interrupted.pass();
            assertNotDone(branch);
            hold.open();
            assertTimedOut(branch);
        }
    }

    @EachThreadKind
    void failedBranch_whoseChildGoesOn_isNotDone() throws Exception {
        try (var jobs = open()) {
            var hold = new Door();
            var interrupted = new Door();
            var running = new Door();
            var failure = new IllegalStateException("on purpose");
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scope.spawn("child", () -> {
                    running.open();
                    stubborn(interrupted, hold);
                });
                running.pass();
                throw failure;
            });
            interrupted.pass();
            assertNotDone(branch);
            assertThat(failures.reports()).isEmpty();
            hold.open();
            assertFailed(branch, failure);
        }
    }

    private static void stubborn(Door interrupted, Door hold) {
        try {
            new Door().pass();
        } catch (InterruptedException expected) {
            interrupted.open();
            hold.passIgnoringInterrupts();
        }
    }

    @Test
    void ended_ofParent_isHeardAfterThatOfEveryChild() {
        List<String> ended = new CopyOnWriteArrayList<>();
        var options =
                TestOptions.unlimited().withObserver(new Hooks().onEnded((job, outcome) -> ended.add(job.path())));
        for (var i = 0; i < 200; i++) {
            ended.clear();
            try (var jobs = Scheduler.open(options)) {
                jobs.spawn("a", inA -> {
                    inA.spawn("b", inB -> {
                        inB.spawn("c", () -> {});
                        return 2;
                    });
                    inA.spawn("d", () -> {});
                    return 1;
                });
            }
            assertThat(ended).containsExactlyInAnyOrder("test/a", "test/a/b", "test/a/b/c", "test/a/d");
            assertThat(ended).endsWith("test/a");
            assertThat(ended).containsSubsequence("test/a/b/c", "test/a/b");
        }
    }

    @Test
    void joinedBranch_hasNothingRunningBelow() throws Exception {
        try (var jobs = open()) {
            for (var i = 0; i < 500; i++) {
                var running = new AtomicInteger();
                List<Job<?>> below = new CopyOnWriteArrayList<>();
                Job<Integer> branch = jobs.spawn("branch", scope -> {
                    for (var child = 0; child < 5; child++) {
                        below.add(scope.spawn("child", () -> {
                            running.incrementAndGet();
                            Crowd.linger();
                            running.decrementAndGet();
                        }));
                    }
                    return 1;
                });
                branch.join();
                assertThat(running).hasValue(0);
                assertThat(below).hasSize(5).allMatch(Job::isDone);
                assertThat(branch.children()).isEmpty();
            }
        }
    }
}
