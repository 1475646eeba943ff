package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("R10: a scope's limit counts its direct jobs; pending ones start in spawn order; places are always freed")
final class Rule10LimitsTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final Door hold = new Door();

    private Scheduler open(int limit) {
        return Scheduler.open(TestOptions.limit(limit).withFailureHandler(failures));
    }

    private Job<?> holder(JobScope scope) throws InterruptedException {
        var running = new Door();
        var job = scope.spawn("holder", () -> {
            running.open();
            hold.passIgnoringInterrupts();
        });
        running.pass();
        return job;
    }

    private static void assertFree(Scheduler jobs, int limit) throws Exception {
        var together = new CyclicBarrier(limit);
        for (var i = 0; i < limit; i++) {
            jobs.spawn("uses a place", () -> together.await(20, TimeUnit.SECONDS));
        }
        for (var job : jobs.jobs()) {
            assertThat(outcome(job)).as("all %s places are free", limit).isInstanceOf(Outcome.Succeeded.class);
        }
        assertThat(jobs.activeCount()).isZero();
        assertThat(jobs.pendingCount()).isZero();
    }

    private static boolean startedBefore(Job<?> one, Job<?> other) {
        return one.startedAt().orElseThrow().isBefore(other.startedAt().orElseThrow());
    }

    /// Two processors may turn the order of two starts round that follow at once; without care each second one is.
    private static void assertRare(int wrong, int rounds) {
        assertThat(wrong).as("out of order in %s rounds", rounds).isLessThan(rounds / 5);
    }

    @Test
    void child_doesNotOvertakeOneThatHasItsPlace_andIsYetToStart() throws Exception {
        int wrong = 0;
        try (var jobs = open(1)) {
            for (int round = 0; round < 50; round++) {
                var branch = jobs.spawn(JobOptions.named("branch").withChildLimit(2), scope -> {
                    var go = new Door();
                    var first = scope.spawn("first", go::pass);
                    var second = scope.spawn("second", go::pass);
                    var pending = scope.spawn("pending", () -> {});
                    go.open();
                    first.join();
                    second.join();
                    var later = scope.spawn("later", () -> {});
                    pending.join();
                    later.join();
                    return startedBefore(later, pending);
                });
                wrong += branch.join() ? 1 : 0;
            }
        }
        assertRare(wrong, 50);
    }

    @Test
    void jobs_startInTheOrderInWhichTheyGotTheirPlaces_whoeverGaveThem() throws Exception {
        int wrong = 0;
        for (int round = 0; round < 50; round++) {
            try (var jobs = open(2)) {
                var go = new Door();
                var last = new Door();
                jobs.spawn("waits", () -> {
                    go.pass();
                    Job.blocking(last::pass);
                });
                jobs.spawn("ends", go::pass);
                var first = jobs.spawn("first", () -> {});
                var second = jobs.spawn("second", () -> {});
                go.open();
                second.join();
                first.join();
                last.open();
                wrong += startedBefore(second, first) ? 1 : 0;
            }
        }
        assertRare(wrong, 50);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void bodies_neverAreMoreThanTheLimit(int limit) {
        var crowd = new Crowd();
        try (var jobs = open(limit)) {
            for (var i = 0; i < 1_000; i++) {
                jobs.spawn("job", crowd::visit);
            }
        }
        assertThat(crowd.most()).isBetween(1, limit);
        assertThat(crowd.inside()).isZero();
    }

    @EachThreadKind
    void places_areAllUsed() throws Exception {
        try (var jobs = open(5)) {
            assertFree(jobs, 5);
            assertFree(jobs, 5);
        }
    }

    @EachThreadKind
    void pendingJobs_startInSpawnOrder() throws Exception {
        List<Integer> started = new CopyOnWriteArrayList<>();
        try (var jobs = open(1)) {
            holder(jobs);
            for (var i = 0; i < 200; i++) {
                var number = i;
                jobs.spawn("job", () -> started.add(number));
            }
            assertThat(started).isEmpty();
            hold.open();
        }
        assertThat(started)
                .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
    }

    @EachThreadKind
    void pendingJobs_startInSpawnOrder_whenSomeAreCancelled() throws Exception {
        List<Integer> started = new CopyOnWriteArrayList<>();
        try (var jobs = open(1)) {
            holder(jobs);
            var pending = new ArrayList<Job<?>>();
            for (var i = 0; i < 50; i++) {
                var number = i;
                pending.add(jobs.spawn("job", () -> started.add(number)));
            }
            for (var i = 0; i < 50; i += 3) {
                assertThat(pending.get(i).cancel()).isTrue();
            }
            hold.open();
        }
        assertThat(started)
                .containsExactlyElementsOf(
                        IntStream.range(0, 50).filter(i -> i % 3 != 0).boxed().toList());
    }

    @EachThreadKind
    void newJob_doesNotOvertakePendingOnes() throws Exception {
        List<String> started = new CopyOnWriteArrayList<>();
        try (var jobs = open(1)) {
            holder(jobs);
            var first = jobs.spawn("first", () -> {
                started.add("first");
                jobs.spawn("third", () -> started.add("third"));
            });
            jobs.spawn("second", () -> started.add("second"));
            hold.open();
            assertSucceeded(first, null);
        }
        assertThat(started).containsExactly("first", "second", "third");
    }

    @EachThreadKind
    void limit_countsDirectJobsOnly() throws Exception {
        try (var jobs = open(1)) {
            var together = new CyclicBarrier(5);
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                for (var i = 0; i < 5; i++) {
                    scope.spawn("child", () -> together.await(20, TimeUnit.SECONDS));
                }
                return 1;
            });
            assertSucceeded(branch, 1);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @EachThreadKind
    void childLimit_boundsTheChildrenOfThatBranch() throws Exception {
        var crowd = new Crowd();
        try (var jobs = open(10)) {
            Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withChildLimit(3), scope -> {
                for (var i = 0; i < 300; i++) {
                    scope.spawn("child", crowd::visit);
                }
                return 1;
            });
            assertSucceeded(branch, 1);
        }
        assertThat(crowd.most()).isBetween(1, 3);
    }

    @EachThreadKind
    void childLimit_ofOne_startsChildrenInSpawnOrder() throws Exception {
        List<Integer> started = new CopyOnWriteArrayList<>();
        try (var jobs = open(1)) {
            Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
                for (var i = 0; i < 100; i++) {
                    var number = i;
                    scope.spawn("child", () -> started.add(number));
                }
                return 1;
            });
            assertSucceeded(branch, 1);
        }
        assertThat(started)
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    @EachThreadKind
    void place_isHeldWhileTheBodyRuns() throws Exception {
        try (var jobs = open(2)) {
            holder(jobs);
            holder(jobs);
            var third = jobs.spawn("third", () -> 1);
            assertThat(third.state()).isEqualTo(JobState.PENDING);
            assertThat(jobs.activeCount()).isEqualTo(2);
            assertThat(jobs.pendingCount()).isEqualTo(1);
            assertThat(third.startedAt()).isEmpty();
            hold.open();
            assertSucceeded(third, 1);
        }
    }

    @EachThreadKind
    void completingJob_holdsNoPlace() throws Exception {
        try (var jobs = open(1)) {
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scope.spawn("child", hold::pass);
                return 1;
            });
            var next = jobs.spawn("next", () -> 2);
            assertSucceeded(next, 2);
            assertThat(branch.state()).isEqualTo(JobState.COMPLETING);
            hold.open();
            assertSucceeded(branch, 1);
        }
    }

    @Test
    void places_afterAnyMixOfEnds_areAllFree() throws Exception {
        var failure = new IllegalStateException("on purpose");
        try (var jobs = open(3)) {
            for (var round = 0; round < 20; round++) {
                var mixed = new ArrayList<Job<?>>();
                for (var i = 0; i < 20; i++) {
                    mixed.add(jobs.spawn("returns", () -> 1));
                    mixed.add(jobs.spawn("fails", () -> {
                        throw failure;
                    }));
                    mixed.add(jobs.spawn(
                            JobOptions.named("times out").withTimeout(Duration.ofMillis(1)), () -> new Door().pass()));
                    mixed.add(jobs.spawn("is cancelled", () -> new Door().pass()));
                    mixed.add(jobs.spawn(
                            "branch fails",
                            scope -> scope.spawn("fails", () -> {
                                        throw failure;
                                    })
                                    .join()));
                }
                for (var i = 3; i < mixed.size(); i += 5) {
                    mixed.get(i).cancel();
                }
                for (var job : mixed) {
                    outcome(job);
                }
                assertFree(jobs, 3);
            }
        }
    }

    @Test
    void limit_whileSpawnersAndEndsRace_isNeverExceededAndEverythingRuns() throws Exception {
        var crowd = new Crowd();
        var ran = new AtomicInteger();
        try (var jobs = open(4)) {
            var actors = new ArrayList<Actor<Integer>>();
            for (var a = 0; a < 6; a++) {
                actors.add(Actor.start(ThreadKind.ofTurn(a), () -> {
                    for (var i = 0; i < 500; i++) {
                        jobs.spawn("job", () -> {
                            crowd.visit();
                            ran.incrementAndGet();
                        });
                    }
                    return 0;
                }));
            }
            for (var actor : actors) {
                actor.result();
            }
        }
        assertThat(ran).hasValue(3_000);
        assertThat(crowd.most()).isBetween(1, 4);
    }
}
