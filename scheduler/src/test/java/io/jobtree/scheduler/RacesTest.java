package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Races, each forced in both orders where a hook can hold it, and then run freely many times.
final class RacesTest {
    private static final int TURNS = 1_000;
    private static final int RETURNS = 30_000;

    /// About as long as it takes from a spawn to the end of a trivial job.
    private static final int SPINS = 400;

    private final RecordedFailures failures = new RecordedFailures();
    private final AtomicInteger spawned = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    private SchedulerOptions options() {
        return TestOptions.limit(2)
                .withFailureHandler(failures)
                .withObserver(new Hooks()
                        .onSpawned(job -> spawned.incrementAndGet())
                        .onEnded((job, outcome) -> ended.incrementAndGet()));
    }

    @AfterEach
    void everyJobHasEndedOnce_andNothingElseFailed() {
        assertThat(ended).hasValue(spawned.get());
        // A cancelled branch may find its scope dead, and let that escape.
        assertThat(failures.failures()).hasOnlyElementsOfType(RejectedExecutionException.class);
    }

    private static <T> Actor<T> race(int turn, Door start, Callable<T> body) {
        return Actor.start(ThreadKind.ofTurn(turn), () -> {
            start.pass();
            return body.call();
        });
    }

    // Cancel against start.

    @EachThreadKind
    void cancel_beforeStart_keepsTheBodyFromRunning() throws Exception {
        var ran = new AtomicBoolean();
        var began = new AtomicReference<Boolean>();
        var options = options().withObserver(new Hooks().onSpawned(job -> began.set(job.cancel())));
        try (var jobs = Scheduler.open(options)) {
            var job = jobs.spawn("job", () -> ran.set(true));
            assertCancelled(job, CancelReason.REQUESTED);
            assertThat(job.startedAt()).isEmpty();
        }
        assertThat(began).hasValue(true);
        assertThat(ran).isFalse();
    }

    @EachThreadKind
    void cancel_duringStart_cancelsTheJob_andItsHooksArePaired() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        var kind = ThreadKind.current();
        var options = options()
                .withObserver(new Hooks()
                        .onStarting(job -> {
                            heard.add("starting");
                            assertThat(unchecked(Actor.start(kind, job::cancel)))
                                    .isTrue();
                        })
                        .onStopped(job -> heard.add("stopped"))
                        .onEnded((job, outcome) -> heard.add("ended")));
        try (var jobs = Scheduler.open(options)) {
            var job = jobs.spawn("job", () -> new Door().pass());
            assertCancelled(job, CancelReason.REQUESTED);
        }
        assertThat(heard).containsExactly("starting", "stopped", "ended");
    }

    private static <T> T unchecked(Actor<T> actor) {
        while (true) {
            try {
                return actor.result();
            } catch (InterruptedException cancelled) {
                // The flag stays for the body to see.
                return interrupted(actor);
            } catch (Exception wrong) {
                throw new AssertionError(wrong);
            }
        }
    }

    private static <T> T interrupted(Actor<T> actor) {
        try {
            return actor.result();
        } catch (Exception wrong) {
            throw new AssertionError(wrong);
        } finally {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void cancel_racingStart_alwaysCancels_andABodyThatRanWasInterrupted() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            for (var turn = 0; turn < TURNS; turn++) {
                var interrupted = new AtomicBoolean();
                var ran = new AtomicBoolean();
                var job = jobs.spawn("job", () -> {
                    ran.set(true);
                    try {
                        new Door().pass();
                    } catch (InterruptedException expected) {
                        interrupted.set(true);
                    }
                });
                for (var i = 0; i < turn; i++) {
                    Thread.onSpinWait();
                }
                assertThat(job.cancel()).isTrue();
                assertCancelled(job, CancelReason.REQUESTED);
                assertThat(interrupted.get()).isEqualTo(ran.get());
                assertThat(job.startedAt().isPresent() || !ran.get()).isTrue();
            }
        }
    }

    // Cancel against completion.

    @EachThreadKind
    void cancel_justAfterTheBody_winsExactlyIfItSaysSo() throws Exception {
        var kind = ThreadKind.current();
        var began = new AtomicReference<Boolean>();
        var options = options()
                .withObserver(new Hooks().onStopped(job -> began.set(unchecked(Actor.start(kind, job::cancel)))));
        try (var jobs = Scheduler.open(options)) {
            var job = jobs.spawn("job", () -> 1);
            assertThat(outcome(job) instanceof Outcome.Cancelled<?>).isEqualTo(began.get());
        }
    }

    @EachThreadKind
    void cancel_whenTheOutcomeIsKnown_isFalse() throws Exception {
        var kind = ThreadKind.current();
        var began = new AtomicReference<Boolean>();
        var options = options()
                .withObserver(new Hooks()
                        .onEnded((job, outcome) -> began.set(unchecked(Actor.start(kind, job::cancel)))));
        try (var jobs = Scheduler.open(options)) {
            assertSucceeded(jobs.spawn("job", () -> 1), 1);
            assertThat(began).hasValue(false);
        }
    }

    @Test
    void cancel_racingCompletion_isTrueExactlyIfTheJobIsCancelled() throws Exception {
        var won = 0;
        try (var jobs = Scheduler.open(options())) {
            for (var turn = 0; turn < TURNS; turn++) {
                var go = new Door();
                var branch = turn % 2 == 0;
                var job = branch
                        ? jobs.<Integer>spawn("branch", scope -> {
                            scope.spawn("child", () -> go.isOpen());
                            return 1;
                        })
                        : jobs.spawn("job", () -> go.isOpen() ? 1 : 2);
                if (turn % 3 == 0) {
                    outcome(job);
                }
                for (var i = 0; i < turn; i++) {
                    Thread.onSpinWait();
                }
                var began = job.cancel();
                assertThat(outcome(job) instanceof Outcome.Cancelled<?>).isEqualTo(began);
                won += began ? 1 : 0;
            }
        }
        assertThat(won).isLessThanOrEqualTo(TURNS - TURNS / 3);
    }

    /// Such a job goes from RUNNING to its end in one step.
    @Tag("slow")
    @Test
    void cancel_racingTheReturn_ofAJobThatNobodyWatches_isTrueExactlyIfItIsCancelled() throws Exception {
        var random = new Random(1);
        var won = 0;
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            for (var turn = 0; turn < RETURNS; turn++) {
                var job = jobs.spawn("job", () -> 1);
                for (var spins = random.nextInt(SPINS); spins > 0; spins--) {
                    Thread.onSpinWait();
                }
                var began = job.cancel();
                assertThat(outcome(job) instanceof Outcome.Cancelled<?>).isEqualTo(began);
                assertThat(job.thread()).isEmpty();
                won += began ? 1 : 0;
            }
        }
        assertThat(won).isBetween(1, RETURNS - 1);
    }

    @Test
    void cancellers_inNumbers_exactlyOneBeginsIt() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            for (var turn = 0; turn < TURNS / 5; turn++) {
                var start = new Door();
                var job = jobs.spawn("job", () -> new Door().pass());
                var cancellers = new ArrayList<Actor<Boolean>>();
                for (var i = 0; i < 4; i++) {
                    cancellers.add(race(i, start, job::cancel));
                }
                start.open();
                var begun = 0;
                for (var canceller : cancellers) {
                    begun += canceller.result() ? 1 : 0;
                }
                assertThat(begun).isEqualTo(1);
                assertCancelled(job, CancelReason.REQUESTED);
            }
        }
    }

    // Cancel against close.

    @EachThreadKind
    void cancel_beforeClose_isRequested_andAfterItClosed() throws Exception {
        for (var cancelFirst : List.of(true, false)) {
            var jobs = Scheduler.open(options());
            var hold = new Door();
            var running = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                hold.passIgnoringInterrupts();
            });
            running.pass();
            if (cancelFirst) {
                assertThat(job.cancel()).isTrue();
            }
            var closer = Actor.start(() -> jobs.close(Duration.ZERO));
            Awaitility.await().until(() -> job.state() == JobState.CANCELLING);
            Awaitility.await().until(jobs::isClosed);
            assertThat(job.cancel()).isFalse();
            hold.open();
            assertThat(closer.result()).isEmpty();
            assertCancelled(job, cancelFirst ? CancelReason.REQUESTED : CancelReason.CLOSED);
        }
    }

    @Test
    void cancel_racingClose_givesTheReasonOfTheOneThatBegan() throws Exception {
        for (var turn = 0; turn < TURNS / 5; turn++) {
            var jobs = Scheduler.open(options());
            var running = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                new Door().pass();
            });
            running.pass();
            var start = new Door();
            var canceller = race(turn, start, job::cancel);
            var closer = race(turn / 2, start, () -> jobs.close(Duration.ZERO));
            start.open();
            var began = canceller.result();
            assertThat(closer.result()).isEmpty();
            assertCancelled(job, began ? CancelReason.REQUESTED : CancelReason.CLOSED);
        }
    }

    // Close against close.

    @Test
    void closers_racing_allReturnWhenItIsOver() throws Exception {
        for (var turn = 0; turn < TURNS / 5; turn++) {
            var jobs = Scheduler.open(options());
            var job = jobs.spawn("job", () -> 1);
            var start = new Door();
            var closers = new ArrayList<Actor<Boolean>>();
            for (var i = 0; i < 3; i++) {
                var wait = i == 2 ? Duration.ZERO : TestOptions.LONG;
                closers.add(race(i, start, () -> jobs.close(wait).isEmpty() && job.isDone()));
            }
            start.open();
            for (var closer : closers) {
                assertThat(closer.result()).isTrue();
            }
        }
    }

    @EachThreadKind
    void closers_oneAfterTheOtherHasBegun_bothReturnWhenItIsOver() throws Exception {
        var jobs = Scheduler.open(options());
        var hold = new Door();
        var job = jobs.spawn("job", hold::pass);
        var first = Actor.start(() -> jobs.close(TestOptions.LONG).isEmpty() && job.isDone());
        Awaitility.await().until(jobs::isClosed);
        var second = Actor.start(() -> jobs.close(TestOptions.LONG).isEmpty() && job.isDone())
                .awaitParked();
        first.awaitParked();
        hold.open();
        assertThat(first.result()).isTrue();
        assertThat(second.result()).isTrue();
    }
}
