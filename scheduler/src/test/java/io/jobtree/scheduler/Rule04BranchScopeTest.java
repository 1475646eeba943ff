package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertFailed;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName(
        "R4: a branch scope takes jobs while its job is running or completing, from any thread, and is dead afterwards")
final class Rule04BranchScopeTest {
    private final CompletableFuture<JobScope> scopeOf = new CompletableFuture<>();
    private final Door hold = new Door();

    private Scheduler open() {
        return Scheduler.open(TestOptions.unlimited().withFailureHandler(new RecordedFailures()));
    }

    /// A branch whose body is over and whose only child runs.
    private Job<Integer> completing(Scheduler jobs) {
        Job<Integer> branch = jobs.spawn("branch", scope -> {
            scope.spawn("holder", hold::pass);
            scopeOf.complete(scope);
            return 1;
        });
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> branch.state() == JobState.COMPLETING);
        return branch;
    }

    @EachThreadKind
    void spawn_whileCompletingFromForeignThread_runs() throws Exception {
        try (var jobs = open()) {
            var branch = completing(jobs);
            var late = scopeOf.join().spawn("late", () -> 2);
            assertSucceeded(late, 2);
            assertThat(branch.isDone()).isFalse();
            hold.open();
            assertSucceeded(branch, 1);
        }
    }

    @EachThreadKind
    void spawnBranch_whileCompletingFromForeignThread_runsWithItsChildren() throws Exception {
        try (var jobs = open()) {
            var branch = completing(jobs);
            Job<Integer> late = scopeOf.join()
                    .spawn("late", scope -> scope.spawn("leaf", () -> 2).join());
            assertSucceeded(late, 2);
            hold.open();
            assertSucceeded(branch, 1);
        }
    }

    @Test
    void spawn_ofSiblingByChildWhileCompleting_runsBeforeTheBranchIsDone() throws Exception {
        try (var jobs = open()) {
            var lateRan = new AtomicBoolean();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scope.spawn("child", () -> {
                    hold.pass();
                    scope.spawn("sibling", () -> lateRan.set(true));
                });
                return 1;
            });
            Awaitility.await().until(() -> branch.state() == JobState.COMPLETING);
            hold.open();
            assertSucceeded(branch, 1);
            assertThat(lateRan).isTrue();
        }
    }

    @Test
    void crawler_whoseChildrenSpawnSiblings_endsAfterAll() throws Exception {
        try (var jobs = open()) {
            var visited = new AtomicInteger();
            Job<Integer> crawl = jobs.spawn(JobOptions.named("crawl").withChildLimit(4), scope -> {
                scope.spawn("page", () -> visit(scope, 1, visited));
                return 1;
            });
            assertSucceeded(crawl, 1);
            assertThat(visited).hasValue(1023);
        }
    }

    private static void visit(JobScope scope, int page, AtomicInteger visited) {
        visited.incrementAndGet();
        for (var link = 2 * page; link <= 2 * page + 1 && link < 1024; link++) {
            var next = link;
            scope.spawn("page", () -> visit(scope, next, visited));
        }
    }

    @EachThreadKind
    void spawn_afterTheBranchIsDone_throwsAndTheBodyNeverRuns() throws Exception {
        try (var jobs = open()) {
            hold.open();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scopeOf.complete(scope);
                return 1;
            });
            assertSucceeded(branch, 1);
            assertDead(scopeOf.join(), "branch");
            assertThat(jobs.isClosed()).isFalse();
        }
    }

    @EachThreadKind
    void spawn_afterTheBranchWasCancelled_throwsAndTheBodyNeverRuns() throws Exception {
        try (var jobs = open()) {
            var stubborn = new Door();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scopeOf.complete(scope);
                return stubborn.passIgnoringInterrupts();
            });
            var scope = scopeOf.join();
            branch.cancel();
            assertDead(scope, "branch");
            stubborn.open();
            assertCancelled(branch, CancelReason.REQUESTED);
            assertDead(scope, "branch");
        }
    }

    @EachThreadKind
    void spawn_afterTheBranchFailed_throwsAndTheBodyNeverRuns() throws Exception {
        try (var jobs = open()) {
            var failure = new IllegalStateException("on purpose");
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scopeOf.complete(scope);
                throw failure;
            });
            assertFailed(branch, failure);
            assertDead(scopeOf.join(), "branch");
        }
    }

    private static void assertDead(JobScope scope, String name) {
        var ran = new AtomicBoolean();
        assertThatThrownBy(() -> scope.spawn("late", () -> ran.set(true)))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining(name);
        assertThatThrownBy(() -> scope.spawn("late", inner -> {
                    ran.set(true);
                    return 1;
                }))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> scope.trySpawn(JobOptions.named("late"), () -> {
                    ran.set(true);
                    return 1;
                }))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(ran).isFalse();
        assertThat(scope.jobs()).isEmpty();
        assertThat(scope.activeCount()).isZero();
        assertThat(scope.pendingCount()).isZero();
    }

    @Test
    void spawn_racingTheEndOfTheBranch_isRejectedOrDoneBeforeTheBranch() throws Exception {
        var taken = 0;
        var rejected = 0;
        try (var jobs = open()) {
            for (var turn = 0; turn < 2_000; turn++) {
                var scopes = new CompletableFuture<JobScope>();
                Job<Integer> branch = jobs.spawn("branch", scope -> {
                    scopes.complete(scope);
                    return 1;
                });
                var scope = scopes.join();
                if (turn % 4 == 0) {
                    outcome(branch);
                }
                try {
                    var late = scope.spawn("late", () -> 2);
                    outcome(branch);
                    assertThat(late.isDone()).isTrue();
                    assertSucceeded(late, 2);
                    taken++;
                } catch (RejectedExecutionException expected) {
                    assertSucceeded(branch, 1);
                    rejected++;
                }
            }
        }
        assertThat(rejected).isGreaterThanOrEqualTo(500);
        assertThat(taken + rejected).isEqualTo(2_000);
    }
}
