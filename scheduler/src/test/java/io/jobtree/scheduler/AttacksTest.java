package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// What hostile or careless users do; the scheduler has to come out of each whole.
final class AttacksTest {
    private final RecordedFailures failures = new RecordedFailures();

    private SchedulerOptions options(int limit) {
        return TestOptions.limit(limit).withoutPendingLimit().withFailureHandler(failures);
    }

    /// Two jobs at once, which takes two places; and the counts are 0 again.
    private static void assertWhole(Scheduler jobs) throws Exception {
        assertThat(jobs.activeCount()).isZero();
        assertThat(jobs.pendingCount()).isZero();
        var met = new Door();
        var first = jobs.spawn("first", met::pass);
        assertSucceeded(jobs.spawn("second", met::open), null);
        assertSucceeded(first, null);
    }

    @Test
    void jobs_aHundredThousand_allRunOnce_underALimit() throws Exception {
        var ran = new AtomicInteger();
        try (var jobs = Scheduler.open(options(100))) {
            for (var i = 0; i < 100_000; i++) {
                jobs.spawn("job", () -> ran.incrementAndGet());
            }
            jobs.close(TestOptions.LONG);
        }
        assertThat(ran).hasValue(100_000);
    }

    @Test
    void jobs_aHundredThousandSleeping_areAllCancelledByClose() throws Exception {
        var interrupted = new AtomicInteger();
        var jobs = Scheduler.open(TestOptions.unlimited().withCloseTimeout(TestOptions.LONG));
        var all = new ArrayList<Job<?>>();
        for (var i = 0; i < 100_000; i++) {
            all.add(jobs.spawn("sleeper", () -> {
                try {
                    Thread.sleep(600_000);
                } catch (InterruptedException expected) {
                    interrupted.incrementAndGet();
                }
            }));
        }
        assertThat(jobs.close(Duration.ZERO)).isEmpty();
        assertThat(all).allMatch(job -> job.state() == JobState.CANCELLED);
        assertThat(all.stream().filter(job -> job.startedAt().isPresent()).count())
                .isGreaterThanOrEqualTo(interrupted.get());
    }

    @Test
    void interruptStorm_onEveryJobThread_leavesPlacesAndHooksWhole() throws Exception {
        var over = new Door();
        try (var jobs = Scheduler.open(options(3))) {
            var storm = Actor.start(ThreadKind.PLATFORM, () -> {
                while (!over.isOpen()) {
                    for (var job : jobs.jobs()) {
                        job.thread().ifPresent(Thread::interrupt);
                        job.children().forEach(child -> child.thread().ifPresent(Thread::interrupt));
                    }
                    LockSupport.parkNanos(10_000);
                }
                return 0;
            });
            var all = new ArrayList<Job<?>>();
            for (var i = 0; i < 300; i++) {
                all.add(jobs.spawn("branch", scope -> {
                    var child = scope.spawn("child", Crowd::linger);
                    child.join();
                    return scope.spawn("child", () -> 1).join();
                }));
            }
            for (var job : all) {
                switch (outcome(job)) {
                    case Outcome.Succeeded<?>(var value) -> assertThat(value).isEqualTo(1);
                    case Outcome.Failed<?>(var failure) -> assertThat(failure).isInstanceOf(InterruptedException.class);
                    case Outcome.Cancelled<?> wrong -> throw new AssertionError(wrong.toString());
                }
            }
            over.open();
            storm.result();
            assertWhole(jobs);
        }
    }

    @Test
    void interruptStorm_onWaiterSpawnerAndCloser_neverHangs() throws Exception {
        for (var turn = 0; turn < 50; turn++) {
            var jobs = Scheduler.open(options(1).withPendingLimit(2));
            var victims = new ArrayList<Actor<Integer>>();
            var job = jobs.spawn("job", Crowd::linger);
            for (var i = 0; i < 3; i++) {
                victims.add(Actor.start(ThreadKind.ofTurn(i), () -> {
                    try {
                        job.join();
                        for (var k = 0; k < 10; k++) {
                            jobs.spawn("more", Crowd::linger).join();
                        }
                    } catch (InterruptedException | RejectedExecutionException | JobCancelledException allowed) {
                        return 1;
                    }
                    return 0;
                }));
            }
            victims.forEach(Actor::interrupt);
            var closer = Actor.start(() -> jobs.close(TestOptions.LONG));
            for (var i = 0; i < 20; i++) {
                closer.interrupt();
                victims.forEach(Actor::interrupt);
            }
            assertThat(closer.result()).isEmpty();
            for (var victim : victims) {
                victim.result();
            }
            assertThat(jobs.jobs()).isEmpty();
        }
    }

    @Test
    void close_fromEverywhereAtOnce_closes() throws Exception {
        for (var turn = 0; turn < 50; turn++) {
            var jobs = Scheduler.open(options(2));
            var refused = new AtomicInteger();
            var started = new Door();
            for (var i = 0; i < 10; i++) {
                jobs.spawn("closes from inside", () -> {
                    started.open();
                    try {
                        jobs.close();
                    } catch (IllegalStateException expected) {
                        refused.incrementAndGet();
                    }
                });
            }
            started.pass();
            var closers = new ArrayList<Actor<List<Job<?>>>>();
            for (var i = 0; i < 4; i++) {
                closers.add(Actor.start(ThreadKind.ofTurn(i), () -> jobs.close(TestOptions.LONG)));
            }
            for (var closer : closers) {
                assertThat(closer.result()).isEmpty();
            }
            assertThat(refused).hasValue(10);
        }
    }

    @Test
    void close_fromFailureHandlerAndHook_doesNotHang() throws Exception {
        var thrown = new CompletableFuture<Throwable>();
        var options = TestOptions.limit(2)
                .withWaitTimeout(Duration.ZERO)
                .withCloseTimeout(Duration.ofMillis(100))
                .withFailureHandler((job, failure) -> {
                    try {
                        job.scheduler().close();
                        thrown.complete(new AssertionError("closed"));
                    } catch (RuntimeException expected) {
                        thrown.complete(expected);
                    }
                });
        try (var jobs = Scheduler.open(options)) {
            var job = jobs.spawn("fails", () -> {
                throw new IllegalStateException("on purpose");
            });
            thrown.get();
            assertThat(outcome(job)).isInstanceOf(Outcome.Failed.class);
        }
    }

    @Test
    void jobsThatIgnoreInterrupts_inNumbers_endWhenTheyWant() throws Exception {
        var hold = new Door();
        try (var jobs = Scheduler.open(options(50))) {
            var all = new ArrayList<Job<Integer>>();
            for (var i = 0; i < 100; i++) {
                all.add(jobs.spawn("stubborn", hold::passIgnoringInterrupts));
            }
            jobs.cancel();
            jobs.cancel();
            hold.open();
            for (var job : all) {
                Outcomes.assertCancelled(job, CancelReason.REQUESTED);
            }
            assertWhole(jobs);
        }
    }

    @Test
    void jobsThatThrowErrors_inNumbers_leaveEverythingWhole() throws Exception {
        try (var jobs = Scheduler.open(options(3))) {
            var all = new ArrayList<Job<?>>();
            for (var i = 0; i < 1_000; i++) {
                Error error = i % 3 == 0
                        ? new OutOfMemoryError("thrown")
                        : i % 3 == 1 ? new StackOverflowError("thrown") : new AssertionError("thrown");
                all.add(jobs.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
                    scope.spawn("fails", () -> {
                        throw error;
                    });
                    scope.spawn("pending", () -> new Door().pass());
                    return 1;
                }));
            }
            for (var job : all) {
                assertThat(Outcomes.failure(job)).isInstanceOf(Error.class);
            }
            assertWhole(jobs);
        }
    }

    @Test
    void cancel_inEachState_endsTheJob() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            for (var state : JobState.values()) {
                var hold = new Door();
                var stubborn = new Door();
                Job<Integer> job = jobs.spawn("job", scope -> {
                    if (state == JobState.FAILED) {
                        throw new IllegalStateException("on purpose");
                    }
                    if (state == JobState.COMPLETING) {
                        scope.spawn("child", hold::pass);
                    } else if (state == JobState.CANCELLING) {
                        stubborn.passIgnoringInterrupts();
                    } else if (state != JobState.SUCCEEDED) {
                        hold.pass();
                    }
                    return 1;
                });
                if (state == JobState.CANCELLING || state == JobState.CANCELLED) {
                    job.cancel();
                }
                if (state != JobState.PENDING && state != JobState.CANCELLING) {
                    Awaitility.await().until(() -> job.state() == state);
                }
                var began = job.cancel();
                stubborn.open();
                assertThat(outcome(job) instanceof Outcome.Cancelled<?>)
                        .as("cancelled in %s", state)
                        .isEqualTo(began || state == JobState.CANCELLING || state == JobState.CANCELLED);
            }
            assertWhole(jobs);
        }
    }

    @Test
    void treeAndCounts_readWhileEverythingMoves_neverThrow() throws Exception {
        var over = new Door();
        var seen = new Door();
        var held = Held.body();
        try (var jobs = Scheduler.open(options(4))) {
            jobs.spawn("held", held);
            var reader = Actor.start(ThreadKind.PLATFORM, () -> {
                var looks = 0;
                for (; !over.isOpen(); looks++) {
                    if (jobs.tree().size() > 0) {
                        seen.open();
                    }
                    assertThat(jobs.activeCount()).isNotNegative();
                    assertThat(jobs.pendingCount()).isNotNegative();
                    assertThat(jobs.jobs()).doesNotContainNull();
                    assertThat(jobs.toString()).contains("test");
                }
                return looks;
            });
            seen.pass();
            held.release();
            for (var i = 0; i < 2_000; i++) {
                var job = jobs.spawn("branch", scope -> {
                    scope.spawn("child", Crowd::linger);
                    return scope.spawn("child", () -> 1).join();
                });
                if (i % 7 == 0) {
                    job.cancel();
                }
                assertThat(job.tree().name()).isEqualTo("branch");
            }
            jobs.close(TestOptions.LONG);
            over.open();
            assertThat(reader.result()).isPositive();
        }
    }

    @Test
    void waitForEachOther_ofTwoJobs_isEndedByCancel() throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            var firstOf = new CompletableFuture<Job<Integer>>();
            var secondOf = new CompletableFuture<Job<Integer>>();
            Job<Integer> first = jobs.spawn("first", () -> secondOf.join().join());
            Job<Integer> second = jobs.spawn("second", () -> firstOf.join().join());
            firstOf.complete(first);
            secondOf.complete(second);
            assertThat(first.cancelAndJoin(TestOptions.LONG)).isTrue();
            assertThat(Outcomes.failure(second)).isInstanceOf(JobCancelledException.class);
            assertWhole(jobs);
        }
    }

    @Test
    void shieldedJobs_areNeverCounted_alsoNotWhenTheyEnd() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            var shielding = Actor.start(() -> {
                for (var i = 0; i < 20_000; i++) {
                    jobs.shield("commit", () -> 1);
                }
                return 1;
            });
            while (!shielding.isOver()) {
                assertThat(jobs.activeCount()).isZero();
                assertThat(jobs.jobs()).isEmpty();
            }
            shielding.result();
        }
    }
}
