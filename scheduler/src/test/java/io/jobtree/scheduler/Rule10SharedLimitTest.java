package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.assertTimedOut;
import static io.jobtree.scheduler.Outcomes.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName(
        "R10: a job with a shared Limit takes its scope's place first, then the shared one, and gives up both together")
final class Rule10SharedLimitTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final Limit one = Limit.of("one", 1);
    private final JobOptions withOne = JobOptions.named("limited").withSharedLimit(one);
    private final Door hold = new Door();

    private Scheduler open(int limit) {
        return Scheduler.open(TestOptions.limit(limit).withFailureHandler(failures));
    }

    @AfterEach
    void everyPlaceIsFree() {
        assertThat(one.taken()).isZero();
        assertThat(one.waiting()).isZero();
    }

    private Job<?> holder(Scheduler jobs) throws InterruptedException {
        var running = new Door();
        var job = jobs.spawn(withOne, () -> {
            running.open();
            hold.passIgnoringInterrupts();
        });
        running.pass();
        return job;
    }

    @Test
    void limit_tellsItsNameAndPlaces() {
        assertThat(one.name()).isEqualTo("one");
        assertThat(one.places()).isEqualTo(1);
        assertThat(Limit.of("many", 64).places()).isEqualTo(64);
    }

    @Test
    void bodies_acrossScopesAndSchedulers_areNeverMoreThanThePlaces() throws Exception {
        var limit = Limit.of("three", 3);
        var limited = JobOptions.named("limited").withSharedLimit(limit);
        var crowd = new Crowd();
        try (var here = open(10);
                var there = open(5)) {
            for (var i = 0; i < 30; i++) {
                here.spawn(limited, crowd::visit);
                there.spawn(limited, crowd::visit);
                here.spawn("branch", scope -> {
                    for (var child = 0; child < 5; child++) {
                        scope.spawn(limited, crowd::visit);
                    }
                    return 1;
                });
            }
        }
        assertThat(crowd.most()).isBetween(1, 3);
        assertThat(limit.taken()).isZero();
        assertThat(limit.waiting()).isZero();
    }

    @EachThreadKind
    void jobThatWaitsForTheSharedLimit_isPending_andHasNoThread() throws Exception {
        try (var jobs = open(10)) {
            holder(jobs);
            assertThat(one.taken()).isEqualTo(1);
            var waits = jobs.spawn(withOne, () -> 1);
            assertThat(waits.state()).isEqualTo(JobState.PENDING);
            assertThat(waits.thread()).isEmpty();
            assertThat(waits.startedAt()).isEmpty();
            Awaitility.await().until(() -> one.waiting() == 1);
            assertThat(jobs.pendingCount()).isEqualTo(1);
            assertThat(jobs.activeCount()).isEqualTo(1);
            hold.open();
            assertSucceeded(waits, 1);
        }
    }

    @EachThreadKind
    void jobThatWaitsForTheSharedLimit_holdsItsScopesPlace() throws Exception {
        try (var here = open(1);
                var there = open(1)) {
            holder(there);
            var waits = here.spawn(withOne, () -> 1);
            Awaitility.await().until(() -> one.waiting() == 1);
            var behind = here.spawn("behind", () -> 2);
            assertThat(behind.state()).isEqualTo(JobState.PENDING);
            assertThat(here.pendingCount()).isEqualTo(2);
            hold.open();
            assertSucceeded(waits, 1);
            assertSucceeded(behind, 2);
        }
    }

    @EachThreadKind
    void jobWithoutScopePlace_doesNotTakeTheSharedOne() throws Exception {
        try (var here = open(1);
                var there = open(1)) {
            here.spawn("holds the scope", hold::pass);
            var waits = here.spawn(withOne, () -> 1);
            assertThat(one.taken()).isZero();
            assertThat(one.waiting()).isZero();
            assertSucceeded(there.spawn(withOne, () -> 2), 2);
            hold.open();
            assertSucceeded(waits, 1);
        }
    }

    @EachThreadKind
    void jobsThatWaitForTheSharedLimit_startInSpawnOrder() throws Exception {
        List<Integer> started = new CopyOnWriteArrayList<>();
        try (var jobs = open(100)) {
            holder(jobs);
            for (var i = 0; i < 50; i++) {
                var number = i;
                jobs.spawn(withOne, () -> started.add(number));
            }
            hold.open();
        }
        assertThat(started)
                .containsExactlyElementsOf(IntStream.range(0, 50).boxed().toList());
    }

    @EachThreadKind
    void waiterForJobWithTheSameLimit_givesBothPlacesUp() throws Exception {
        try (var jobs = open(1)) {
            var waits = jobs.spawn(withOne, () -> jobs.spawn(withOne, () -> 1).join());
            assertSucceeded(waits, 1);
        }
    }

    @EachThreadKind
    void parentWithTheLimit_whoseChildrenNeedItToo_doesNotDeadlock() throws Exception {
        try (var jobs = open(1)) {
            Job<Integer> joins = jobs.spawn(withOne.withChildLimit(1), scope -> {
                Job<Integer> child = scope.spawn(
                        withOne, inner -> inner.spawn(withOne, () -> 1).join());
                return child.join();
            });
            assertSucceeded(joins, 1);
            Job<Integer> completes = jobs.spawn(withOne, scope -> {
                scope.spawn(withOne, () -> 2);
                return 3;
            });
            assertSucceeded(completes, 3);
        }
    }

    @EachThreadKind
    void waiter_takesBothPlacesBack_beforeTheWaitReturns() throws Exception {
        var crowd = new Crowd();
        try (var jobs = open(4)) {
            for (var i = 0; i < 100; i++) {
                jobs.spawn(withOne, () -> {
                    crowd.enter();
                    var other = jobs.spawn(withOne, crowd::visit);
                    crowd.leave();
                    other.join();
                    crowd.enter();
                    assertThat(one.taken()).isEqualTo(1);
                    Crowd.linger();
                    crowd.leave();
                });
            }
        }
        assertThat(crowd.most()).isEqualTo(1);
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void cancelOfJobThatWaitsForTheSharedLimit_endsItAtOnce_andFreesItsScopesPlace() throws Exception {
        try (var here = open(1);
                var there = open(1)) {
            holder(there);
            var waits = here.spawn(withOne, () -> 1);
            Awaitility.await().until(() -> one.waiting() == 1);
            var behind = here.spawn("behind", () -> 2);
            assertThat(waits.cancel()).isTrue();
            assertThat(waits.isDone()).isTrue();
            assertCancelled(waits, CancelReason.REQUESTED);
            assertSucceeded(behind, 2);
            assertThat(one.waiting()).isZero();
            assertThat(one.taken()).isEqualTo(1);
            hold.open();
        }
    }

    @EachThreadKind
    void timeoutOfJobThatWaitsForTheSharedLimit_freesItsScopesPlace() throws Exception {
        try (var here = open(1);
                var there = open(1)) {
            holder(there);
            var waits = here.spawn(withOne.withTimeout(TestOptions.SHORT), () -> 1);
            var behind = here.spawn("behind", () -> 2);
            assertTimedOut(waits);
            assertSucceeded(behind, 2);
            hold.open();
        }
    }

    @EachThreadKind
    void completingJob_holdsNoSharedPlace() throws Exception {
        try (var jobs = open(10)) {
            Job<Integer> branch = jobs.spawn(withOne, scope -> {
                scope.spawn("child", hold::pass);
                return 1;
            });
            assertSucceeded(jobs.spawn(withOne, () -> 2), 2);
            assertThat(branch.state()).isEqualTo(JobState.COMPLETING);
            hold.open();
            assertSucceeded(branch, 1);
        }
    }

    /// Its scheduler is open no more.
    @EachThreadKind
    void tree_namesAHolderThatHasOutlivedItsScheduler() throws Exception {
        var closed = Scheduler.open(
                TestOptions.limit(5).withCloseTimeout(Duration.ofMillis(1)).withFailureHandler((job, failure) -> {}));
        var straggler = holder(closed);
        try (var log = new RecordedLog();
                var jobs = open(5)) {
            assertThat(closed.close(Duration.ZERO)).isEqualTo(List.of(straggler));
            assertThat(log.records()).isNotEmpty();
            var waits = jobs.spawn(withOne, () -> 1);
            var wait = jobs.tree().children().getFirst().waitsFor().orElseThrow();
            assertThat(wait.jobs()).isEqualTo(List.of(new JobTree.Ref(straggler.id(), straggler.name())));
            hold.open();
            assertSucceeded(waits, 1);
        }
    }

    @Test
    void sharedPlaces_afterAnyMixOfEnds_areAllFree() throws Exception {
        var limit = Limit.of("two", 2);
        var limited = JobOptions.named("limited").withSharedLimit(limit);
        try (var jobs = open(4)) {
            var mixed = new ArrayList<Job<?>>();
            for (var i = 0; i < 100; i++) {
                mixed.add(jobs.spawn(limited, () -> 1));
                mixed.add(jobs.spawn(limited, () -> {
                    throw new IllegalStateException("on purpose");
                }));
                mixed.add(jobs.spawn(limited.withTimeout(Duration.ofMillis(1)), () -> new Door().pass()));
                var cancelled = jobs.spawn(limited, () -> new Door().pass());
                mixed.add(cancelled);
                mixed.add(jobs.spawn(
                        limited, scope -> scope.spawn(limited, () -> 1).join()));
                if (i % 2 == 0) {
                    cancelled.cancel();
                } else {
                    mixed.add(jobs.spawn("canceller", () -> cancelled.cancelAndJoin(TestOptions.LONG)));
                }
            }
            for (var job : mixed) {
                outcome(job);
            }
            Awaitility.await().until(() -> limit.taken() == 0);
            assertThat(limit.waiting()).isZero();
            assertThat(jobs.activeCount()).isZero();
            assertThat(jobs.pendingCount()).isZero();
        }
    }

    /// Also where it has a place of its scope's limit to take back before.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void jobThatWaited_hasTheSharedPlaceBack_beforeOneThatIsPending(boolean limited) throws Exception {
        var limit = Limit.of("shared", 1);
        var order = new CopyOnWriteArrayList<String>();
        var options = limited ? TestOptions.limit(10) : TestOptions.unlimited();
        try (var jobs = Scheduler.open(options)) {
            Job<?> parent = jobs.spawn(JobOptions.named("parent").withSharedLimit(limit), () -> {
                var child = jobs.spawn(JobOptions.named("child").withSharedLimit(limit), () -> {});
                jobs.spawn(JobOptions.named("other").withSharedLimit(limit), () -> order.add("other"));
                child.join();
                order.add("parent");
            });
            assertThat(Within.outcome(parent)).isInstanceOf(Outcome.Succeeded.class);
            jobs.awaitIdle();
        }
        assertThat(order).containsExactly("parent", "other");
    }
}
