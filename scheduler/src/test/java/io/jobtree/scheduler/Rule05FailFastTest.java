package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertFailed;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.testing.RawScope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
        "R5: the first child to fail cancels its siblings and the body, and the branch job fails with that throwable")
final class Rule05FailFastTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final IllegalStateException failure = new IllegalStateException("on purpose");

    private Scheduler open() {
        return Scheduler.open(TestOptions.unlimited().withFailureHandler(failures));
    }

    private Object fail() {
        throw failure;
    }

    @EachThreadKind
    void firstFailure_cancelsSiblingsAndBody_andIsTheBranchsFailure() throws Exception {
        try (var jobs = open()) {
            var siblings = new CopyOnWriteArrayList<Job<?>>();
            var failing = new CompletableFuture<Job<?>>();
            var bodyInterrupted = new AtomicBoolean();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var running = new CountDownLatch(3);
                for (var i = 0; i < 3; i++) {
                    siblings.add(scope.spawn("sibling", () -> {
                        running.countDown();
                        new Door().pass();
                    }));
                }
                running.await();
                failing.complete(scope.spawn("fails", this::fail));
                try {
                    new Door().pass();
                } catch (InterruptedException e) {
                    bodyInterrupted.set(true);
                }
                return 1;
            });
            assertFailed(branch, failure);
            assertFailed(failing.join(), failure);
            assertThat(bodyInterrupted).isTrue();
            assertThat(siblings).hasSize(3);
            for (var sibling : siblings) {
                assertCancelled(sibling, CancelReason.SIBLING_FAILED, failing.join());
            }
        }
    }

    @EachThreadKind
    void pendingSiblings_ofFailedChild_neverRun() throws Exception {
        try (var jobs = open()) {
            for (var turn = 0; turn < 200; turn++) {
                failsAheadOfPendingSiblings(jobs);
            }
        }
    }

    private void failsAheadOfPendingSiblings(Scheduler jobs) throws Exception {
        var pending = new CopyOnWriteArrayList<Job<?>>();
        var ran = new AtomicBoolean();
        var go = new Door();
        Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
            scope.spawn("fails", () -> {
                go.pass();
                return fail();
            });
            for (var i = 0; i < 5; i++) {
                pending.add(scope.spawn("pending", () -> ran.set(true)));
            }
            go.open();
            return 1;
        });
        assertFailed(branch, failure);
        assertThat(ran).isFalse();
        assertThat(pending).hasSize(5);
        for (var job : pending) {
            assertCancelled(job, CancelReason.SIBLING_FAILED);
        }
    }

    @EachThreadKind
    void failureOfChild_afterTheBodyReturned_failsTheBranch() throws Exception {
        try (var jobs = open()) {
            var go = new Door();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scope.spawn("fails", () -> {
                    go.pass();
                    return fail();
                });
                return 1;
            });
            Actor.awaitParked(awaitThread(branch));
            go.open();
            assertFailed(branch, failure);
        }
    }

    private static Thread awaitThread(Job<?> branch) {
        while (true) {
            for (var child : branch.children()) {
                var thread = child.thread();
                if (thread.isPresent()) {
                    return thread.get();
                }
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void failureOfGrandchild_isTheSameObjectAllTheWayUp() throws Exception {
        try (var jobs = open()) {
            var below = new CopyOnWriteArrayList<Job<?>>();
            Job<Integer> top = jobs.spawn("top", outer -> {
                Job<Integer> middle = outer.spawn("middle", inner -> {
                    below.add(inner.spawn("leaf", this::fail));
                    return 2;
                });
                below.add(middle);
                return 1;
            });
            assertFailed(top, failure);
            assertThat(below).hasSize(2);
            for (var job : below) {
                assertFailed(job, failure);
            }
        }
    }

    @Test
    void cousinsBelowCancelledSibling_areCancelledWithParent() throws Exception {
        try (var jobs = open()) {
            var cousin = new CompletableFuture<Job<?>>();
            var uncle = new CompletableFuture<Job<?>>();
            var running = new Door();
            Job<Integer> top = jobs.spawn("top", outer -> {
                uncle.complete(outer.spawn("uncle", inner -> {
                    cousin.complete(inner.spawn("cousin", () -> {
                        running.open();
                        new Door().pass();
                    }));
                    return 1;
                }));
                running.pass();
                outer.spawn("fails", this::fail);
                return 1;
            });
            assertFailed(top, failure);
            assertCancelled(uncle.join(), CancelReason.SIBLING_FAILED);
            assertCancelled(cousin.join(), CancelReason.PARENT);
        }
    }

    @Test
    void laterFailures_areSuppressedOnTheFirst_sixteenAtMost() throws Exception {
        for (var later : List.of(0, 3, 16, 40)) {
            var first = new IllegalStateException("first");
            var all = IntStream.range(0, later)
                    .mapToObj(i -> new IllegalArgumentException("later " + i))
                    .toList();
            try (var jobs = open()) {
                Job<Integer> branch = jobs.spawn("branch", scope -> {
                    var running = new CountDownLatch(later);
                    for (var one : all) {
                        scope.spawn("later", () -> failWhenInterrupted(running, one));
                    }
                    running.await();
                    scope.spawn("first", () -> {
                        throw first;
                    });
                    return 1;
                });
                assertFailed(branch, first);
            }
            var suppressed = List.of(first.getSuppressed());
            assertThat(suppressed).hasSizeLessThanOrEqualTo(16);
            assertThat(suppressed).hasSizeGreaterThanOrEqualTo(Math.min(later, 15));
            if (later <= 15) {
                assertThat(suppressed).containsExactlyInAnyOrderElementsOf(all);
            }
        }
        assertThat(failures.failures()).doesNotHaveAnyElementsOfTypes(IllegalArgumentException.class);
    }

    private static void failWhenInterrupted(CountDownLatch running, RuntimeException failure) {
        running.countDown();
        try {
            new Door().pass();
        } catch (InterruptedException cancelled) {
            throw failure;
        }
    }

    @Test
    void sameThrowableFromSeveralChildren_isNotSuppressedOnItself() throws Exception {
        try (var jobs = open()) {
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var running = new CountDownLatch(3);
                for (var i = 0; i < 3; i++) {
                    scope.spawn("fails too", () -> failWhenInterrupted(running, failure));
                }
                running.await();
                scope.spawn("fails", this::fail);
                return 1;
            });
            assertFailed(branch, failure);
            assertThat(failure.getSuppressed()).isEmpty();
        }
    }

    @Test
    void failureOfChild_escapingFromJoinInTheBody_isTheBranchsFailureItself() throws Exception {
        try (var jobs = open()) {
            Job<Object> branch = jobs.spawn(
                    "branch", scope -> scope.spawn("fails", this::fail).join());
            assertFailed(branch, failure);
            assertThat(failure.getSuppressed()).isEmpty();
        }
    }

    @Test
    void failureOfTheBody_cancelsTheChildren() throws Exception {
        try (var jobs = open()) {
            var child = new CompletableFuture<Job<?>>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var running = new Door();
                child.complete(scope.spawn("child", () -> {
                    running.open();
                    new Door().pass();
                }));
                running.pass();
                throw failure;
            });
            assertFailed(branch, failure);
            assertCancelled(child.join(), CancelReason.PARENT, branch);
        }
    }

    /// That is a failure too, and comes after the body. Nobody else would stop a child that another thread spawned.
    @Test
    void taskScopeThatTheBodyLeavesOpen_failsTheBranch_andCancelsWhatOthersSpawned() throws Exception {
        try (var jobs = open()) {
            var child = new CompletableFuture<Job<?>>();
            var branch = jobs.spawn("branch", (BranchAction) scope -> {
                var running = new Door();
                child.complete(Actor.start(() -> scope.spawn("child", () -> {
                            running.open();
                            new Door().pass();
                        }))
                        .result());
                running.pass();
                var _ = RawScope.open();
            });
            assertThat(Within.outcome(branch)).isInstanceOf(Outcome.Failed.class);
            assertCancelled(child.join(), CancelReason.PARENT, branch);
        }
    }

    @EachThreadKind
    void withSupervision_failureStaysInItsChild() throws Exception {
        try (var jobs = open()) {
            var children = new ArrayList<Job<?>>();
            Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withSupervision(), scope -> {
                var hold = new Door();
                children.add(scope.spawn("goes on", hold::pass));
                var fails = scope.spawn("fails", this::fail);
                children.add(fails);
                fails.await();
                children.add(scope.spawn("later", () -> {}));
                hold.open();
                return 1;
            });
            assertSucceeded(branch, 1);
            assertSucceeded(children.get(0), null);
            assertFailed(children.get(1), failure);
            assertSucceeded(children.get(2), null);
        }
    }

    @Test
    void withSupervision_manyFailures_stayInTheirChildren() throws Exception {
        try (var jobs = open()) {
            Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withSupervision(), scope -> {
                for (var i = 0; i < 50; i++) {
                    scope.spawn("fails", this::fail);
                }
                return 1;
            });
            assertSucceeded(branch, 1);
            assertThat(failures.await(50)).hasSize(50);
        }
    }

    @EachThreadKind
    void inScheduler_failureStaysInItsJob() throws Exception {
        try (var jobs = open()) {
            var hold = new Door();
            var neighbour = jobs.spawn("neighbour", hold::pass);
            var fails = jobs.spawn("fails", this::fail);
            assertFailed(fails, failure);
            var later = jobs.spawn("later", () -> 2);
            assertSucceeded(later, 2);
            hold.open();
            assertSucceeded(neighbour, null);
        }
    }

    @Test
    void failFastBranchInSupervisedOne_failsAlone() throws Exception {
        try (var jobs = open()) {
            var inner = new CompletableFuture<Job<?>>();
            Job<Integer> outer = jobs.spawn(JobOptions.named("outer").withSupervision(), scope -> {
                inner.complete(scope.spawn("inner", below -> below.spawn("fails", this::fail)));
                return 1;
            });
            assertSucceeded(outer, 1);
            assertThat(failure(inner.join())).isSameAs(failure);
        }
    }
}
