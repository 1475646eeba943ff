package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.engine.EngineView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R11: at the pending limit spawn waits and trySpawn gives empty; an interrupted spawner is rejected")
final class Rule11PendingLimitTest {
    private final Set<Job<?>> spawned = ConcurrentHashMap.newKeySet();
    private final AtomicInteger ended = new AtomicInteger();
    private final Door hold = new Door();

    /// A scheduler with one running and one pending job, which is full.
    private Scheduler full() throws InterruptedException {
        var jobs = Scheduler.open(TestOptions.limit(1)
                .withPendingLimit(1)
                .withObserver(new Hooks().onSpawned(spawned::add).onEnded((job, outcome) -> ended.incrementAndGet())));
        var running = new Door();
        jobs.spawn("holder", () -> {
            running.open();
            hold.passIgnoringInterrupts();
        });
        running.pass();
        jobs.spawn("pending", () -> {});
        return jobs;
    }

    @EachThreadKind
    void trySpawn_whenFull_isEmptyAndTheBodyNeverRuns() throws Exception {
        try (var jobs = full()) {
            var ran = new AtomicBoolean();
            for (var i = 0; i < 10; i++) {
                assertThat(jobs.trySpawn(JobOptions.named("refused"), () -> ran.getAndSet(true)))
                        .isEmpty();
            }
            assertThat(jobs.pendingCount()).isEqualTo(1);
            hold.open();
            jobs.close(TestOptions.LONG);
            assertThat(ran).isFalse();
        }
    }

    @EachThreadKind
    void trySpawn_belowTheLimits_spawns() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1).withPendingLimit(1))) {
            var job = jobs.trySpawn(JobOptions.named("job"), () -> 1).orElseThrow();
            assertSucceeded(job, 1);
            assertThat(job.name()).isEqualTo("job");
        }
    }

    @EachThreadKind
    void trySpawn_onUnlimitedScope_alwaysSpawns() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            for (var i = 0; i < 100; i++) {
                assertThat(jobs.trySpawn(JobOptions.named("holds"), () -> hold.passIgnoringInterrupts()))
                        .isPresent();
            }
            hold.open();
        }
    }

    @EachThreadKind
    void spawn_whenFull_waitsUntilAPlaceIsFree() throws Exception {
        try (var jobs = full()) {
            var spawner = Actor.start(() -> jobs.spawn("late", () -> 2)).awaitParked();
            assertThat(spawner.isOver()).isFalse();
            assertThat(jobs.pendingCount()).isEqualTo(1);
            hold.open();
            assertSucceeded(spawner.result(), 2);
        }
    }

    @EachThreadKind
    void spawn_whenFull_goesOnWhenAPendingJobIsCancelled() throws Exception {
        try (var jobs = full()) {
            var spawner = Actor.start(() -> jobs.spawn("late", () -> 2)).awaitParked();
            var pending = jobs.jobs().getLast();
            assertThat(pending.cancel()).isTrue();
            var late = spawner.result();
            assertThat(late.state()).isEqualTo(JobState.PENDING);
            hold.open();
            assertSucceeded(late, 2);
        }
    }

    @EachThreadKind
    void spawnersInNumbers_whenFull_allGoOnInTheEnd() throws Exception {
        try (var jobs = full()) {
            var spawners = new ArrayList<Actor<Job<Integer>>>();
            for (var i = 0; i < 20; i++) {
                var number = i;
                spawners.add(Actor.start(() -> jobs.spawn("late", () -> number)));
            }
            spawners.forEach(Actor::awaitParked);
            assertThat(jobs.pendingCount()).isEqualTo(1);
            hold.open();
            for (var i = 0; i < spawners.size(); i++) {
                assertSucceeded(spawners.get(i).result(), i);
            }
        }
    }

    @EachThreadKind
    void spawn_interruptedWhileItWaits_isRejected_keepsTheFlag_andNeverRuns() throws Exception {
        try (var jobs = full()) {
            var ran = new AtomicBoolean();
            var keptFlag = new AtomicBoolean();
            var spawner = Actor.start(() -> {
                        try {
                            return jobs.spawn("late", () -> ran.set(true));
                        } finally {
                            keptFlag.set(Thread.currentThread().isInterrupted());
                        }
                    })
                    .awaitParked();
            spawner.interrupt();
            assertThat(spawner.thrown()).isInstanceOf(RejectedExecutionException.class);
            assertThat(keptFlag).isTrue();
            assertThat(jobs.pendingCount()).isEqualTo(1);
            assertThat(jobs.activeCount()).isEqualTo(1);
            assertThat(jobs.jobs()).hasSize(2);
            hold.open();
            jobs.close(TestOptions.LONG);
            assertThat(ran).isFalse();
            assertThat(ended).as("each spawned job has ended").hasValue(spawned.size());
        }
    }

    @EachThreadKind
    void spawn_withTheFlagSetBefore_isRejectedWhenItWouldWait_andSpawnsWhenNot() throws Exception {
        var flagged = Actor.start(() -> {
            try (var roomy = Scheduler.open(TestOptions.limit(1))) {
                Thread.currentThread().interrupt();
                var job = roomy.spawn("job", () -> 1);
                assertThat(Thread.interrupted()).isTrue();
                return job.join();
            }
        });
        assertThat(flagged.result()).isEqualTo(1);
        try (var jobs = full()) {
            var rejected = Actor.start(() -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> jobs.spawn("late", () -> 1)).isInstanceOf(RejectedExecutionException.class);
                return Thread.currentThread().isInterrupted();
            });
            assertThat(rejected.result()).isTrue();
            hold.open();
        }
    }

    @EachThreadKind
    void spawn_byJobThatIsCancelledWhileItWaits_isRejected() throws Exception {
        try (var jobs = full();
                var other = Scheduler.open(TestOptions.unlimited())) {
            var rejected = new AtomicBoolean();
            var spawner = other.spawn("spawner", () -> {
                try {
                    jobs.spawn("late", () -> {});
                } catch (RejectedExecutionException expected) {
                    rejected.set(true);
                }
            });
            Awaitility.await().until(() -> spawner.thread().isPresent());
            Actor.awaitParked(spawner.thread().orElseThrow());
            spawner.cancel();
            assertCancelled(spawner, CancelReason.REQUESTED);
            assertThat(rejected).isTrue();
            hold.open();
        }
    }

    @EachThreadKind
    void waitingSpawners_whenClosingBegins_areAllRejected() throws Exception {
        var ran = new AtomicBoolean();
        var jobs = full();
        var spawners = new ArrayList<Actor<Job<Boolean>>>();
        for (var i = 0; i < 10; i++) {
            spawners.add(Actor.start(ThreadKind.ofTurn(i), () -> jobs.spawn("late", () -> ran.getAndSet(true))));
        }
        spawners.forEach(Actor::awaitParked);
        var closer = Actor.start(() -> jobs.close(Duration.ofSeconds(20)));
        for (var spawner : spawners) {
            assertThat(spawner.thrown()).isInstanceOf(RejectedExecutionException.class);
        }
        assertThat(closer.isOver()).as("the holder still runs").isFalse();
        hold.open();
        assertThat(closer.result()).isEmpty();
        assertThat(ran).isFalse();
        assertThat(ended).as("each spawned job has ended").hasValue(spawned.size());
    }

    /// R15: while it drains its own jobs still spawn.
    @EachThreadKind
    void jobThatWaitsForRoom_whenClosingBegins_goesOnWaiting() throws Exception {
        var jobs = Scheduler.open(TestOptions.limit(1).withPendingLimit(1));
        var spawner = spawnerBelowAHolder(jobs);
        var other = Actor.start(() -> jobs.spawn("other", () -> 1)).awaitParked();
        var closer = Actor.start(() -> jobs.close(Duration.ofSeconds(20)));
        assertThat(other.thrown()).isInstanceOf(RejectedExecutionException.class);
        assertThat(spawner.isDone()).isFalse();
        hold.open();
        assertSucceeded(spawner, 1);
        assertThat(closer.result()).isEmpty();
    }

    @EachThreadKind
    void jobThatWaitsForRoom_whenJobsAreCancelled_isRejected() throws Exception {
        var jobs = Scheduler.open(TestOptions.limit(1).withPendingLimit(1));
        var spawner = spawnerBelowAHolder(jobs);
        var closer = Actor.start(() -> jobs.close(Duration.ZERO));
        assertCancelled(spawner, CancelReason.CLOSED);
        hold.open();
        assertThat(closer.result()).isEmpty();
    }

    /// A job without a limit of its own, below the one that runs: it spawns one job more than there is room for.
    private Job<Integer> spawnerBelowAHolder(Scheduler jobs) throws Exception {
        var spawner = new CompletableFuture<Job<Integer>>();
        jobs.spawn("holder", scope -> {
            spawner.complete(scope.spawn("spawner", () -> {
                jobs.spawn("pending", () -> {});
                return jobs.spawn("late", () -> 1).join();
            }));
            hold.passIgnoringInterrupts();
        });
        Within.isParked(spawner.join());
        return spawner.join();
    }

    @Test
    void withoutPendingLimit_spawnNeverWaits() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1).withoutPendingLimit())) {
            jobs.spawn("holder", hold::pass);
            var ran = new AtomicInteger();
            for (var i = 0; i < 20_000; i++) {
                jobs.spawn("job", () -> ran.incrementAndGet());
            }
            assertThat(jobs.pendingCount()).isBetween(20_000, 20_001);
            hold.open();
            jobs.close(TestOptions.LONG);
            assertThat(ran).hasValue(20_000);
        }
    }

    @Test
    void pendingLimit_underManySpawners_isNeverExceeded() throws Exception {
        var most = new AtomicInteger();
        var ran = new AtomicInteger();
        try (var jobs = Scheduler.open(TestOptions.limit(2).withPendingLimit(3))) {
            var actors = new ArrayList<Actor<Integer>>();
            for (var a = 0; a < 8; a++) {
                actors.add(Actor.start(ThreadKind.ofTurn(a), () -> {
                    for (var i = 0; i < 200; i++) {
                        jobs.spawn("job", () -> {
                            most.accumulateAndGet(jobs.pendingCount(), Math::max);
                            ran.incrementAndGet();
                        });
                    }
                    return 0;
                }));
            }
            for (var actor : actors) {
                actor.result();
            }
        }
        assertThat(ran).hasValue(1_600);
        assertThat(most.get()).isLessThanOrEqualTo(3);
    }

    /// Room that comes free only after close has begun is not for a spawner from outside.
    @EachThreadKind
    void room_thatComesFreeOnceCloseHasBegun_isNoOutsiders() throws Exception {
        for (int round = 0; round < 50; round++) {
            var jobs = Scheduler.open(TestOptions.limit(1).withPendingLimit(1));
            var gate = EngineView.gate(jobs);
            var mayEnd = new Door();
            jobs.spawn("holder", mayEnd::pass);
            jobs.spawn("pending", () -> {});
            var spawner = Actor.start(() -> jobs.spawn("outsider", () -> 1)).awaitParked();
            Actor<List<Job<?>>> closer;
            try (var _ = EngineView.lock(gate)) {
                closer = Actor.start(ThreadKind.PLATFORM, () -> jobs.close(TestOptions.LONG));
                Actor.awaitPolling(closer.thread());
                // Both the closer and the holder try for the lock.
                mayEnd.open();
            }
            assertThatThrownBy(spawner::result).isInstanceOf(RejectedExecutionException.class);
            assertThat(closer.result()).isEmpty();
        }
    }

    /// A thread of a user's class, which is asked whether it is interrupted.
    private static class Broken extends Thread {
        volatile boolean isBroken;

        Broken(Runnable task) {
            super(task);
        }

        @Override
        public boolean isInterrupted() {
            if (isBroken) {
                throw new IllegalStateException("by the test");
            }
            return super.isInterrupted();
        }
    }

    @Test
    void spawner_whoseThreadThrows_takesNoRoom() throws Exception {
        var hold = new Door();
        try (var jobs = Scheduler.open(TestOptions.limit(1).withPendingLimit(1))) {
            jobs.spawn("holder", hold::pass);
            var pending = jobs.spawn("pending", () -> {});
            var thrown = new CompletableFuture<Throwable>();
            var spawner = new Broken(() -> {
                try {
                    jobs.spawn("waits", () -> {});
                } catch (Throwable expected) {
                    thrown.complete(expected);
                }
            });
            spawner.isBroken = true;
            spawner.start();
            assertThat(thrown.get(10, TimeUnit.SECONDS)).isExactlyInstanceOf(IllegalStateException.class);
            pending.cancel();
            assertThat(jobs.trySpawn("next", () -> {})).isPresent();
            hold.open();
        }
    }

    @Test
    void joiner_whoseThreadThrows_doesNotClaimTheFailure() throws Exception {
        var hold = new Door();
        var failures = new RecordedFailures();
        try (var jobs = Scheduler.open(TestOptions.limit(1).withFailureHandler(failures))) {
            var job = jobs.spawn("fails", () -> {
                hold.pass();
                throw new IllegalStateException("on purpose");
            });
            var thrown = new CompletableFuture<Throwable>();
            var joiner = new Broken(() -> {
                try {
                    job.join();
                } catch (Throwable expected) {
                    thrown.complete(expected);
                }
            });
            joiner.isBroken = true;
            joiner.start();
            assertThat(thrown.get(10, TimeUnit.SECONDS)).hasMessage("by the test");
            hold.open();
            assertThat(failures.await(1)).hasSize(1);
        }
    }

    /// It is asked when it has been woken, which is when the outcome has come.
    @Test
    void joiner_whoseThreadThrowsOnceTheOutcomeHasCome_getsIt() throws Exception {
        var hold = new Door();
        try (var jobs = Scheduler.open(TestOptions.limit(1).withFailureHandler(new RecordedFailures()))) {
            var job = jobs.spawn("fails", () -> {
                hold.pass();
                throw new IllegalStateException("on purpose");
            });
            var thrown = new CompletableFuture<Throwable>();
            var joiner =
                    new Broken(() -> {
                        try {
                            job.join();
                        } catch (Throwable expected) {
                            thrown.complete(expected);
                        }
                    }) {
                        // Asked before it parks: it ends the job that it is about to wait for.
                        @Override
                        public boolean isInterrupted() {
                            EngineView.awaitDelivery(job, hold::open);
                            return super.isInterrupted();
                        }
                    };
            joiner.isBroken = true;
            joiner.start();
            assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(JobFailedException.class);
        }
    }
}
