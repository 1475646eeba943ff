package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.engine.EngineView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("R10: a waiter leaves when its time is over or it is cancelled, also while the job that it waits for ends")
final class WaiterLeavesTest {
    private final Door ending = new Door();
    private final Door hooksMayEnd = new Door();

    /// Options with an observer that holds the end of the job `slow`.
    private SchedulerOptions options(int limit) {
        return TestOptions.limit(limit).withObserver(new Hooks().onEnded((job, outcome) -> {
                    if (job.name().equals("slow")) {
                        ending.open();
                        hooksMayEnd.passIgnoringInterrupts();
                    }
                }));
    }

    @Test
    void cancelledWaiter_ofAJobWhoseObserverIsSlow_returnsAtOnce() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var held = Held.body();
            var slow = jobs.spawn("slow", held);
            var waiter = jobs.spawn("waiter", () -> slow.join());
            Actor.awaitParked(awaitThread(waiter));
            held.release();
            ending.pass();
            try {
                assertThat(waiter.cancelAndJoin(Duration.ofSeconds(10))).isTrue();
                assertThat(slow.isDone()).isFalse();
            } finally {
                hooksMayEnd.open();
            }
            assertThat(slow.join()).isEqualTo("done");
        }
    }

    /// Each waiter has to see its places asked for before it leaves, and who asks cannot go on: not for want of a
    /// carrier, and that must not become everybody's lot.
    @Tag("slow")
    @Test
    void interruptedWaiters_whilePlacesAreAskedFor_leaveCarriersToOthers() throws Exception {
        int waiters = 4 * Runtime.getRuntime().availableProcessors();
        try (var jobs = Scheduler.open(TestOptions.limit(waiters))) {
            var gate = EngineView.gate(jobs);
            var targets = Held.several(waiters);
            var joins = new ArrayList<Job<String>>();
            for (var target : targets) {
                joins.add(
                        jobs.spawn("waiter", () -> jobs.spawn("target", target).join()));
            }
            for (var target : targets) {
                target.awaitStarted();
            }
            var ending = jobs.jobs().stream()
                    .filter(job -> job.name().equals("target"))
                    .map(WaiterLeavesTest::awaitThread)
                    .toList();
            var pending = jobs.spawn("pending", () -> "ran");
            try (var _ = EngineView.lock(gate)) {
                targets.forEach(Held::release);
                ending.forEach(Actor::awaitPolling);
                joins.forEach(join -> awaitThread(join).interrupt());
                var other = Thread.ofVirtual().start(() -> {});
                assertThat(other.join(Duration.ofSeconds(10)))
                        .as("another thread got a carrier")
                        .isTrue();
            }
            for (var join : joins) {
                assertThat(join.await()).isNotInstanceOf(Outcome.Cancelled.class);
            }
            assertThat(pending.join()).isEqualTo("ran");
            assertThat(jobs.close(TestOptions.LONG)).isEmpty();
            assertThat(gate.taken()).isZero();
        }
    }

    @Tag("slow")
    @Test
    void timedWaiters_moreThanCarriers_letTheSlowObserverEnd() throws Exception {
        int waiters = 4 * Runtime.getRuntime().availableProcessors();
        var timedOut = new CountDownLatch(waiters);
        try (var jobs = Scheduler.open(options(waiters + 1))) {
            var held = Held.body();
            var slow = jobs.spawn("slow", held);
            var all = new ArrayList<Job<Integer>>();
            for (int i = 0; i < waiters; i++) {
                all.add(jobs.spawn("waiter", () -> {
                    assertThatThrownBy(() -> slow.join(Duration.ofSeconds(5))).isInstanceOf(TimeoutException.class);
                    timedOut.countDown();
                    return 1;
                }));
            }
            Awaitility.await().until(() -> EngineView.waiters(slow) == waiters);
            held.release();
            ending.pass();
            var inTime = timedOut.await(30, TimeUnit.SECONDS);
            hooksMayEnd.open();
            assertThat(inTime).isTrue();
            for (var job : all) {
                Outcomes.assertSucceeded(job, 1);
            }
            assertThat(slow.join()).isEqualTo("done");
        }
    }

    private static Thread awaitThread(Job<?> job) {
        Awaitility.await().until(() -> job.thread().isPresent());
        return job.thread().orElseThrow();
    }

    @Test
    void startingHook_thatWaitsForAJob_hasItsPlaceBack() throws Exception {
        var jobsToAsk = new ArrayList<Job<String>>();
        var options = TestOptions.limit(1).withObserver(new Hooks().onStarting(job -> {
                    if (job.name().equals("asks")) {
                        try {
                            jobsToAsk.getFirst().join();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    }
                }));
        try (var jobs = Scheduler.open(options)) {
            var first = Held.body();
            var asked = Held.body();
            jobs.spawn("first", first);
            var asks = jobs.spawn("asks", () -> 1);
            jobsToAsk.add(jobs.spawn("asked", asked));
            first.release();
            asked.awaitStarted().release();
            assertThat(asks.join(Duration.ofSeconds(10))).isEqualTo(1);
        }
    }

    @Test
    void twoPollers_ofALongJob_leaveNothingBehind() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var held = Held.body();
            var job = jobs.spawn("long", held);
            // The pollers' waits overlap: each comes while the other is there.
            for (int i = 0; i < 1_000; i++) {
                var one = EngineView.addWaiter(job);
                var other = EngineView.addWaiter(job);
                assertThatThrownBy(() -> job.join(Duration.ofNanos(1))).isInstanceOf(TimeoutException.class);
                assertThat(one.getAsBoolean()).isTrue();
                assertThatThrownBy(() -> job.join(Duration.ofNanos(1))).isInstanceOf(TimeoutException.class);
                assertThat(other.getAsBoolean()).isTrue();
            }
            assertThat(EngineView.waiters(job)).isLessThan(40);
            held.release();
        }
    }

    /// A hook is not interrupted, but needs no place any more to go on to.
    @Test
    void cancelledWaiter_inAnObserverThatHearsOfTheStart_returnsAtOnce() throws Exception {
        var held = Held.stubborn();
        var observer = new Hooks().onStarting(job -> {
            if (job.name().equals("waiter")) {
                waitOneMilliFor(job.scheduler().spawn("joined", held));
            }
        });
        try (var jobs = Scheduler.open(TestOptions.limit(1).withObserver(observer))) {
            var waiter = jobs.spawn("waiter", () -> "ran");
            held.awaitStarted();
            var gate = EngineView.gate(jobs);
            Awaitility.await().until(() -> gate.waiting() == 1);
            waiter.cancel();
            Outcomes.assertCancelled(waiter, CancelReason.REQUESTED);
            assertThat(gate.taken()).isEqualTo(1);
            held.release();
        }
    }

    private static void waitOneMilliFor(Job<?> job) {
        try {
            job.join(Duration.ofMillis(1));
        } catch (InterruptedException | TimeoutException expected) {
            // Back without its place, if the waiter was cancelled.
        }
    }

    @Test
    void waiter_whoseThreadSaysThatItIsInterrupted_leaves() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(2))) {
            var held = Held.body();
            var job = jobs.spawn("job", held);
            var thrown = new CompletableFuture<Throwable>();
            var odd =
                    new Thread(() -> {
                        try {
                            thrown.complete(new AssertionError("the result was " + job.join()));
                        } catch (Throwable failure) {
                            thrown.complete(failure);
                        }
                    }) {
                        @Override
                        public boolean isInterrupted() {
                            return true;
                        }
                    };
            odd.start();
            assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
            held.release();
            assertThat(job.join()).isEqualTo("done");
        }
    }
}
