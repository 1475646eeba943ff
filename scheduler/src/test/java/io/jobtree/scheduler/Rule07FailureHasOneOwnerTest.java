package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertFailed;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
        "R7: a failure has one owner: the fail-fast parent, else whoever waits already, else the failure handler, once")
final class Rule07FailureHasOneOwnerTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final IOException failure = new IOException("on purpose");
    private final Door go = new Door();

    private Scheduler open() {
        return Scheduler.open(TestOptions.unlimited().withFailureHandler(failures));
    }

    private Job<Object> failing(JobScope scope) {
        return scope.spawn("fails", () -> {
            go.pass();
            throw failure;
        });
    }

    @EachThreadKind
    void handler_ofFailureThatNobodyWaitsFor_isToldOncePromptly() throws Exception {
        try (var jobs = open()) {
            go.open();
            var job = failing(jobs);
            var report = failures.await(1).getFirst();
            assertThat(report.job()).isSameAs(job);
            assertThat(report.failure()).isSameAs(failure);
            assertThat(report.jobWasDone()).isTrue();
            assertThat(report.interrupted()).isFalse();
        }
        assertThat(failures.reports()).hasSize(1);
    }

    @EachThreadKind
    void laterJoin_afterTheHandlerWasTold_stillThrows() throws Exception {
        try (var jobs = open()) {
            go.open();
            var job = failing(jobs);
            failures.await(1);
            assertThatThrownBy(job::join)
                    .isInstanceOf(JobFailedException.class)
                    .hasMessageContaining("test/fails")
                    .cause()
                    .isSameAs(failure);
            assertFailed(job, failure);
        }
        assertThat(failures.reports()).hasSize(1);
    }

    @EachThreadKind
    void handler_ofFailureThatSomebodyJoins_isNotTold() throws Exception {
        assertOwnedBy(Job::join, JobFailedException.class);
    }

    @EachThreadKind
    void handler_ofFailureThatSomebodyJoinsForAWhile_isNotTold() throws Exception {
        assertOwnedBy(job -> job.join(TestOptions.LONG), JobFailedException.class);
    }

    /// A way to wait.
    private interface Wait {
        Object on(Job<?> job) throws Exception;
    }

    private void assertOwnedBy(Wait wait, Class<? extends Throwable> thrown) throws Exception {
        try (var jobs = open()) {
            var job = failing(jobs);
            var waiter = Actor.start(() -> wait.on(job)).awaitParked();
            go.open();
            assertThat(waiter.thrown()).isInstanceOf(thrown).cause().isSameAs(failure);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void handler_ofFailureThatSomebodyAwaits_isNotTold() throws Exception {
        try (var jobs = open()) {
            var job = failing(jobs);
            var waiter = Actor.start(job::await).awaitParked();
            go.open();
            assertThat(waiter.result()).isEqualTo(new Outcome.Failed<>(failure));
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void handler_ofFailureThatAnotherJobJoins_isToldOfThatJobOnly() throws Exception {
        try (var jobs = open()) {
            var job = failing(jobs);
            var waiting = jobs.spawn("waits", () -> job.join());
            awaitParked(waiting);
            go.open();
            var report = failures.await(1).getFirst();
            assertThat(report.job()).isSameAs(waiting);
            assertThat(report.failure())
                    .isInstanceOf(JobFailedException.class)
                    .cause()
                    .isSameAs(failure);
        }
        assertThat(failures.reports()).hasSize(1);
    }

    private static void awaitParked(Job<?> job) {
        Awaitility.await().until(() -> job.thread().isPresent());
        Actor.awaitParked(job.thread().orElseThrow());
    }

    @EachThreadKind
    void handler_ofFailureThatFutureHolds_isNotTold() throws Exception {
        try (var jobs = open()) {
            var future = failing(jobs).toCompletableFuture();
            go.open();
            assertThatThrownBy(() -> future.get())
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isSameAs(failure);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void waitersInNumbers_allHearOfTheSameFailure() throws Exception {
        try (var jobs = open()) {
            var job = failing(jobs);
            var waiters = new ArrayList<Actor<Object>>();
            for (var i = 0; i < 10; i++) {
                waiters.add(Actor.start(ThreadKind.ofTurn(i), (Callable<Object>) job::join));
            }
            waiters.forEach(Actor::awaitParked);
            go.open();
            for (var waiter : waiters) {
                assertThat(waiter.thrown()).cause().isSameAs(failure);
            }
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void handler_ofFailureAfterTheOnlyWaiterTimedOut_isTold() throws Exception {
        try (var jobs = open()) {
            var job = failing(jobs);
            assertThatThrownBy(() -> job.join(TestOptions.SHORT)).isInstanceOf(TimeoutException.class);
            go.open();
            assertThat(failures.await(1).getFirst().failure()).isSameAs(failure);
        }
        assertThat(failures.reports()).hasSize(1);
    }

    @EachThreadKind
    void handler_ofFailureAfterTheOnlyWaiterWasInterrupted_isTold() throws Exception {
        try (var jobs = open()) {
            var job = failing(jobs);
            var waiter = Actor.start((Callable<Object>) job::join).awaitParked();
            waiter.interrupt();
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            go.open();
            assertThat(failures.await(1).getFirst().failure()).isSameAs(failure);
        }
        assertThat(failures.reports()).hasSize(1);
    }

    @EachThreadKind
    void handler_ofFailureInFailFastScope_isToldOfTheBranchOnly() throws Exception {
        try (var jobs = open()) {
            go.open();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                failing(scope);
                return 1;
            });
            var report = failures.await(1).getFirst();
            assertThat(report.job()).isSameAs(branch);
            assertThat(report.failure()).isSameAs(failure);
        }
        assertThat(failures.reports()).hasSize(1);
    }

    @EachThreadKind
    void handler_ofFailureInSupervisedScope_isToldOfTheChild() throws Exception {
        try (var jobs = open()) {
            go.open();
            var child = new CompletableFuture<Job<?>>();
            Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withSupervision(), scope -> {
                child.complete(failing(scope));
                return 1;
            });
            assertSucceeded(branch, 1);
            assertThat(failures.await(1).getFirst().job()).isSameAs(child.join());
        }
        assertThat(failures.reports()).hasSize(1);
    }

    @EachThreadKind
    void failureAfterCancellation_goesToTheHandler_andTheJobIsCancelled() throws Exception {
        try (var jobs = open()) {
            var running = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                try {
                    new Door().pass();
                } catch (InterruptedException cancelled) {
                    throw failure;
                }
            });
            running.pass();
            job.cancel();
            assertCancelled(job, CancelReason.REQUESTED);
            var report = failures.await(1).getFirst();
            assertThat(report.job()).isSameAs(job);
            assertThat(report.failure()).isSameAs(failure);
        }
        assertThat(failures.reports()).hasSize(1);
    }

    @EachThreadKind
    void failureAfterCancellation_goesToTheHandlerThoughSomebodyAwaits() throws Exception {
        try (var jobs = open()) {
            var running = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                running.pass();
                try {
                    new Door().pass();
                } catch (InterruptedException cancelled) {
                    throw failure;
                }
            });
            running.pass();
            var waiter = Actor.start(job::await).awaitParked();
            job.cancel();
            assertThat(waiter.result()).isInstanceOf(Outcome.Cancelled.class);
            assertThat(failures.await(1).getFirst().failure()).isSameAs(failure);
        }
        assertThat(failures.reports()).hasSize(1);
    }

    @EachThreadKind
    void interruptedException_afterCancellation_isNoFailure() throws Exception {
        try (var jobs = open()) {
            var running = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                new Door().pass();
            });
            running.pass();
            job.cancel();
            assertCancelled(job, CancelReason.REQUESTED);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @Test
    void failureAfterTheOwnTimeout_doesNotVanish() throws Exception {
        try (var jobs = open()) {
            var running = new Door();
            var job = jobs.spawn(TestOptions.withDeadline("job"), () -> {
                running.open();
                try {
                    new Door().pass();
                } catch (InterruptedException timedOut) {
                    throw failure;
                }
            });
            running.pass();
            TestOptions.passDeadline(job);
            var timeout = Outcomes.failure(job);
            assertThat(timeout).isInstanceOf(JobTimeoutException.class);
            assertThat(failures.failures().contains(failure)
                            || List.of(timeout.getSuppressed()).contains(failure))
                    .isTrue();
        }
    }

    @Test
    void handler_racingJoin_isToldAtMostOnce_andJoinAlwaysThrows() throws Exception {
        for (var turn = 0; turn < 500; turn++) {
            var reported = new RecordedFailures();
            var start = new Door();
            var options = TestOptions.unlimited().withFailureHandler(reported);
            try (var jobs = Scheduler.open(options)) {
                var job = jobs.spawn("job", () -> {
                    start.pass();
                    throw failure;
                });
                var waiter = Actor.start(ThreadKind.ofTurn(turn), () -> {
                    start.pass();
                    return job.join(Duration.ofSeconds(30));
                });
                start.open();
                assertThat(waiter.thrown()).isInstanceOf(JobFailedException.class);
            }
            assertThat(reported.reports()).hasSizeLessThanOrEqualTo(1);
        }
    }
}
