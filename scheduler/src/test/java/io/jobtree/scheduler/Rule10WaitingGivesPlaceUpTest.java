package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.engine.EngineView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R10: a job that waits for another gives its place up, and has it back before the wait returns")
final class Rule10WaitingGivesPlaceUpTest {
    private final RecordedFailures failures = new RecordedFailures();

    private Scheduler open(int limit) {
        return Scheduler.open(TestOptions.limit(limit).withFailureHandler(failures));
    }

    private static void awaitState(Job<?> job, JobState state) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> job.state() == state);
    }

    @EachThreadKind
    void parentThatJoinsItsChildren_atLimitOne_doesNotDeadlock() throws Exception {
        try (var jobs = open(1)) {
            Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
                var a = scope.spawn("a", () -> 1);
                var b = scope.spawn("b", () -> 2);
                return b.join() + a.join();
            });
            assertSucceeded(branch, 3);
        }
    }

    @EachThreadKind
    void jobThatWaitsForItsSibling_atLimitOne_doesNotDeadlock() throws Exception {
        try (var jobs = open(1)) {
            Job<Integer> waits = jobs.spawn("waits", () -> {
                var sibling = jobs.spawn("joined", () -> 1);
                var other = jobs.spawn("awaited", () -> 2);
                var timed = jobs.spawn("joined for a while", () -> 3);
                var cancelled = jobs.spawn("cancelled", () -> new Door().pass());
                assertThat(cancelled.cancelAndJoin(TestOptions.LONG)).isTrue();
                return sibling.join()
                        + ((Outcome.Succeeded<Integer>) other.await()).value()
                        + timed.join(TestOptions.LONG);
            });
            assertSucceeded(waits, 6);
        }
    }

    @Test
    void chainOfWaiters_atLimitOne_unwinds() throws Exception {
        try (var jobs = open(1)) {
            assertSucceeded(jobs.spawn("link", () -> link(jobs, 200)), 200);
        }
    }

    private static int link(JobScope scope, int left) throws InterruptedException {
        return left == 0
                ? 0
                : 1 + scope.spawn("link", () -> link(scope, left - 1)).join();
    }

    @Test
    void deepTree_withChildLimitOneEverywhere_unwinds() throws Exception {
        try (var jobs = open(1)) {
            assertSucceeded(deeper(jobs, 60), 60);
        }
    }

    private static Job<Integer> deeper(JobScope scope, int left) {
        return scope.spawn(
                JobOptions.named("level").withChildLimit(1),
                inner -> left == 0 ? 0 : 1 + deeper(inner, left - 1).join());
    }

    @Test
    void waiter_resumesAheadOfPendingJobs() throws Exception {
        for (var turn = 0; turn < 100; turn++) {
            List<String> order = new CopyOnWriteArrayList<>();
            try (var jobs = open(1)) {
                jobs.spawn("waits", () -> {
                    var joined = jobs.spawn("joined", () -> order.add("joined"));
                    for (var i = 0; i < 5; i++) {
                        jobs.spawn("pending", () -> order.add("pending"));
                    }
                    joined.join();
                    order.add("resumed");
                });
            }
            assertThat(order).startsWith("joined", "resumed").hasSize(7);
        }
    }

    @Test
    void waitersForTheirPlaces_areServedAheadOfPendingJobs() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        try (var jobs = open(1)) {
            var childHold = new Door();
            var otherHold = new Door();
            var otherRuns = new Door();
            var childOf = new CompletableFuture<Job<?>>();
            jobs.spawn("waits", scope -> {
                var child = scope.spawn("child", childHold::pass);
                childOf.complete(child);
                child.join();
                return order.add("resumed");
            });
            jobs.spawn("other", () -> {
                otherRuns.open();
                otherHold.pass();
            });
            otherRuns.pass();
            for (var i = 0; i < 5; i++) {
                jobs.spawn("pending", () -> order.add("pending"));
            }
            childHold.open();
            assertSucceeded(childOf.join(), null);
            awaitWaiting(jobs, 6);
            otherHold.open();
        }
        assertThat(order).startsWith("resumed").hasSize(6);
    }

    /// Waits until so many want a place.
    private static void awaitWaiting(Scheduler jobs, int number) {
        var gate = EngineView.gate(jobs);
        Awaitility.await().until(() -> gate.waiting() == number);
    }

    @Test
    void bodies_outsideOfWaits_areNeverMoreThanTheLimit() throws Exception {
        for (var limit : List.of(1, 2, 3)) {
            var crowd = new Crowd();
            try (var jobs = open(limit)) {
                for (var i = 0; i < 100; i++) {
                    jobs.spawn("waits", () -> {
                        crowd.enter();
                        var other = jobs.spawn("joined", crowd::visit);
                        Crowd.linger();
                        crowd.leave();
                        other.join();
                        crowd.enter();
                        Crowd.linger();
                        crowd.leave();
                    });
                }
            }
            assertThat(crowd.most()).isBetween(1, limit);
        }
    }

    @EachThreadKind
    void waiter_whoseChildRuns_letsAnotherJobRun_andWaitsForItsPlace() throws Exception {
        try (var jobs = open(1)) {
            var childHold = new Door();
            var otherHold = new Door();
            var resumed = new Door();
            var otherRuns = new Door();
            var childOf = new CompletableFuture<Job<?>>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var child = scope.spawn("child", childHold::pass);
                childOf.complete(child);
                child.join();
                resumed.open();
                return 1;
            });
            var other = jobs.spawn("other", () -> {
                otherRuns.open();
                otherHold.pass();
            });
            otherRuns.pass();
            childHold.open();
            assertSucceeded(childOf.join(), null);
            assertThat(resumed.staysShut()).as("the place is taken").isTrue();
            otherHold.open();
            assertSucceeded(other, null);
            assertSucceeded(branch, 1);
        }
    }

    @EachThreadKind
    void timedJoin_endsLater_byTheWaitForThePlace() throws Exception {
        try (var jobs = open(1)) {
            var hold = new Door();
            var timedOut = new Door();
            var joinedRuns = new Door();
            var waits = jobs.spawn("waits", () -> {
                var joined = jobs.spawn("joined", () -> {
                    joinedRuns.open();
                    hold.pass();
                });
                try {
                    joined.join(Duration.ofMillis(1));
                    return "joined";
                } catch (TimeoutException expected) {
                    timedOut.open();
                    return "timed out";
                }
            });
            joinedRuns.pass();
            awaitWaiting(jobs, 1);
            assertThat(timedOut.isOpen()).as("the place is taken").isFalse();
            assertThat(waits.isDone()).isFalse();
            hold.open();
            assertThat(waits.join()).isEqualTo("timed out");
        }
    }

    @EachThreadKind
    void cancelledWaiter_returnsAtOnce_withoutItsPlace() throws Exception {
        try (var jobs = open(1)) {
            var hold = new Door();
            var joinedRuns = new Door();
            var crowd = new Crowd();
            var waits = jobs.spawn("waits", () -> {
                var joined = jobs.spawn("joined", () -> {
                    crowd.enter();
                    joinedRuns.open();
                    hold.passIgnoringInterrupts();
                    crowd.leave();
                });
                joined.join();
            });
            joinedRuns.pass();
            var next = jobs.spawn("next", crowd::visit);
            waits.cancel();
            assertCancelled(waits, CancelReason.REQUESTED);
            assertThat(crowd.inside()).as("the joined job still runs").isEqualTo(1);
            assertThat(next.state()).isEqualTo(JobState.PENDING);
            hold.open();
            assertSucceeded(next, null);
            assertThat(crowd.most()).isEqualTo(1);
            assertSucceeded(jobs.spawn("last", () -> 1), 1);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void cancelledWaiter_whoseWaitIsOverAndWaitsForItsPlace_returnsAtOnce() throws Exception {
        try (var jobs = open(1)) {
            var childHold = new Door();
            var otherHold = new Door();
            var otherRuns = new Door();
            var childOf = new CompletableFuture<Job<?>>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var child = scope.spawn("child", childHold::pass);
                childOf.complete(child);
                child.join();
                return 1;
            });
            var other = jobs.spawn("other", () -> {
                otherRuns.open();
                otherHold.passIgnoringInterrupts();
            });
            otherRuns.pass();
            childHold.open();
            assertSucceeded(childOf.join(), null);
            branch.cancel();
            assertCancelled(branch, CancelReason.REQUESTED);
            assertThat(other.isDone()).isFalse();
            otherHold.open();
            assertSucceeded(jobs.spawn("last", () -> 2), 2);
        }
    }

    @EachThreadKind
    void interruptedWaiter_thatIsNotCancelled_hasItsPlaceAgain() throws Exception {
        try (var jobs = open(1)) {
            var hold = new Door();
            var joinedRuns = new Door();
            var resumed = new Door();
            var waits = jobs.spawn("waits", () -> {
                var joined = jobs.spawn("joined", () -> {
                    joinedRuns.open();
                    hold.pass();
                });
                try {
                    joined.join();
                    return "joined";
                } catch (InterruptedException expected) {
                    resumed.open();
                    return "interrupted";
                }
            });
            joinedRuns.pass();
            waits.thread().orElseThrow().interrupt();
            awaitWaiting(jobs, 1);
            assertThat(resumed.isOpen()).as("the place is taken").isFalse();
            hold.open();
            assertThat(waits.join()).isEqualTo("interrupted");
        }
    }

    @EachThreadKind
    void waiterForJobOfAnotherScheduler_givesItsPlaceUp() throws Exception {
        try (var here = open(1);
                var there = open(1)) {
            var hold = new Door();
            var far = there.spawn("far", () -> {
                hold.pass();
                return 1;
            });
            var waits = here.spawn("waits", () -> far.join());
            assertSucceeded(here.spawn("next", () -> 2), 2);
            hold.open();
            assertSucceeded(waits, 1);
        }
    }

    @EachThreadKind
    void joinOfDoneJob_atLimitOne_returnsAtOnce() throws Exception {
        try (var jobs = open(1)) {
            var done = jobs.spawn("done", () -> 1);
            assertSucceeded(done, 1);
            assertSucceeded(jobs.spawn("joins", () -> done.join() + done.join(Duration.ZERO)), 2);
        }
    }

    @Test
    void jobsThatAllWaitForOne_atLimitTwo_allResume() throws Exception {
        try (var jobs = open(2)) {
            var hold = new Door();
            var resumed = new AtomicInteger();
            var target = jobs.spawn("target", hold::pass);
            var waiters = new ArrayList<Job<?>>();
            for (var i = 0; i < 50; i++) {
                waiters.add(jobs.spawn("waits", () -> {
                    target.join();
                    resumed.incrementAndGet();
                }));
            }
            for (var waiter : waiters) {
                awaitState(waiter, JobState.RUNNING);
            }
            hold.open();
            for (var waiter : waiters) {
                assertSucceeded(waiter, null);
            }
            assertThat(resumed).hasValue(50);
        }
    }
}
