package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// An interrupt of a waiter against its wake-up, each forced in both orders where a hook can hold it, and then run
/// freely many times.
final class WaiterRacesTest {
    private static final int TURNS = 1_000;

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
    void everyJobHasEndedOnce_andNothingFailed() {
        assertThat(ended).hasValue(spawned.get());
        assertThat(failures.reports()).isEmpty();
    }

    // Interrupt of a waiter against its wake-up.

    @EachThreadKind
    void interrupt_beforeTheWait_throwsAtOnce_unlessTheJobIsDone() throws Exception {
        try (var jobs = Scheduler.open(options())) {
            var hold = new Door();
            var job = jobs.spawn("job", () -> {
                hold.pass();
                return 1;
            });
            var waiter = Actor.start(() -> {
                Thread.currentThread().interrupt();
                return job.join();
            });
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            hold.open();
            assertSucceeded(job, 1);
        }
    }

    @Test
    void interrupt_racingTheWakeUpOfAJoin_isThrownOrLeftInTheFlag() throws Exception {
        var woken = 0;
        try (var jobs = Scheduler.open(options())) {
            for (var turn = 0; turn < TURNS; turn++) {
                var hold = new Door();
                var job = jobs.spawn("job", () -> {
                    hold.pass();
                    return 1;
                });
                var waiter = Actor.start(ThreadKind.ofTurn(turn), () -> {
                    try {
                        assertThat(job.join()).isEqualTo(1);
                        return !Thread.currentThread().isInterrupted();
                    } catch (InterruptedException expected) {
                        assertThat(Thread.currentThread().isInterrupted()).isFalse();
                        return false;
                    }
                });
                if (turn % 3 == 0) {
                    hold.open();
                    assertThat(waiter.result()).isTrue();
                    woken++;
                } else {
                    var opener = Actor.start(ThreadKind.ofTurn(turn), () -> {
                        hold.open();
                        return 0;
                    });
                    waiter.interrupt();
                    opener.result();
                    waiter.result();
                }
                assertSucceeded(job, 1);
            }
        }
        assertThat(woken).isPositive();
    }

    @Test
    void interrupt_racingTheWakeUpOfAWaitingJob_losesNoPlace() throws Exception {
        try (var jobs = Scheduler.open(options().withLimit(1))) {
            for (var turn = 0; turn < TURNS; turn++) {
                var joined = new AtomicReference<Job<?>>();
                var waits = jobs.spawn("waits", () -> {
                    var other = jobs.spawn("joined", () -> 1);
                    joined.set(other);
                    try {
                        return other.join();
                    } catch (InterruptedException allowed) {
                        return 1;
                    }
                });
                for (var i = 0; i < turn; i++) {
                    Thread.onSpinWait();
                }
                if (turn % 2 == 0) {
                    waits.thread().ifPresent(Thread::interrupt);
                } else {
                    waits.cancel();
                }
                outcome(waits);
                var other = joined.get();
                if (other != null) {
                    assertSucceeded(other, 1);
                }
                assertSucceeded(jobs.spawn("the place is free", () -> 2), 2);
            }
        }
    }

    @Tag("slow")
    @Test
    void interrupt_racingTheWakeUpOfASpawner_isRejectionOrSpawn() throws Exception {
        for (var turn = 0; turn < TURNS / 5; turn++) {
            var hold = new Door();
            var ran = new AtomicInteger();
            try (var jobs = Scheduler.open(options().withLimit(1).withPendingLimit(1))) {
                jobs.spawn("holder", hold::pass);
                jobs.spawn("pending", () -> {});
                var flagKept = new AtomicBoolean();
                var spawner = Actor.start(ThreadKind.ofTurn(turn), () -> {
                            try {
                                return jobs.spawn("late", () -> ran.incrementAndGet()) != null;
                            } catch (RejectedExecutionException interrupted) {
                                return false;
                            } finally {
                                flagKept.set(Thread.currentThread().isInterrupted());
                            }
                        })
                        .awaitParked();
                if (turn % 2 == 0) {
                    hold.open();
                    spawner.interrupt();
                } else {
                    spawner.interrupt();
                    hold.open();
                }
                var wasSpawned = spawner.result();
                assertThat(wasSpawned || flagKept.get()).isTrue();
                jobs.close(TestOptions.LONG);
                assertThat(ran).hasValue(wasSpawned ? 1 : 0);
                assertThat(jobs.pendingCount()).isZero();
            }
        }
    }
}
