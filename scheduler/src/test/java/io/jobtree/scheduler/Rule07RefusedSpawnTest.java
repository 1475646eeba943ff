package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("R7: a spawn that is refused because the body's own job or scheduler is to end is no failure")
final class Rule07RefusedSpawnTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final Door spawning = new Door();

    private Scheduler open() {
        return Scheduler.open(TestOptions.limit(3).withFailureHandler(failures));
    }

    private void spawnOn(JobScope scope) {
        spawnOn(scope, spawning);
    }

    /// Spawns until that is refused. It parks in between: jobs that only yield to each other leave no carrier to a
    /// virtual thread that was woken from outside.
    private static void spawnOn(JobScope scope, Door going) {
        while (true) {
            scope.spawn("child", () -> {});
            going.open();
            LockSupport.parkNanos(1_000);
        }
    }

    @EachThreadKind
    void body_thatSpawnsOn_isCancelled_withoutAFailure() throws Exception {
        try (var jobs = open()) {
            var job = jobs.spawn("job", scope -> {
                spawnOn(scope);
            });
            spawning.pass();
            job.cancel();
            assertCancelled(job, CancelReason.REQUESTED);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void body_thatWrapsTheRefusal_isCancelled_withoutAFailure() throws Exception {
        try (var jobs = open()) {
            var job = jobs.spawn("job", scope -> {
                try {
                    spawnOn(scope);
                } catch (RejectedExecutionException e) {
                    throw new IllegalStateException("could not go on", e);
                }
            });
            spawning.pass();
            job.cancel();
            assertCancelled(job, CancelReason.REQUESTED);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void children_thatSpawnSiblings_areCancelled_withoutAFailure() throws Exception {
        try (var jobs = open()) {
            for (int i = 0; i < 100; i++) {
                var parent = jobs.spawn("parent", scope -> {
                    for (int child = 0; child < 3; child++) {
                        scope.spawn("spawner", () -> spawnOn(scope));
                    }
                });
                spawning.pass();
                parent.cancel();
                assertCancelled(parent, CancelReason.REQUESTED);
            }
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void bodyAndSiblings_ofAFailedChild_suppressNothingOnIt() throws Exception {
        try (var jobs = open()) {
            var failure = new IllegalStateException("on purpose");
            var parent = jobs.spawn("parent", scope -> {
                scope.spawn("spawner", () -> spawnOn(scope));
                scope.spawn("fails", () -> {
                    spawning.pass();
                    throw failure;
                });
                spawnOn(scope);
            });
            assertThat(parent.await()).isEqualTo(new Outcome.Failed<>(failure));
            assertThat(failure.getSuppressed()).isEmpty();
        }
    }

    @EachThreadKind
    void jobs_thatSpawnOnWhileTheirSchedulerIsClosed_areCancelled_withoutAFailure() throws Exception {
        for (int i = 0; i < 50; i++) {
            var jobs = open();
            var plain = jobs.spawn("plain", () -> spawnOn(jobs));
            var branch = jobs.spawn("branch", scope -> {
                scope.spawn("child", () -> spawnOn(scope));
                spawnOn(scope);
            });
            spawning.pass();
            jobs.close(Duration.ZERO);
            assertCancelled(plain, CancelReason.CLOSED);
            assertCancelled(branch, CancelReason.CLOSED);
        }
        assertThat(failures.reports()).isEmpty();
    }

    /// The same request stops the other branch, and comes to that first.
    @EachThreadKind
    void jobs_thatSpawnIntoABranch_cancelledWithThem_areCancelled_withoutAFailure() throws Exception {
        for (int i = 0; i < 50; i++) {
            try (var jobs = Scheduler.open(TestOptions.unlimited().withFailureHandler(failures))) {
                var going = new Door();
                var scope = new CompletableFuture<JobScope>();
                var spawner = jobs.spawn("spawner", () -> spawnOn(scope.join(), going));
                for (int filling = 0; filling < 100; filling++) {
                    jobs.spawn("filling", () -> new Door().pass());
                }
                jobs.spawn("branch", inner -> {
                    scope.complete(inner);
                    new Door().pass();
                });
                going.pass();
                jobs.cancel();
                assertCancelled(spawner, CancelReason.REQUESTED);
            }
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void refusal_ofAnotherScheduler_isAFailure_alsoAfterACancel() throws Exception {
        try (var jobs = open()) {
            var others = open();
            others.close();
            var cancelled = jobs.spawn("cancelled", () -> {
                Job.current().orElseThrow().cancel();
                others.spawn("late", () -> {});
            });
            assertCancelled(cancelled, CancelReason.REQUESTED);
            var failed = jobs.spawn("failed", () -> {
                others.spawn("late", () -> {});
            });
            assertThat(failed.await()).isInstanceOf(Outcome.Failed.class);
        }
        assertThat(failures.failures()).first().isInstanceOf(RejectedExecutionException.class);
    }
}
