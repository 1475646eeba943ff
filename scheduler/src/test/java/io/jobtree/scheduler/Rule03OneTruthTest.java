package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The observer holds the end of one job, and so makes the moment long in which a parent or a close could be early.
@Timeout(30)
@DisplayName(
        "R3: there is one truth for over: a parent or close is never over before a child, whoever ended that child")
final class Rule03OneTruthTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final Door ending = new Door();
    private final Door mayEnd = new Door();
    private final Door hold = new Door();

    @AfterEach
    void letGo() {
        mayEnd.open();
        hold.open();
    }

    /// Options with an observer that holds the end of jobs called `child`.
    private SchedulerOptions options() {
        return TestOptions.unlimited().withFailureHandler(failures).withObserver(new Hooks().onEnded((job, outcome) -> {
                    if (job.name().equals("child")) {
                        ending.open();
                        mayEnd.passIgnoringInterrupts();
                    }
                }));
    }

    /// Who ends a child that is pending.
    enum End {
        CANCEL,
        CANCEL_OF_FUTURE,
        CANCEL_AND_JOIN,
        DEADLINE
    }

    private static void end(Job<?> job, End how) throws Exception {
        switch (how) {
            case CANCEL -> job.cancel();
            case CANCEL_OF_FUTURE -> job.toCompletableFuture().cancel(true);
            case CANCEL_AND_JOIN -> job.cancelAndJoin(Duration.ZERO);
            case DEADLINE -> {}
        }
    }

    private static void assertNotOver(Job<?> job) throws Exception {
        assertThat(job.isDone()).isFalse();
        assertThat(job.outcome()).isEmpty();
        assertThat(job.state()).isNotIn(JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED);
        assertThatThrownBy(() -> job.join(TestOptions.SHORT)).isInstanceOf(TimeoutException.class);
        assertThat(job.toCompletableFuture()).isNotDone();
    }

    /// A parent whose body is over, with a running child and a pending one that is called `child`.
    private Job<Integer> parent(Scheduler jobs, CompletableFuture<Job<?>> child, End end) throws Exception {
        var options = JobOptions.named("child");
        var timed = end == End.DEADLINE ? options.withTimeout(Duration.ofMillis(100)) : options;
        Job<Integer> parent =
                jobs.spawn(JobOptions.named("parent").withChildLimit(1).withSupervision(), scope -> {
                    scope.spawn("holder", hold::passIgnoringInterrupts);
                    child.complete(scope.spawn(timed, () -> {}));
                    return 1;
                });
        child.join();
        return parent;
    }

    @ParameterizedTest
    @EnumSource
    void parent_isNotDone_beforeAPendingChildThatAnotherThreadEnds(End end) throws Exception {
        for (var kind : ThreadKind.values()) {
            var turn = new Rule03OneTruthTest();
            try {
                turn.assertParentWaits(kind, end);
            } finally {
                turn.letGo();
            }
        }
    }

    private void assertParentWaits(ThreadKind kind, End end) throws Exception {
        var jobs = Scheduler.open(options());
        var child = new CompletableFuture<Job<?>>();
        var parent = parent(jobs, child, end);
        var canceller = Actor.start(kind, () -> {
            end(child.join(), end);
            return 1;
        });
        ending.pass();
        hold.open();
        assertNotOver(child.join());
        assertNotOver(parent);
        assertThat(parent.children()).contains(child.join());
        mayEnd.open();
        assertThat(Within.outcome(parent)).isEqualTo(new Outcome.Succeeded<>(1));
        assertThat(child.join().isDone()).isTrue();
        canceller.result();
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void close_isNotOver_beforeAPendingJobThatAnotherThreadEnds(End end) throws Exception {
        var jobs = Scheduler.open(options().withLimit(1));
        jobs.spawn("holder", hold::passIgnoringInterrupts);
        var options = JobOptions.named("child");
        var child = jobs.spawn(end == End.DEADLINE ? options.withTimeout(Duration.ofMillis(100)) : options, () -> {});
        var canceller = Actor.start(() -> {
            end(child, end);
            return 1;
        });
        ending.pass();
        hold.open();
        var closed = new Door();
        var closer = Actor.start(() -> {
            var left = jobs.close(TestOptions.LONG);
            closed.open();
            return left;
        });
        assertThat(closed.staysShut()).as("a job's observer has not heard").isTrue();
        assertNotOver(child);
        assertThat(jobs.jobs()).contains(child);
        mayEnd.open();
        assertThat(closer.result()).isEmpty();
        assertThat(child.isDone()).isTrue();
        canceller.result();
    }

    @EachThreadKind
    void close_afterItsTimeouts_returnsThePendingJobWhoseObserverHasNotHeard() throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = Scheduler.open(options().withLimit(1).withCloseTimeout(Duration.ofMillis(200)));
            var running = new Door();
            jobs.spawn("holder", () -> {
                running.open();
                hold.pass();
            });
            running.pass();
            var child = jobs.spawn("child", () -> {});
            var left = Within.call(() -> jobs.close(Duration.ZERO));
            assertThat(child.isDone()).isFalse();
            assertThat(left).contains(child);
            assertThat(log.containing("test/child")).isNotEmpty();
            mayEnd.open();
            assertThat(Within.outcome(child)).isInstanceOf(Outcome.Cancelled.class);
        }
    }

    /// So that its scope refuses the child that is being spawned.
    private static JobObserver cancelsTheParent() {
        return new Hooks().onSpawned(job -> {
            if (job.name().equals("child")) {
                job.parent().orElseThrow().cancel();
            }
        });
    }

    @Test
    void parent_isNotDone_beforeTheObserversOfAChildThatItsScopeRefused() throws Exception {
        try (var jobs = Scheduler.open(options().withObserver(cancelsTheParent()));
                AutoCloseable _ = this::letGo) {
            var parent = jobs.spawn("parent", scope -> {
                scope.spawn("child", () -> {});
            });
            ending.pass();
            assertNotOver(parent);
            mayEnd.open();
            assertThat(Within.outcome(parent)).isInstanceOf(Outcome.Cancelled.class);
        }
    }

    @Test
    void close_afterItsTimeouts_returnsTheRefusedChildWhoseObserverHasNotHeard() throws Exception {
        try (var log = new RecordedLog()) {
            var jobs =
                    Scheduler.open(options().withObserver(cancelsTheParent()).withCloseTimeout(Duration.ofMillis(200)));
            jobs.spawn("parent", scope -> {
                scope.spawn("child", () -> {});
            });
            ending.pass();
            assertThat(Within.call(() -> jobs.close(Duration.ZERO)))
                    .extracting(Job::path)
                    .containsExactly("test/parent/child");
            assertThat(log.containing("test/parent/child")
                            .getFirst()
                            .getThrown()
                            .getStackTrace())
                    .as("where the hook stands")
                    .anyMatch(frame -> frame.getMethodName().equals("passIgnoringInterrupts"));
            mayEnd.open();
        }
    }

    @EachThreadKind
    void outcome_ofARunningJob_isNotToBeHad_beforeItsObserversHaveHeard() throws Exception {
        try (var jobs = Scheduler.open(options());
                AutoCloseable _ = this::letGo) {
            Job<Integer> parent = jobs.spawn("parent", scope -> {
                scope.spawn("child", () -> 2);
                return 1;
            });
            ending.pass();
            var child = parent.children().getFirst();
            assertNotOver(child);
            assertNotOver(parent);
            assertThat(child.tree().toString()).contains("child");
            mayEnd.open();
            assertThat(Within.outcome(parent)).isEqualTo(new Outcome.Succeeded<>(1));
            assertThat(child.outcome().orElseThrow()).isEqualTo(new Outcome.Succeeded<>(2));
        }
    }

    @EachThreadKind
    void outcome_ofASchedulersJob_isNotToBeHad_beforeItsObserversHaveHeard() throws Exception {
        try (var jobs = Scheduler.open(options());
                AutoCloseable _ = this::letGo) {
            var job = jobs.spawn("child", () -> 2);
            ending.pass();
            assertNotOver(job);
            assertThat(jobs.jobs()).containsExactly(job);
            assertThat(jobs.contains(job)).isTrue();
            mayEnd.open();
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(2));
        }
    }

    /// The second observer hears after the first; the job waits for both.
    @Test
    void outcome_waitsForTheLastOfSeveralObservers() throws Exception {
        var heard = new AtomicBoolean();
        var options = options().withObserver(new Hooks().onEnded((job, outcome) -> heard.set(true)));
        try (var jobs = Scheduler.open(options);
                AutoCloseable _ = this::letGo) {
            var job = jobs.spawn("child", () -> 2);
            ending.pass();
            assertNotOver(job);
            mayEnd.open();
            job.join();
            assertThat(heard).isTrue();
        }
    }

    @Test
    void failureOfAChild_hasReachedItsParent_beforeTheChildIsDone() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited().withFailureHandler(failures));
                AutoCloseable _ = this::letGo) {
            for (var turn = 0; turn < 100; turn++) {
                var child = new CompletableFuture<Job<?>>();
                var go = new Door();
                Job<Integer> parent = jobs.spawn("parent", scope -> {
                    child.complete(scope.spawn("child", () -> {
                        go.pass();
                        throw new IllegalStateException("on purpose");
                    }));
                    hold.pass();
                    return 1;
                });
                var one = child.join();
                go.open();
                while (!one.isDone()) {
                    Thread.onSpinWait();
                }
                assertThat(parent.state()).isNotEqualTo(JobState.RUNNING);
                assertThat(Within.outcome(parent)).isInstanceOf(Outcome.Failed.class);
            }
        }
    }

    @Test
    void failureOfAPendingChild_byItsTimeout_hasReachedItsParent_beforeTheChildIsDone() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited().withFailureHandler(failures));
                AutoCloseable _ = this::letGo) {
            for (var turn = 0; turn < 50; turn++) {
                var child = new CompletableFuture<Job<?>>();
                Job<Integer> parent = jobs.spawn(JobOptions.named("parent").withChildLimit(1), scope -> {
                    scope.spawn("holder", hold::pass);
                    child.complete(scope.spawn(JobOptions.named("child").withTimeout(Duration.ofMillis(1)), () -> {}));
                    hold.pass();
                    return 1;
                });
                var one = child.join();
                while (!one.isDone()) {
                    Thread.onSpinWait();
                }
                assertThat(parent.state()).isNotEqualTo(JobState.RUNNING);
                var failure = ((Outcome.Failed<?>) one.outcome().orElseThrow()).failure();
                assertThat(Within.outcome(parent)).isEqualTo(new Outcome.Failed<>(failure));
            }
        }
    }

    /// The body returns while the child's timeout runs out: whatever the order, no failure is lost.
    @Test
    void failFastParent_ofAChildWithATinyTimeout_neverLosesTheFailure() throws Exception {
        assertNoFailureIsLost(3_000);
    }

    @Tag("full")
    @Test
    void failFastParents_inNumbers_neverLoseTheFailureOfAChildWithATinyTimeout() throws Exception {
        assertNoFailureIsLost(30_000);
    }

    private void assertNoFailureIsLost(int rounds) throws Exception {
        var random = new Random(3);
        var lost = new ArrayList<String>();
        try (var jobs = Scheduler.open(TestOptions.unlimited().withFailureHandler(failures));
                AutoCloseable _ = this::letGo) {
            for (var turn = 0; turn < rounds; turn++) {
                var timeout = Duration.ofNanos(random.nextInt(30_000));
                var child = new AtomicReference<Job<?>>();
                Job<Integer> parent = jobs.spawn("parent", scope -> {
                    child.set(scope.spawn(JobOptions.named("child").withTimeout(timeout), () -> {}));
                    return 1;
                });
                var outcome = parent.await();
                if (!child.get().isDone()) {
                    lost.add("parent done, child not");
                } else if (child.get().state() == JobState.FAILED && !(outcome instanceof Outcome.Failed<?>)) {
                    lost.add("child " + child.get() + " in " + outcome);
                }
            }
        }
        assertThat(lost).isEmpty();
        // A parent that fails before it is waited for is the handler's.
        assertThat(failures.reports()).noneMatch(report -> report.job().name().equals("child"));
    }

    /// What cancels a child from outside while its parent ends.
    enum Cancel {
        OF_JOB,
        OF_SCOPE,
        OF_PARENT,
        OF_SCHEDULER
    }

    @ParameterizedTest
    @EnumSource
    void parent_andClose_areNeverOverBeforeAChild_thatIsCancelledMeanwhile(Cancel cancel) throws Exception {
        List<Job<?>> below = new CopyOnWriteArrayList<>();
        var jobs = Scheduler.open(TestOptions.unlimited().withObserver(new Hooks()));
        for (var turn = 0; turn < 100; turn++) {
            below.clear();
            var scopes = new CompletableFuture<JobScope>();
            Job<Integer> parent = jobs.spawn(JobOptions.named("parent").withSupervision(), scope -> {
                scopes.complete(scope);
                for (var i = 0; i < 3; i++) {
                    below.add(scope.spawn("child", () -> {}));
                }
                return 1;
            });
            var canceller = Actor.start(ThreadKind.ofTurn(turn), () -> {
                switch (cancel) {
                    case OF_JOB -> below.forEach(Job::cancel);
                    case OF_SCOPE -> scopes.join().cancel();
                    case OF_PARENT -> parent.cancel();
                    case OF_SCHEDULER -> jobs.cancel();
                }
                return 1;
            });
            parent.await();
            assertThat(below).allMatch(Job::isDone);
            assertThat(parent.children()).isEmpty();
            canceller.result();
            if (turn % 20 == 0) {
                assertThat(jobs.jobs()).isEmpty();
            }
        }
        var last = new ArrayList<Job<?>>();
        for (var i = 0; i < 1_000; i++) {
            last.add(jobs.spawn("child", () -> {}));
        }
        var canceller = Actor.start(() -> {
            jobs.cancel();
            return 1;
        });
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
        assertThat(last).allMatch(Job::isDone);
        canceller.result();
    }

    /// Whoever looks all the time sees the states in the order of the picture, and none of them twice.
    @Test
    void states_ofAFailingBranch_neverGoBack() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited().withFailureHandler(failures))) {
            for (var turn = 0; turn < 100; turn++) {
                Job<Integer> branch = jobs.spawn("branch", scope -> {
                    scope.spawn("fails", () -> {
                        throw new IllegalStateException("on purpose");
                    });
                    new Door().pass();
                    return 1;
                });
                var seen = new ArrayList<JobState>();
                while (!branch.isDone()) {
                    var state = branch.state();
                    if (seen.isEmpty() || seen.getLast() != state) {
                        seen.add(state);
                    }
                }
                assertThat(seen).isSorted();
                assertThat(branch.state()).isEqualTo(JobState.FAILED);
            }
        }
    }

    /// A scheduler without unfinished jobs has none whose outcome is not there.
    @Test
    void schedulerWithoutJobs_hasOnlyDoneOnes() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(2).withoutPendingLimit());
                AutoCloseable _ = this::letGo) {
            for (var turn = 0; turn < 200; turn++) {
                var all = new ArrayList<Job<?>>();
                for (var i = 0; i < 5; i++) {
                    all.add(jobs.spawn("job", () -> {}));
                }
                all.getLast().cancel();
                while (!jobs.jobs().isEmpty()) {
                    Thread.onSpinWait();
                }
                assertThat(all).allMatch(Job::isDone);
            }
        }
    }
}
