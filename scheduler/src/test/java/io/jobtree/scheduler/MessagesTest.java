package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What the exceptions of join say: the job's path first, then what became of it")
final class MessagesTest {
    private final RecordedFailures failures = new RecordedFailures();

    private Scheduler open() {
        return Scheduler.open(TestOptions.limit(3).withFailureHandler(failures));
    }

    @Test
    void join_ofFailedJob_namesPathAndFailure() throws Exception {
        var failure = new IllegalStateException("broken");
        try (var jobs = open()) {
            Job<Integer> branch = jobs.spawn("orders", scope -> {
                scope.spawn("page", () -> {
                    throw failure;
                });
                return 1;
            });
            assertThatThrownBy(branch::join)
                    .isInstanceOf(JobFailedException.class)
                    .hasMessage(
                            "Job 'test/orders' #" + branch.id() + " FAILED: java.lang.IllegalStateException: broken")
                    .hasCause(failure);
        }
    }

    @Test
    void join_ofJobsThatFailOneAfterTheOther_namesTheLastAndTheFirst() throws Exception {
        var failure = new IllegalStateException("broken");
        try (var jobs = open()) {
            var first = jobs.<Integer>spawn("first", () -> {
                throw failure;
            });
            var second = jobs.spawn("second", () -> first.join());
            var third = jobs.spawn("third", () -> second.join());
            var whatFirstThrows = "io.jobtree.scheduler.JobFailedException: Job 'test/first' #" + first.id()
                    + " FAILED: java.lang.IllegalStateException: broken";
            assertThatThrownBy(second::join)
                    .hasMessage("Job 'test/second' #" + second.id() + " FAILED: " + whatFirstThrows);
            assertThatThrownBy(third::join)
                    .hasMessage("Job 'test/third' #" + third.id() + " FAILED: " + whatFirstThrows)
                    .cause()
                    .hasMessageStartingWith("Job 'test/second' #")
                    .cause()
                    .hasMessageStartingWith("Job 'test/first' #")
                    .hasCause(failure);
            assertThatThrownBy(() -> third.await().valueOrThrow()).hasMessage("A job failed: " + whatFirstThrows);
        }
    }

    /// All children fail at the same time; the first cancels none that still waits at the door.
    @Test
    void join_ofBranch_countsLaterFailures_beyondThoseThatAreSuppressed() throws Exception {
        int children = 20;
        var hold = new Door();
        try (var jobs = open()) {
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var running = new ArrayList<Door>();
                for (int i = 0; i < children; i++) {
                    var runs = new Door();
                    running.add(runs);
                    scope.spawn("child", () -> {
                        runs.open();
                        hold.passIgnoringInterrupts();
                        throw new IllegalStateException("broken");
                    });
                }
                for (var runs : running) {
                    runs.pass();
                }
                hold.open();
                return 1;
            });
            var first = Outcomes.failure(branch);
            assertThat(first.getSuppressed()).hasSize(16);
            assertThatThrownBy(branch::join)
                    .hasMessage("Job 'test/branch' #" + branch.id()
                            + " FAILED: java.lang.IllegalStateException: broken"
                            + " (the first failure; 19 later, at most 16 of them suppressed on it)")
                    .hasCause(first);
        }
        assertThat(failures.failures()).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void join_ofCancelledJob_namesTheReason_andWhereItBegan() throws Exception {
        var held = Held.body();
        var children = new ArrayList<Job<?>>();
        try (var jobs = open()) {
            Job<String> branch = jobs.spawn("orders", scope -> {
                children.add(scope.spawn("page", held));
                held.awaitStarted();
                return scope.spawn("other", Held.body()).join();
            });
            held.awaitStarted();
            branch.cancel();
            assertThatThrownBy(branch::join)
                    .isInstanceOf(JobCancelledException.class)
                    .hasMessage("Job 'test/orders' #" + branch.id() + " CANCELLED was cancelled");
            assertThatThrownBy(children.getFirst()::join)
                    .isInstanceOf(JobCancelledException.class)
                    .hasMessage("Job 'test/orders/page' #" + children.getFirst().id()
                            + " CANCELLED was cancelled with the job above it; it began with test/orders #"
                            + branch.id());
        }
    }

    @Test
    void join_ofSiblingOfAFailure_andOfAClosedJob_sayWhy() throws Exception {
        var held = Held.body();
        var siblings = new ArrayList<Job<?>>();
        var jobs = open();
        Job<String> branch = jobs.spawn("branch", scope -> {
            siblings.add(scope.spawn("sibling", held));
            siblings.add(scope.spawn("failing", () -> {
                held.awaitStarted();
                throw new IllegalStateException("broken");
            }));
            return "spawned";
        });
        Outcomes.failure(branch);
        assertThatThrownBy(siblings.getFirst()::join)
                .hasMessage("Job 'test/branch/sibling' #" + siblings.getFirst().id()
                        + " CANCELLED was cancelled because a sibling failed; it began with test/branch/failing #"
                        + siblings.getLast().id());
        var closed = jobs.spawn("closed", Held.body());
        jobs.close(Duration.ZERO);
        assertThatThrownBy(closed::join)
                .hasMessage("Job 'test/closed' #" + closed.id()
                        + " CANCELLED was cancelled because its scheduler was closed");
    }

    @Test
    void join_thatTimesOut_andAJobThatDoes_nameJobAndTime() throws Exception {
        var held = Held.body();
        try (var jobs = open()) {
            var slow = jobs.spawn("slow", held);
            held.awaitStarted();
            assertThatThrownBy(() -> slow.join(Duration.ofMillis(1)))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("Job 'test/slow' #" + slow.id() + " RUNNING is not done after PT0.001S; it goes on");
            held.release();
            var late = jobs.spawn(JobOptions.named("late").withTimeout(Duration.ofMillis(5)), Held.body());
            assertThat(Outcomes.failure(late))
                    .isInstanceOf(JobTimeoutException.class)
                    .message()
                    .startsWith("Job 'test/late' #" + late.id())
                    .endsWith("timed out after PT0.005S");
            assertThat(List.of(slow.join())).containsExactly("done");
        }
    }
}
