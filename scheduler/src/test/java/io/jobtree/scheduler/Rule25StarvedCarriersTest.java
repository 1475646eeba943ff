package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.engine.EngineView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Virtual threads that yield to each other keep all carriers: one that is woken from outside waits until they end. A
/// lock that it is to have next would keep everybody behind it waiting too.
@Timeout(60)
@DisplayName("R25: no call on a platform thread, and no deadline, waits for a virtual thread that gets no carrier")
final class Rule25StarvedCarriersTest {
    private static final JobOptions TIMED = JobOptions.named("timed").withTimeout(Duration.ofHours(1));
    private static final JobOptions DUE = JobOptions.named("due").withTimeout(Duration.ofNanos(1));

    /// What virtual threads do all the time, and platform threads do some times. No job runs for it.
    enum Call {
        SPAWN(1_000),
        SPAWN_WITH_A_TIMEOUT(1_000),
        LET_A_DEADLINE_COME(30),
        OPEN_AND_CLOSE(300);

        final int rounds;

        Call(int rounds) {
            this.rounds = rounds;
        }

        void make(Scheduler jobs) {
            switch (this) {
                case SPAWN -> jobs.spawn("pending", () -> {}).cancel();
                case SPAWN_WITH_A_TIMEOUT -> jobs.spawn(TIMED, () -> {}).cancel();
                case LET_A_DEADLINE_COME -> {
                    // What is told of its failure is told on a virtual thread, which may be late.
                    var job = jobs.spawn(DUE, () -> {});
                    while (job.state() == JobState.PENDING) {
                        LockSupport.parkNanos(10_000);
                    }
                }
                case OPEN_AND_CLOSE -> Scheduler.open("short").close(Duration.ZERO);
            }
        }
    }

    private volatile boolean going;
    private volatile boolean over;

    @ParameterizedTest
    @EnumSource
    void call_onAPlatformThread_comesBack(Call call) throws Exception {
        assertComesBack(call, TestOptions.limit(1).withFailureHandler((job, failure) -> {}));
    }

    @Test
    void spawn_onAPlatformThread_ofWhatAnObserverThrowsFor_comesBack() throws Exception {
        try (var _ = new RecordedLog()) {
            assertComesBack(Call.SPAWN, TestOptions.limit(1).withObserver(new Hooks().onSpawned(job -> {
                        throw new IllegalStateException("by the test");
                    })));
        }
    }

    private void assertComesBack(Call call, SchedulerOptions options) throws Exception {
        var hold = new Door();
        try (var jobs = Scheduler.open(options)) {
            jobs.spawn("holder", hold::pass);
            var yielding = new ArrayList<Thread>();
            for (int i = 0; i < 8 * Runtime.getRuntime().availableProcessors(); i++) {
                boolean calls = i % 2 == 0;
                yielding.add(startYielding(() -> {
                    if (calls) {
                        call.make(jobs);
                    }
                }));
            }
            going = true;
            yielding.forEach(LockSupport::unpark);
            var callers = new ArrayList<Actor<Integer>>();
            for (int i = 0; i < 4; i++) {
                callers.add(Actor.start(ThreadKind.PLATFORM, () -> {
                    int rounds = 0;
                    for (; rounds < call.rounds; rounds++) {
                        call.make(jobs);
                    }
                    return rounds;
                }));
            }
            try {
                for (var caller : callers) {
                    assertThat(Within.call(caller::result)).isEqualTo(call.rounds);
                }
            } finally {
                over = true;
            }
            for (var thread : yielding) {
                thread.join();
            }
            hold.open();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck")
    private Thread startYielding(Runnable step) throws InterruptedException {
        var started = new CountDownLatch(1);
        var thread = Thread.startVirtualThread(() -> {
            started.countDown();
            while (!going) {
                LockSupport.park(this);
            }
            while (!over) {
                step.run();
                Thread.yield();
            }
        });
        started.await();
        return thread;
    }

    /// A platform thread may be of a user's class, whose own `interrupt` does more.
    @Test
    void interruptOfASpawner_thatWaitsForALock_runsNoCodeOfItsClassThere() throws Exception {
        var hold = new Door();
        try (var jobs = Scheduler.open(TestOptions.limit(1).withPendingLimit(1))) {
            var gate = EngineView.gate(jobs);
            jobs.spawn("holder", hold::pass);
            jobs.spawn("pending", () -> {});
            var spawner = new InterruptedByItself(() -> jobs.trySpawn("refused", () -> {}));
            try (var _ = EngineView.lock(gate)) {
                spawner.start();
                Actor.awaitPolling(spawner);
                spawner.interrupt();
            }
            spawner.join();
            assertThat(spawner.byItself).hasValue(0);
            assertThat(Within.call(() -> jobs.trySpawn("refused", () -> {}))).isEmpty();
            hold.open();
        }
    }

    private static final class InterruptedByItself extends Thread {
        final AtomicInteger byItself = new AtomicInteger();

        InterruptedByItself(Runnable task) {
            super(task);
        }

        @Override
        public void interrupt() {
            super.interrupt();
            if (Thread.currentThread() == this) {
                byItself.incrementAndGet();
                throw new IllegalStateException("by the test");
            }
        }
    }

    /// What a user of one carrier waits for on the main thread, while virtual threads yield to each other.
    enum Wait {
        FAILED_BRANCH,
        CLOSE_BEHIND_A_VIRTUAL_ONE,
        FUTURE
    }

    private static final String PROGRAM = """
            import io.jobtree.scheduler.*;
            import java.time.Duration;
            import java.util.concurrent.*;
            import java.util.function.BooleanSupplier;
            public class Program {
                static volatile boolean jobOver;
                static final CountDownLatch READY = new CountDownLatch(2);
                static final CountDownLatch GO = new CountDownLatch(1);
                static final CountDownLatch YIELDING = new CountDownLatch(3);

                public static void main(String[] args) throws Exception {
                    switch (System.getProperty("wait")) {
                        case "FAILED_BRANCH" -> failedBranch();
                        case "CLOSE_BEHIND_A_VIRTUAL_ONE" -> closeBehindAVirtualOne();
                        case "FUTURE" -> future();
                    }
                    System.out.println("came back");
                    Runtime.getRuntime().halt(0);
                }

                /// Threads that one of them wakes stand in its carrier's queue: two of those leave nothing to others.
                static void keepTheCarrier() throws Exception {
                    Thread.startVirtualThread(() -> yieldWhile(() -> true));
                    READY.await();
                    Thread.startVirtualThread(() -> {
                        GO.countDown();
                        yieldWhile(() -> true);
                    });
                    YIELDING.await();
                }

                static void yieldWhile(BooleanSupplier goesOn) {
                    READY.countDown();
                    try {
                        GO.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    YIELDING.countDown();
                    while (goesOn.getAsBoolean()) {
                        Thread.yield();
                    }
                }

                static Integer job() {
                    yieldWhile(() -> !jobOver);
                    return 7;
                }

                /// One fails while its siblings look for an interrupt, and yield.
                static void failedBranch() throws Exception {
                    var jobs = Scheduler.open(SchedulerOptions.named("jobs").withoutLimit());
                    var branch = jobs.spawn("branch", (BranchAction) scope -> {
                        var ready = new CountDownLatch(6);
                        var start = new CountDownLatch(1);
                        for (int i = 0; i < 6; i++) {
                            scope.spawn("yields", () -> {
                                ready.countDown();
                                start.await();
                                while (!Thread.currentThread().isInterrupted()) {
                                    Thread.yield();
                                }
                            });
                        }
                        scope.spawn("fails", () -> {
                            ready.await();
                            start.countDown();
                            for (int i = 0; i < 10_000; i++) {
                                Thread.yield();
                            }
                            throw new IllegalStateException("on purpose");
                        });
                    });
                    branch.await();
                }

                static void awaitWaiting(Thread thread) {
                    while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
                        Thread.onSpinWait();
                    }
                }

                static void closeBehindAVirtualOne() throws Exception {
                    var jobs = Scheduler.open("jobs");
                    jobs.spawn("job", Program::job);
                    var leader = Thread.ofPlatform().start(() -> jobs.close(Duration.ofHours(1)));
                    awaitWaiting(leader);
                    awaitWaiting(Thread.ofVirtual().start(() -> jobs.close(Duration.ofHours(1))));
                    var last = Thread.ofPlatform().start(() -> jobs.close(Duration.ofHours(1)));
                    awaitWaiting(last);
                    keepTheCarrier();
                    jobOver = true;
                    leader.join();
                    last.join();
                }

                static void future() throws Exception {
                    var jobs = Scheduler.open("jobs");
                    var job = jobs.spawn("job", Program::job);
                    var future = job.toCompletableFuture();
                    keepTheCarrier();
                    jobOver = true;
                    job.join();
                    future.get();
                }
            }
            """;

    @ParameterizedTest
    @EnumSource
    void wait_onAPlatformThread_comesBack_whereTheOnlyCarrierIsKept(Wait wait, @TempDir Path directory)
            throws Exception {
        var run = ForkedJvm.run(
                directory,
                PROGRAM,
                "-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                "-Dwait=" + wait);
        assertThat(run.output()).contains("came back");
    }
}
