package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jobtree.testing.RawScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
        "R14: waiting for oneself or an ancestor, and close from inside, throw at once; a waiter never cancels its target")
final class Rule14NoWaitForOneselfTest {
    private static Scheduler open() {
        return Scheduler.open(TestOptions.limit(1));
    }

    private static void assertRefused(ThrowingCallable wait) {
        assertThatThrownBy(wait).isInstanceOf(IllegalStateException.class);
    }

    private static void assertNoWaitFor(Job<?> job) {
        assertRefused(job::join);
        assertRefused(() -> job.join(TestOptions.LONG));
        assertRefused(job::await);
        assertRefused(() -> job.cancelAndJoin(TestOptions.LONG));
        assertThat(job.state()).as("it was not cancelled").isIn(JobState.RUNNING, JobState.COMPLETING);
    }

    @Test
    void waitForOneself_throwsAtOnce() throws Exception {
        try (var jobs = open()) {
            var job = jobs.spawn("job", () -> {
                assertNoWaitFor(Job.current().orElseThrow());
                return "unharmed";
            });
            assertSucceeded(job, "unharmed");
        }
    }

    /// Neither can the hook's own job end before the hook is over, nor one whose spawn it stands in.
    @Test
    void waitForAJob_inAHookThatStandsInItsSpawn_throwsAtOnce() throws Exception {
        var hook = new Hooks();
        var outer = new AtomicReference<Job<?>>();
        var thrown = new ArrayList<Throwable>();
        hook.onSpawned(job -> {
            switch (job.name()) {
                case "outer" -> {
                    outer.set(job);
                    job.scheduler().spawn("inner", () -> 1);
                }
                case "inner" -> thrown.add(catchThrowable(() -> outer.get().await(TestOptions.SHORT)));
                case "cancelled" -> job.cancel();
                default -> {}
            }
            thrown.add(catchThrowable(() -> job.await(TestOptions.SHORT)));
        });
        try (var jobs = Scheduler.open(TestOptions.unlimited().withObserver(hook))) {
            assertSucceeded(jobs.spawn("outer", () -> 2), 2);
            assertCancelled(jobs.spawn("cancelled", () -> 3), CancelReason.REQUESTED);
        }
        assertThat(thrown).hasSize(4).hasOnlyElementsOfType(IllegalStateException.class);
    }

    /// The job is done when its failure handler is called; its future is about to be.
    @Test
    void futureOfAJobThatIsDone_mayBeWaitedForInItsFailureHandler() throws Exception {
        for (int i = 0; i < 50; i++) {
            var future = new CompletableFuture<CompletableFuture<Integer>>();
            var seen = new CompletableFuture<Throwable>();
            var options = TestOptions.limit(1).withFailureHandler((job, failure) -> {
                try {
                    future.get().get();
                } catch (IllegalStateException | ExecutionException | InterruptedException e) {
                    seen.complete(e);
                }
            });
            try (var jobs = Scheduler.open(options)) {
                var runs = new Door();
                var job = jobs.<Integer>spawn("job", () -> {
                    runs.open();
                    try {
                        new Door().pass();
                    } catch (InterruptedException cancelled) {
                        throw new IllegalStateException("on purpose");
                    }
                    return 1;
                });
                future.complete(job.toCompletableFuture());
                runs.pass();
                job.cancel();
                assertThat(seen.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            }
        }
    }

    @Test
    void waitForAncestor_throwsAtOnce() throws Exception {
        try (var jobs = open()) {
            Job<String> top = jobs.spawn("top", outer -> {
                Job<String> middle = outer.spawn("middle", inner -> {
                    var leaf = inner.spawn("leaf", () -> {
                        var parent = Job.current().orElseThrow().parent().orElseThrow();
                        assertNoWaitFor(parent);
                        assertNoWaitFor(parent.parent().orElseThrow());
                        return "unharmed";
                    });
                    return leaf.join();
                });
                return middle.join();
            });
            assertSucceeded(top, "unharmed");
        }
    }

    @Test
    void waitForOneself_fromForkOfTheBody_throwsAtOnce() throws Exception {
        try (var jobs = open()) {
            var job = jobs.spawn("job", () -> {
                var self = Job.current().orElseThrow();
                try (var forks = RawScope.open()) {
                    forks.fork(() -> {
                        assertThat(Job.current()).contains(self);
                        assertNoWaitFor(self);
                        return 1;
                    });
                    forks.join();
                }
                return "unharmed";
            });
            assertSucceeded(job, "unharmed");
        }
    }

    /// A fork waits for the shield, and the job for the fork.
    @Test
    void waitForOneself_inAShieldOfAFork_throwsAtOnce() throws Exception {
        try (var jobs = open();
                var others = open()) {
            var job = jobs.spawn("job", () -> {
                var self = Job.current().orElseThrow();
                try (var forks = RawScope.open()) {
                    var fork = forks.fork(() -> others.shield("shield", () -> {
                        assertNoWaitFor(self);
                        assertRefused(() -> self.toCompletableFuture().get());
                        assertRefused(jobs::awaitIdle);
                        assertRefused(jobs::close);
                        return "unharmed";
                    }));
                    forks.join();
                    return fork.get();
                }
            });
            assertSucceeded(job, "unharmed");
            assertThat(jobs.isClosed()).isFalse();
        }
    }

    @Test
    void close_fromJobOfThatScheduler_throwsAtOnce_andItStaysOpen() throws Exception {
        try (var jobs = open()) {
            Job<String> job = jobs.spawn("job", scope -> {
                assertRefused(jobs::close);
                assertRefused(() -> jobs.close(Duration.ZERO));
                var below = scope.spawn("below", () -> {
                    assertRefused(jobs::close);
                    return "unharmed";
                });
                return below.join();
            });
            assertSucceeded(job, "unharmed");
            assertThat(jobs.isClosed()).isFalse();
            assertSucceeded(jobs.spawn("next", () -> 1), 1);
        }
    }

    @Test
    void close_fromJobOfAnotherScheduler_closes() throws Exception {
        try (var jobs = open()) {
            var other = open();
            var job = jobs.spawn("job", () -> other.close(TestOptions.LONG).size());
            assertSucceeded(job, 0);
            assertThat(other.isClosed()).isTrue();
        }
    }

    @Test
    void waitForDescendantOrSibling_isFine() throws Exception {
        try (var jobs = open()) {
            Job<Integer> top = jobs.spawn("top", outer -> {
                var leafOf = new CompletableFuture<Job<Integer>>();
                Job<Integer> middle = outer.spawn("middle", inner -> {
                    leafOf.complete(inner.spawn("leaf", () -> 1));
                    return 2;
                });
                return leafOf.join().join() + middle.join();
            });
            assertSucceeded(top, 3);
        }
    }

    @Test
    void joinAll_ofAnotherJobAndItself_throwsAtOnce() throws Exception {
        var hold = new Door();
        try (var jobs = Scheduler.open(TestOptions.limit(2))) {
            var slow = jobs.spawn("slow", hold::pass);
            var self = jobs.spawn(
                    "self", () -> JobScope.joinAll(List.of(slow, Job.current().orElseThrow())));
            assertThat(Within.outcome(self).toString()).contains("cannot wait for itself");
            assertThat(slow.isDone()).isFalse();
            hold.open();
        }
    }

    /// It is done, and so there is nothing to wait for.
    @Test
    void failureHandler_mayCancelAndJoinTheJobThatItIsCalledFor() throws Exception {
        var over = new CompletableFuture<Boolean>();
        var options = TestOptions.limit(1).withFailureHandler((job, failure) -> {
            try {
                over.complete(job.cancelAndJoin(TestOptions.LONG));
            } catch (Throwable thrown) {
                over.completeExceptionally(thrown);
            }
        });
        try (var jobs = Scheduler.open(options)) {
            jobs.spawn("fails", () -> {
                throw new IllegalStateException("on purpose");
            });
            assertThat(over.join()).isTrue();
        }
    }

    @EachThreadKind
    void interruptOfWaitingThread_neverCancelsTheJob() throws Exception {
        try (var jobs = open()) {
            var hold = new Door();
            var running = new Door();
            var target = jobs.spawn("target", () -> {
                running.open();
                hold.pass();
                return 1;
            });
            running.pass();
            for (var waiter : List.of(
                    Actor.start(() -> target.join()),
                    Actor.start(() -> target.join(TestOptions.LONG)),
                    Actor.start(() -> (Object) target.await()))) {
                waiter.awaitParked().interrupt();
                assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            }
            assertThat(target.state()).isEqualTo(JobState.RUNNING);
            hold.open();
            assertSucceeded(target, 1);
        }
    }

    @EachThreadKind
    void cancelOfWaitingJob_neverCancelsTheJobItWaitsFor() throws Exception {
        try (var jobs = open();
                var others = open()) {
            var hold = new Door();
            var running = new Door();
            var target = jobs.spawn("target", () -> {
                running.open();
                hold.pass();
                return 1;
            });
            running.pass();
            var waiter = others.spawn("waiter", () -> target.join());
            Awaitility.await().until(() -> waiter.thread().isPresent());
            Actor.awaitParked(waiter.thread().orElseThrow());
            waiter.cancel();
            assertCancelled(waiter, CancelReason.REQUESTED);
            assertThat(target.state()).isEqualTo(JobState.RUNNING);
            hold.open();
            assertSucceeded(target, 1);
        }
    }

    @EachThreadKind
    void timedOutJoin_leavesTheJobAlone() throws Exception {
        try (var jobs = open()) {
            var hold = new Door();
            var target = jobs.spawn("target", () -> {
                hold.pass();
                return 1;
            });
            assertThatThrownBy(() -> target.join(TestOptions.SHORT)).isInstanceOf(TimeoutException.class);
            assertThat(target.isDone()).isFalse();
            hold.open();
            assertSucceeded(target, 1);
        }
    }

    @EachThreadKind
    void join_onTheJobThatWaitsForAShield_throwsAtOnce() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(2))) {
            var caller = new CompletableFuture<Job<?>>();
            var job = jobs.spawn(
                    "caller",
                    () -> jobs.shield("shield", () -> {
                        var inner = jobs.spawn("unrelated", () -> 1);
                        assertThat(inner.join()).isEqualTo(1);
                        var waiting = caller.join();
                        assertThatThrownBy(waiting::join).isInstanceOf(IllegalStateException.class);
                        return 2;
                    }));
            caller.complete(job);
            Outcomes.assertSucceeded(job, 2);
        }
    }

    /// It was interrupted, and waits for the place that the shielded job has.
    @Test
    void join_awaitIdle_andClose_whileTheCallerIsOnItsWayOutOfTheShield_throwAtOnce() throws Exception {
        try (var jobs = open();
                var others = open()) {
            var caller = new CompletableFuture<Job<?>>();
            var interrupted = new Door();
            var seen = new CompletableFuture<String>();
            JobAction body = () -> assertThatThrownBy(() -> others.shield("shield", () -> {
                        interrupted.pass();
                        assertRefused(caller.join()::await);
                        assertRefused(jobs::awaitIdle);
                        assertRefused(() -> jobs.close(Duration.ZERO));
                        seen.complete("unharmed");
                    }))
                    .isInstanceOf(InterruptedException.class);
            var job = jobs.spawn("caller", body);
            caller.complete(job);
            Within.isParked(job);
            job.thread().orElseThrow().interrupt();
            Within.isTrue(() -> jobs.tree().waits().contains("place"));
            interrupted.open();
            assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo("unharmed");
            assertSucceeded(job, null);
        }
    }

    @Test
    void join_awaitIdle_andClose_onceTheCallerHasLeftTheShield_areFine() throws Exception {
        try (var jobs = open();
                var others = open()) {
            var caller = new CompletableFuture<Job<?>>();
            var running = new Door();
            var hasLeft = new Door();
            var waits = new Door();
            var seen = new CompletableFuture<String>();
            var job = jobs.spawn("caller", () -> {
                assertThatThrownBy(() -> others.shield("shield", () -> {
                            running.open();
                            hasLeft.passIgnoringInterrupts();
                            waits.open();
                            caller.join().await();
                            jobs.awaitIdle();
                            jobs.close(TestOptions.LONG);
                            seen.complete("unharmed");
                        }))
                        .isInstanceOf(InterruptedException.class);
                hasLeft.open();
                waits.passIgnoringInterrupts();
            });
            caller.complete(job);
            running.pass();
            job.cancel();
            assertCancelled(job, CancelReason.REQUESTED);
            assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo("unharmed");
            assertThat(jobs.isClosed()).isTrue();
        }
    }

    @Test
    void awaitIdle_andClose_inAShieldOfAnotherScheduler_throwAtOnce() throws Exception {
        try (var jobs = open();
                var others = open()) {
            var job = jobs.spawn(
                    "caller",
                    scope -> scope.spawn(
                                    "child",
                                    () -> others.shield("shield", () -> {
                                        assertRefused(jobs::awaitIdle);
                                        assertRefused(scope::awaitIdle);
                                        assertRefused(() -> jobs.close(Duration.ZERO));
                                        return "unharmed";
                                    }))
                            .join());
            assertSucceeded(job, "unharmed");
            assertThat(jobs.isClosed()).isFalse();
        }
    }

    @Test
    void close_inAShieldWhoseCallerHasEnded_closes() throws Exception {
        var jobs = open();
        try (var others = open()) {
            var inside = new Door();
            var go = new Door();
            var closed = new CompletableFuture<Boolean>();
            var caller = jobs.spawn(
                    "caller",
                    () -> others.shield("shield", () -> {
                        inside.open();
                        go.pass();
                        jobs.awaitIdle();
                        jobs.close();
                        return closed.complete(jobs.isClosed());
                    }));
            inside.pass();
            caller.cancel();
            assertCancelled(caller, CancelReason.REQUESTED);
            go.open();
            assertThat(closed.join()).isTrue();
        }
    }
}
