package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.engine.EngineView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R12: spawn racing close gives a RejectedExecutionException or a job that becomes done, never a third way")
final class Rule12SpawnRacingCloseTest {
    /// What may come of a spawn.
    private enum End {
        REJECTED,
        CANCELLED,
        RAN
    }

    private final AtomicInteger spawned = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    private SchedulerOptions options() {
        return TestOptions.limit(2)
                .withObserver(new Hooks()
                        .onSpawned(job -> spawned.incrementAndGet())
                        .onEnded((job, outcome) -> ended.incrementAndGet()));
    }

    private static End end(Callable<? extends Job<?>> spawn, AtomicInteger ran) throws Exception {
        Job<?> job;
        try {
            job = spawn.call();
        } catch (RejectedExecutionException expected) {
            assertThat(ran).hasValue(0);
            return End.REJECTED;
        }
        if (outcome(job) instanceof Outcome.Cancelled<?>(var reason, var origin)) {
            assertThat(reason).isEqualTo(CancelReason.CLOSED);
            assertThat(origin).isEmpty();
            return End.CANCELLED;
        }
        assertSucceeded(job, null);
        assertThat(ran).hasValue(1);
        return End.RAN;
    }

    @Test
    void spawn_racingClose_isRejectedOrBecomesDone() throws Exception {
        var ends = EnumSet.noneOf(End.class);
        for (var turn = 0; turn < 1_500; turn++) {
            var jobs = Scheduler.open(options());
            var ran = new AtomicInteger();
            var start = new Door();
            var closeFirst = turn % 3 == 0;
            var spawnFirst = turn % 3 == 1;
            var closed = new Door();
            var wait = turn % 2 == 0 ? Duration.ZERO : TestOptions.LONG;
            var didSpawn = new Door();
            var spawner = Actor.start(ThreadKind.ofTurn(turn / 2), () -> {
                (closeFirst ? closed : start).pass();
                return end(
                        () -> {
                            try {
                                return jobs.spawn("job", () -> {
                                    ran.incrementAndGet();
                                });
                            } finally {
                                didSpawn.open();
                            }
                        },
                        ran);
            });
            var closer = Actor.start(ThreadKind.ofTurn(turn / 4), () -> {
                (spawnFirst ? didSpawn : start).pass();
                var survivors = jobs.close(wait);
                closed.open();
                return survivors;
            });
            start.open();
            var end = spawner.result();
            ends.add(end);
            assertThat(closer.result()).isEmpty();
            if (closeFirst) {
                assertThat(end).isEqualTo(End.REJECTED);
            }
            if (spawnFirst) {
                assertThat(end).isNotEqualTo(End.REJECTED);
            }
            assertThat(jobs.jobs()).isEmpty();
        }
        assertThat(ends).contains(End.REJECTED, End.RAN);
        // Those that were refused hear of it on a thread of their own.
        Awaitility.await("each spawned job has ended")
                .untilAsserted(() -> assertThat(ended).hasValue(spawned.get()));
    }

    @EachThreadKind
    void close_whileSpawnIsUnderWay_leavesNoJobBehind() throws Exception {
        var inSpawn = new Door();
        var closing = new Door();
        var ran = new AtomicInteger();
        var jobs = Scheduler.open(options().withObserver(new Hooks().onSpawned(job -> {
                    inSpawn.open();
                    closing.passIgnoringInterrupts();
                })));
        var spawner = Actor.start(() -> end(
                () -> jobs.spawn("job", () -> {
                    ran.incrementAndGet();
                }),
                ran));
        inSpawn.pass();
        var closer = Actor.start(() -> jobs.close(TestOptions.LONG));
        Awaitility.await().until(jobs::isClosed);
        closing.open();
        assertThat(spawner.result()).isIn(End.REJECTED, End.RAN);
        assertThat(closer.result()).isEmpty();
        // Those that were refused hear of it on a thread of their own.
        Awaitility.await("each spawned job has ended")
                .untilAsserted(() -> assertThat(ended).hasValue(spawned.get()));
    }

    @EachThreadKind
    void close_waitsForWhatObserversHearOfARefusedSpawn() throws Exception {
        var inSpawn = new Door();
        var refused = new Door();
        var hold = new Door();
        var closer = new AtomicReference<Actor<?>>();
        var heard = new Door();
        var overBefore = new AtomicBoolean();
        var jobs = Scheduler.open(TestOptions.limit(2)
                .withObserver(new Hooks()
                        .onSpawned(job -> {
                            if (job.name().equals("late")) {
                                inSpawn.open();
                                refused.passIgnoringInterrupts();
                            }
                        })
                        .onEnded((job, outcome) -> {
                            if (job.name().equals("late")) {
                                hold.open();
                                Awaitility.await().until(() -> waitsForReports(closer.get()));
                                overBefore.set(closer.get().isOver());
                                heard.open();
                            }
                        })));
        var running = new Door();
        jobs.spawn("stubborn", () -> {
            running.open();
            hold.passIgnoringInterrupts();
        });
        running.pass();
        var spawner = Actor.start(() -> jobs.spawn("late", () -> 1));
        inSpawn.pass();
        closer.set(Actor.start(() -> jobs.close(Duration.ZERO)));
        Awaitility.await().until(() -> EngineView.isSealed(jobs));
        refused.open();

        assertThat(spawner.thrown()).isInstanceOf(RejectedExecutionException.class);
        assertThat(closer.get().result()).isEqualTo(List.of());
        heard.pass();
        assertThat(overBefore).isFalse();
    }

    private static boolean waitsForReports(Actor<?> closer) {
        // A virtual closer has a platform thread lead.
        return closer.isOver()
                || Stream.concat(
                                Stream.of(closer.thread().getStackTrace()),
                                Thread.getAllStackTraces().values().stream().flatMap(Stream::of))
                        .anyMatch(frame -> frame.getMethodName().equals("awaitReports"));
    }

    @EachThreadKind
    void spawn_afterClose_isRejected_withNameAndAdvice() throws Exception {
        var jobs = Scheduler.open(TestOptions.named("ingest"));
        jobs.close();
        assertThatThrownBy(() -> jobs.spawn("job", () -> 1))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("'ingest'")
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> jobs.trySpawn(JobOptions.named("job"), () -> 1))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> jobs.shield("job", () -> 1)).isInstanceOf(RejectedExecutionException.class);
        assertThat(spawned).hasValue(0);
    }

    @Test
    void spawnersInNumbers_racingClose_losesNoJob() throws Exception {
        for (var turn = 0; turn < 60; turn++) {
            var jobs = Scheduler.open(options().withPendingLimit(5));
            var start = new Door();
            var handles = new ArrayList<Actor<ArrayList<Job<?>>>>();
            for (var a = 0; a < 4; a++) {
                handles.add(Actor.start(ThreadKind.ofTurn(a), () -> {
                    var mine = new ArrayList<Job<?>>();
                    start.pass();
                    try {
                        while (true) {
                            mine.add(jobs.spawn("job", () -> {}));
                        }
                    } catch (RejectedExecutionException closed) {
                        return mine;
                    }
                }));
            }
            start.open();
            for (var i = 0; i < turn * 20; i++) {
                Thread.onSpinWait();
            }
            assertThat(jobs.close(turn % 2 == 0 ? Duration.ZERO : TestOptions.LONG))
                    .isEmpty();
            for (var handle : handles) {
                assertThat(handle.result()).allMatch(Job::isDone);
            }
        }
        // Those that were refused hear of it on a thread of their own.
        Awaitility.await("each spawned job has ended")
                .untilAsserted(() -> assertThat(ended).hasValue(spawned.get()));
    }
}
