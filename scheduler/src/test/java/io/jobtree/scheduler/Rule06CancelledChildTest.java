package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertFailed;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R6: a cancelled child is not a failure, but nothing that escapes a body vanishes silently")
final class Rule06CancelledChildTest {
    private final RecordedFailures failures = new RecordedFailures();

    private Scheduler open() {
        return Scheduler.open(TestOptions.unlimited().withFailureHandler(failures));
    }

    @EachThreadKind
    void cancelledChild_leavesSiblingsAndBranchAlone() throws Exception {
        try (var jobs = open()) {
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var hold = new Door();
                var sibling = scope.spawn("sibling", () -> {
                    hold.pass();
                    return 2;
                });
                var cancelled = scope.spawn("cancelled", () -> new Door().pass());
                cancelled.cancel();
                assertCancelled(cancelled, CancelReason.REQUESTED);
                hold.open();
                return sibling.join();
            });
            assertSucceeded(branch, 2);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void join_onCancelledJob_throwsWithReasonAndPath() throws Exception {
        try (var jobs = open()) {
            var job = jobs.spawn("job", () -> new Door().pass());
            job.cancel();
            assertThatThrownBy(job::join)
                    .isInstanceOf(CancellationException.class)
                    .hasMessageContaining("test/job")
                    .isInstanceOfSatisfying(
                            JobCancelledException.class,
                            e -> assertThat(e.reason()).isEqualTo(CancelReason.REQUESTED));
            assertThatThrownBy(() -> job.join(TestOptions.LONG)).isInstanceOf(JobCancelledException.class);
        }
    }

    @EachThreadKind
    void cancelledExceptionOfChild_escapingFromTheBody_failsTheBranch() throws Exception {
        try (var jobs = open()) {
            var thrown = new CompletableFuture<JobCancelledException>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var child = scope.spawn("child", () -> new Door().pass());
                child.cancel();
                try {
                    child.join();
                } catch (JobCancelledException escaping) {
                    thrown.complete(escaping);
                    throw escaping;
                }
                return 1;
            });
            assertFailed(branch, thrown.join());
        }
    }

    @EachThreadKind
    void interruptedException_thatNoCancellationCaused_failsTheJob() throws Exception {
        try (var jobs = open()) {
            var running = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                new Door().pass();
            });
            running.pass();
            job.thread().orElseThrow().interrupt();
            assertThat(failure(job)).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void interruptedException_thatTheBodyMade_failsTheBranch() throws Exception {
        try (var jobs = open()) {
            var made = new InterruptedException("home-made");
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                throw made;
            });
            assertFailed(branch, made);
            var leaf = jobs.spawn("leaf", () -> {
                throw made;
            });
            assertFailed(leaf, made);
        }
    }

    @Test
    void cancellationException_thatNoCancellationCaused_failsTheJob() throws Exception {
        try (var jobs = open()) {
            var made = new CancellationException("home-made");
            var job = jobs.spawn("job", () -> {
                throw made;
            });
            assertFailed(job, made);
        }
    }

    @Test
    void failureByEscapedCancellation_reachesTheHandler() throws Exception {
        try (var jobs = open()) {
            var cancelled = jobs.spawn("cancelled", () -> new Door().pass());
            cancelled.cancel();
            jobs.spawn("waits", () -> cancelled.join());
            assertThat(failures.await(1).getFirst().failure()).isInstanceOf(JobCancelledException.class);
        }
        assertThat(failures.reports()).hasSize(1);
    }

    @Test
    void cancelledChild_whoseExceptionIsCaught_letsTheBranchSucceed() throws Exception {
        try (var jobs = open()) {
            Job<String> branch = jobs.spawn("branch", scope -> {
                var child = scope.spawn("child", () -> new Door().pass());
                child.cancel();
                try {
                    child.join();
                    return "joined";
                } catch (JobCancelledException expected) {
                    return "caught " + expected.reason();
                }
            });
            assertSucceeded(branch, "caught REQUESTED");
        }
    }
}
