package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.engine.EngineView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
        "R15: what still runs after close is reported once per job, with its stack, to handler and log, and returned")
final class Rule15StragglersTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final Door hold = new Door();

    private Scheduler open() {
        return Scheduler.open(
                TestOptions.limit(3).withFailureHandler(failures).withCloseTimeout(Duration.ofMillis(50)));
    }

    @AfterEach
    void letGo() {
        hold.open();
    }

    private Job<?> straggler(JobScope scope) throws InterruptedException {
        var running = new Door();
        var job = scope.spawn("straggler", () -> {
            wouldNotStop(running);
        });
        running.pass();
        return job;
    }

    private void wouldNotStop(Door running) {
        running.open();
        hold.passIgnoringInterrupts();
    }

    /// The body is over; the job's own thread waits for the one that calls the observer, if it does not do that itself.
    @EachThreadKind
    void straggler_whoseObserverWouldNotReturn_isReportedWithThatStack() throws Exception {
        var options = TestOptions.limit(3)
                .withFailureHandler(failures)
                .withCloseTimeout(Duration.ofMillis(50))
                .withObserver(job -> new JobObservation() {
                    @Override
                    public void cancelling(CancelReason reason, Optional<Job<?>> origin) {
                        wouldNotStop(new Door());
                    }
                });
        try (var _ = new RecordedLog()) {
            var jobs = Scheduler.open(options);
            var running = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                new Door().pass();
            });
            running.pass();
            jobs.cancel();
            Within.isTrue(() -> job.thread().isEmpty());
            assertThat(jobs.close(Duration.ZERO)).hasSize(1);
            assertThat(reportsOf(job).getFirst().failure().getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals("wouldNotStop"));
            hold.open();
            job.await();
        }
    }

    /// The body and its child are over; the job's thread waits for that of the child.
    @EachThreadKind
    void straggler_thatWaitsForTheHandlerOfAChild_isReportedWithThatStack() throws Exception {
        var entered = new Door();
        var options = TestOptions.unlimited()
                .withCloseTimeout(Duration.ofMillis(50))
                .withFailureHandler((job, failure) -> {
                    failures.onFailure(job, failure);
                    if (job.name().equals("fails")) {
                        wouldNotStop(entered);
                    }
                });
        try (var _ = new RecordedLog()) {
            var jobs = Scheduler.open(options);
            var branch = jobs.spawn(JobOptions.named("branch").withSupervision(), (BranchAction) scope -> {
                scope.spawn("fails", () -> {
                    throw new IllegalStateException("on purpose");
                });
            });
            entered.pass();
            assertThat(jobs.close(Duration.ZERO)).containsExactly(branch);
            assertThat(failures.failures().getLast())
                    .isInstanceOf(StragglerException.class)
                    .satisfies(late -> assertThat(late.getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals("wouldNotStop")));
        }
    }

    @EachThreadKind
    void straggler_isReturned_andReportedOnceWithItsStack() throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = open();
            var job = straggler(jobs);
            var quick = jobs.spawn("quick", () -> new Door().pass());
            var before = System.nanoTime();
            List<Job<?>> survivors = jobs.close(Duration.ZERO);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
            assertThat(survivors).contains(job);
            assertThat(job.isDone()).isFalse();
            assertThat(job.state()).isEqualTo(JobState.CANCELLING);
            assertCancelled(quick, CancelReason.CLOSED);
            // On a busy machine the other one may need more than the time too.
            var reports = reportsOf(job);
            assertThat(reports).hasSize(1);
            assertThat(reports.getFirst().failure())
                    .isInstanceOf(StragglerException.class)
                    .hasMessageContaining("test/straggler")
                    .satisfies(e -> assertThat(e.getStackTrace())
                            .anyMatch(frame -> frame.getMethodName().equals("wouldNotStop")));
            assertThat(log.containing("test/straggler")).hasSize(1);
            assertThat(log.containing("test/straggler").getFirst().getThrown().getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals("wouldNotStop"));
            hold.open();
            assertCancelled(job, CancelReason.CLOSED);
            assertThat(reportsOf(job)).hasSize(1);
        }
    }

    private List<RecordedFailures.Report> reportsOf(Job<?> job) {
        return failures.reports().stream()
                .filter(report -> report.job().equals(job))
                .toList();
    }

    @EachThreadKind
    void straggler_isNotReportedAgain_whenClosedAgain() throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = open();
            var job = straggler(jobs);
            assertThat(jobs.close(Duration.ZERO)).containsExactly(job);
            jobs.close(Duration.ZERO);
            jobs.close();
            assertThat(failures.reports()).hasSize(1);
            assertThat(log.containing("test/straggler")).hasSize(1);
        }
    }

    @EachThreadKind
    void stragglerBelow_isReportedOnce() throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = open();
            var childOf = new CompletableFuture<Job<?>>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                childOf.complete(straggler(scope));
                return 1;
            });
            var child = childOf.join();
            var survivors = jobs.close(Duration.ZERO);
            assertThat(survivors).contains(child).doesNotHaveDuplicates();
            assertThat(failures.reports())
                    .extracting(RecordedFailures.Report::job)
                    .contains(child)
                    .doesNotHaveDuplicates();
            assertThat(log.containing("test/branch/straggler")).isNotEmpty();
            hold.open();
            assertCancelled(branch, CancelReason.CLOSED);
        }
    }

    @EachThreadKind
    void concurrentClosers_reportEachStragglerOnce() throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = open();
            var job = straggler(jobs);
            var a = Actor.start(() -> jobs.close(Duration.ZERO));
            var b = Actor.start(() -> jobs.close(Duration.ZERO));
            var c = Actor.start(() -> jobs.close(TestOptions.SHORT));
            a.result();
            b.result();
            c.result();
            assertThat(failures.reports())
                    .extracting(RecordedFailures.Report::job)
                    .containsExactly(job);
            assertThat(log.containing("test/straggler")).hasSize(1);
        }
    }

    @Test
    void survivors_cannotBeChanged() throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = open();
            var job = straggler(jobs);
            var survivors = jobs.close(Duration.ZERO);
            assertThatThrownBy(() -> survivors.remove(job)).isInstanceOf(UnsupportedOperationException.class);
            assertThat(log.records()).isNotEmpty();
        }
    }

    @EachThreadKind
    void close_whoseHandlerThrowsForAStraggler_stillReturnsIt() throws Exception {
        try (var log = new RecordedLog()) {
            var broken = new IllegalStateException("the handler is broken");
            var jobs = Scheduler.open(
                    TestOptions.limit(3).withCloseTimeout(Duration.ofMillis(20)).withFailureHandler((job, failure) -> {
                        throw broken;
                    }));
            var job = straggler(jobs);
            assertThat(jobs.close(Duration.ZERO)).containsExactly(job);
            assertThat(log.about(broken)).hasSize(1);
        }
    }

    @Test
    void wellBehavedJobsInNumbers_areNotReported() throws Exception {
        var jobs = Scheduler.open(
                TestOptions.unlimited().withFailureHandler(failures).withCloseTimeout(TestOptions.LONG));
        for (var i = 0; i < 5_000; i++) {
            jobs.spawn("sleeper", () -> new Door().pass());
        }
        assertThat(jobs.close(Duration.ZERO)).isEmpty();
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void straggler_thatEndsBeforeItIsReported_isNotReported() throws Exception {
        var reported = new CopyOnWriteArrayList<Job<?>>();
        var running = new Door();
        var holdLater = new Door();
        var jobs = new AtomicReference<Job<?>>();
        var scheduler = Scheduler.open(
                TestOptions.limit(3).withCloseTimeout(Duration.ofMillis(200)).withFailureHandler((job, failure) -> {
                    reported.add(job);
                    holdLater.open();
                    awaitEnd(jobs.get());
                }));
        var first = straggler(scheduler);
        jobs.set(scheduler.spawn("later", () -> {
            running.open();
            holdLater.passIgnoringInterrupts();
        }));
        running.pass();
        assertThat(scheduler.close(Duration.ZERO)).containsExactly(first);
        assertThat(reported).containsExactly(first);
    }

    private static void awaitEnd(Job<?> job) {
        try {
            job.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// A close does not wait for a canceller that is held up: here by the lock of a limit. What is cancelled after that
    /// ends all the same.
    @Test
    void pendingJob_thatIsCancelledOnlyAfterTheClose_ends() throws Exception {
        try (var _ = new RecordedLog()) {
            var files = Limit.of("files", 1);
            var jobs = Scheduler.open(TestOptions.unlimited()
                    .withCloseTimeout(Duration.ZERO)
                    .withFailureHandler(failures)
                    .withObserver(new Hooks()));
            var holder = jobs.spawn(JobOptions.named("holder").withSharedLimit(files), hold::passIgnoringInterrupts);
            var pending = jobs.spawn(JobOptions.named("pending").withSharedLimit(files), () -> 1);
            try (var _ = EngineView.lock(EngineView.sharedGate(pending))) {
                assertThat(jobs.close(Duration.ZERO)).contains(holder);
            }
            assertThat(Within.outcome(pending))
                    .isEqualTo(new Outcome.Cancelled<>(CancelReason.CLOSED, Optional.empty()));
            // Older than the pending one, and so cancelled after it.
            Within.isTrue(() -> holder.state() == JobState.CANCELLING);
            hold.open();
            assertCancelled(holder, CancelReason.CLOSED);
            assertThat(files.taken()).isZero();
        }
    }
}
