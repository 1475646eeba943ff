package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName(
        "R8: a cancelled pending job leaves the queue at once, and is CANCELLED as soon as its observers have heard")
final class Rule08PendingCancelTest {
    private final Door hold = new Door();
    private final Door ending = new Door();
    private final Door mayEnd = new Door();
    private final List<Job<?>> ended = new CopyOnWriteArrayList<>();

    @AfterEach
    void letGo() {
        hold.open();
        mayEnd.open();
    }

    /// Options with an observer that holds the end of jobs called `pending`.
    private SchedulerOptions options() {
        return TestOptions.limit(1).withObserver(new Hooks().onEnded((job, outcome) -> {
                    if (job.name().equals("pending")) {
                        ending.open();
                        mayEnd.passIgnoringInterrupts();
                    }
                    ended.add(job);
                }));
    }

    private void holder(JobScope scope) throws InterruptedException {
        var running = new Door();
        scope.spawn("holder", () -> {
            running.open();
            hold.passIgnoringInterrupts();
        });
        running.pass();
    }

    @EachThreadKind
    void pendingJob_thatNobodyObserves_isCancelledAtOnce() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1));
                AutoCloseable _ = this::letGo) {
            holder(jobs);
            var pending = jobs.spawn("pending", () -> 1);
            assertThat(pending.cancel()).isTrue();
            assertThat(pending.state()).isEqualTo(JobState.CANCELLED);
            assertThat(pending.isDone()).isTrue();
            assertThat(jobs.pendingCount()).isZero();
            assertThat(jobs.contains(pending)).isFalse();
            hold.open();
        }
    }

    @EachThreadKind
    void pendingJob_leavesTheQueueAtOnce_thoughItsObserverHasNotHeard() throws Exception {
        try (var jobs = Scheduler.open(options().withPendingLimit(1));
                AutoCloseable _ = this::letGo) {
            holder(jobs);
            var ran = new AtomicInteger();
            var pending = jobs.spawn("pending", ran::incrementAndGet);
            assertThat(Within.call(pending::cancel)).isTrue();
            assertThat(jobs.pendingCount()).isZero();
            var next = jobs.trySpawn(JobOptions.named("next"), () -> 2);
            assertThat(next).as("there is room").isPresent();
            ending.pass();
            assertThat(pending.isDone()).isFalse();
            assertThat(pending.outcome()).isEmpty();
            hold.open();
            assertThat(Within.outcome(next.orElseThrow())).isEqualTo(new Outcome.Succeeded<>(2));
            mayEnd.open();
            assertThat(Within.outcome(pending)).isInstanceOf(Outcome.Cancelled.class);
            assertThat(ran).hasValue(0);
            assertThat(ended).contains(pending);
        }
    }

    @EachThreadKind
    void spawnerThatWaitsForRoom_goesOn_thoughTheObserverOfTheCancelledJobHasNotHeard() throws Exception {
        try (var jobs = Scheduler.open(options().withPendingLimit(1));
                AutoCloseable _ = this::letGo) {
            holder(jobs);
            var pending = jobs.spawn("pending", () -> 1);
            var spawner = Actor.start(() -> jobs.spawn("late", () -> 2)).awaitParked();
            Within.call(pending::cancel);
            var late = spawner.result();
            assertThat(late.isDone()).isFalse();
            mayEnd.open();
            hold.open();
            assertThat(Within.outcome(late)).isEqualTo(new Outcome.Succeeded<>(2));
        }
    }

    @EachThreadKind
    void pendingJob_isWaitedForWithItsObservers_byWhoJoinsIt() throws Exception {
        try (var jobs = Scheduler.open(options());
                AutoCloseable _ = this::letGo) {
            holder(jobs);
            var pending = jobs.spawn("pending", () -> 1);
            var joiner = Actor.start(pending::join).awaitParked();
            Within.call(pending::cancel);
            ending.pass();
            assertThat(joiner.isOver()).isFalse();
            mayEnd.open();
            assertThat(joiner.thrown()).isInstanceOf(JobCancelledException.class);
            assertThat(ended).contains(pending);
            hold.open();
        }
    }

    @EachThreadKind
    void pendingJob_whoseTimeoutRunsOut_leavesTheQueueAtOnce() throws Exception {
        try (var jobs = Scheduler.open(options().withPendingLimit(1).withFailureHandler((job, failure) -> {}));
                AutoCloseable _ = this::letGo) {
            holder(jobs);
            var pending = jobs.spawn(JobOptions.named("pending").withTimeout(Duration.ofMillis(50)), () -> 1);
            ending.pass();
            assertThat(jobs.pendingCount()).isZero();
            assertThat(jobs.trySpawn(JobOptions.named("next"), () -> 2)).isPresent();
            assertThat(pending.isDone()).isFalse();
            mayEnd.open();
            assertThat(Within.outcome(pending)).isInstanceOf(Outcome.Failed.class);
            hold.open();
        }
    }

    /// The place of the job ahead must not be spent on one that is cancelled.
    @EachThreadKind
    void cancelledJobs_inNumbers_areAllOutOfTheQueue_beforeTheirObserversHaveHeard() throws Exception {
        try (var jobs = Scheduler.open(options().withPendingLimit(100));
                AutoCloseable _ = this::letGo) {
            holder(jobs);
            var cancelled = new ArrayList<Job<?>>();
            for (var i = 0; i < 100; i++) {
                cancelled.add(jobs.spawn("pending", () -> 1));
            }
            Within.run(() -> cancelled.forEach(Job::cancel));
            assertThat(jobs.pendingCount()).isZero();
            var next = jobs.spawn("next", () -> 2);
            hold.open();
            assertThat(Within.outcome(next)).isEqualTo(new Outcome.Succeeded<>(2));
            mayEnd.open();
            for (var job : cancelled) {
                assertThat(Within.outcome(job)).isInstanceOf(Outcome.Cancelled.class);
            }
            assertThat(ended).containsAll(cancelled);
        }
    }

    @EachThreadKind
    void cancelOfTheScope_returnsAtOnce_thoughAnObserverOfAPendingJobHangs() throws Exception {
        try (var jobs = Scheduler.open(options());
                AutoCloseable _ = this::letGo) {
            var interrupted = new Door();
            var running = new Door();
            var runs = jobs.spawn("runs", () -> {
                running.open();
                try {
                    hold.pass();
                } catch (InterruptedException e) {
                    interrupted.open();
                }
            });
            running.pass();
            jobs.spawn("pending", () -> 1);
            jobs.spawn("pending", () -> 1);
            Within.run(jobs::cancel);
            interrupted.pass();
            assertThat(Within.outcome(runs)).isInstanceOf(Outcome.Cancelled.class);
            mayEnd.open();
        }
    }

    @Test
    void runningJob_isInterruptedOnce_whoeverCancelsItAtOnce() throws Exception {
        for (var turn = 0; turn < 10; turn++) {
            var interrupts = new AtomicInteger();
            var running = new Door();
            var release = new Door();
            var start = new Door();
            try (var jobs = Scheduler.open(TestOptions.limit(1).withFailureHandler((job, failure) -> {}));
                    AutoCloseable _ = this::letGo) {
                Job<Integer> branch = jobs.spawn("branch", scope -> {
                    scope.spawn(JobOptions.named("child").withTimeout(Duration.ofMillis(60)), () -> {
                        running.open();
                        interrupts.set(release.passIgnoringInterrupts());
                    });
                    return 1;
                });
                var cancellers = new ArrayList<Actor<Integer>>();
                for (var i = 0; i < 6; i++) {
                    var number = i;
                    cancellers.add(Actor.start(ThreadKind.ofTurn(i), () -> {
                        start.pass();
                        switch (number % 3) {
                            case 0 -> branch.cancel();
                            case 1 -> jobs.cancel();
                            default -> branch.children().forEach(Job::cancel);
                        }
                        return 1;
                    }));
                }
                var ran = !running.staysShut();
                start.open();
                for (var canceller : cancellers) {
                    canceller.result();
                }
                Within.isTrue(() -> branch.state() == JobState.CANCELLING || branch.isDone());
                release.open();
                Within.outcome(branch);
                assertThat(interrupts.get()).isLessThanOrEqualTo(1);
                assertThat(ran || interrupts.get() == 0).isTrue();
            }
        }
    }

    /// The hook before the body and the one after it are code of the job too.
    @Test
    void cancelledJob_isNotDone_whileItsHooksRun() throws Exception {
        var stopping = new Door();
        var options = TestOptions.limit(2).withObserver(new Hooks().onStopped(job -> {
                    stopping.open();
                    mayEnd.passIgnoringInterrupts();
                }));
        try (var jobs = Scheduler.open(options);
                AutoCloseable _ = this::letGo) {
            var job = jobs.spawn("job", () -> {});
            stopping.pass();
            job.cancel();
            assertThat(job.isDone()).isFalse();
            assertThat(job.cancelAndJoin(TestOptions.SHORT)).isFalse();
            assertThat(jobs.jobs()).containsExactly(job);
            mayEnd.open();
            Within.outcome(job);
        }
    }

    /// Its thread may be about to start it when it is cancelled.
    @Tag("slow")
    @Test
    void jobThatNeverRuns_isNeverSeenToHaveStarted() throws Exception {
        var options = TestOptions.unlimited().withObserver(new Hooks().onEnded((job, outcome) -> {}));
        try (var jobs = Scheduler.open(options)) {
            int neverRan = 0;
            for (int i = 0; i < 30_000; i++) {
                var job = jobs.spawn("job", () -> 1);
                for (int spins = i % 64; spins > 0; spins--) {
                    Thread.onSpinWait();
                }
                job.cancel();
                boolean seen = false;
                for (int looks = 0; looks < 50; looks++) {
                    seen |= job.startedAt().isPresent();
                }
                job.await();
                if (job.startedAt().isEmpty()) {
                    assertThat(seen).isFalse();
                    neverRan++;
                }
            }
            assertThat(neverRan).isPositive();
        }
    }
}
