package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("joinAll, awaitIdle, blocking and the like wait as join does, and give places up meanwhile")
final class WaitingForJobsTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private static SchedulerOptions one() {
        return TestOptions.limit(1);
    }

    @Test
    void joinAll_givesTheResultsInOrder() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var slow = Held.body();
            List<Job<String>> all = List.of(jobs.spawn("a", slow), jobs.spawn("b", () -> "b"));
            slow.release();
            List<String> results = JobScope.joinAll(all);
            assertThat(results).containsExactly("done", "b");
            assertThatThrownBy(() -> results.add("c")).isInstanceOf(UnsupportedOperationException.class);
            List<Object> wider = JobScope.joinAll(all);
            assertThat(wider).hasSize(2);
            assertThat(JobScope.joinAll(List.<Job<String>>of())).isEmpty();
        }
    }

    @Test
    void joinAll_throwsWhatIsOfTheFirstThatDidNotSucceed_andTheOthersGoOn() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var held = Held.body();
            var failure = new IllegalStateException("on purpose");
            var good = jobs.spawn("good", () -> 1);
            var bad = jobs.<Object>spawn("bad", () -> {
                throw failure;
            });
            var goesOn = jobs.spawn("goes on", held);
            assertThatThrownBy(() -> JobScope.joinAll(List.of(good, bad, goesOn)))
                    .isInstanceOf(JobFailedException.class)
                    .hasMessageContaining("test/bad")
                    .hasCause(failure);
            assertThat(goesOn.isDone()).isFalse();
            held.release();
            assertSucceeded(goesOn, "done");
        }
    }

    @Test
    void joinAll_inAJob_atLimitOne_doesNotDeadlock() throws Exception {
        try (var jobs = Scheduler.open(one())) {
            var parent = jobs.spawn("parent", () -> {
                var siblings = List.of(jobs.spawn("a", () -> 1), jobs.spawn("b", () -> 2));
                return JobScope.joinAll(siblings);
            });
            assertSucceeded(parent, List.of(1, 2));
        }
    }

    @Test
    void awaitIdle_returnsOnceNoJobIsUnfinished_alsoOfThoseSpawnedMeanwhile() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            jobs.awaitIdle();
            var last = Held.body();
            jobs.spawn("first", () -> jobs.spawn("second", last));
            var idle = Caller.platform(() -> {
                jobs.awaitIdle();
                return jobs.jobs();
            });
            last.awaitStarted();
            idle.awaitBlocked();
            assertThat(jobs.awaitIdle(Duration.ofMillis(1))).isFalse();
            last.release();
            assertThat(idle.result()).isEmpty();
            assertThat(jobs.awaitIdle(Duration.ZERO)).isTrue();
            assertSucceeded(jobs.spawn("it stays open", () -> 1), 1);
        }
    }

    @Test
    void awaitIdle_ofTheBodysOwnScope_atLimitOne_waitsForTheChildren() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var parent = jobs.spawn(JobOptions.named("parent").withChildLimit(1), scope -> {
                var a = scope.spawn("a", () -> 1);
                var b = scope.spawn("b", () -> 2);
                scope.awaitIdle();
                return a.isDone() && b.isDone();
            });
            assertSucceeded(parent, true);
        }
    }

    @Test
    void awaitIdle_ofAnotherScheduler_givesThePlaceUp() throws Exception {
        try (var jobs = Scheduler.open(one());
                var others = Scheduler.open(TestOptions.unlimited())) {
            var held = Held.body();
            others.spawn("other", held);
            var waits = jobs.spawn("waits", () -> others.awaitIdle(LONG));
            assertSucceeded(jobs.spawn("takes the place", () -> 1), 1);
            held.release();
            assertSucceeded(waits, true);
        }
    }

    @Test
    void awaitIdle_fromInside_throwsAtOnce() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var branch = jobs.spawn("branch", scope -> {
                assertThatThrownBy(jobs::awaitIdle)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("test/branch")
                        .hasMessageContaining("cannot wait for Scheduler 'test'");
                return scope.spawn("below", () -> {
                            assertThatThrownBy(() -> jobs.awaitIdle(LONG)).isInstanceOf(IllegalStateException.class);
                            assertThatThrownBy(scope::awaitIdle).isInstanceOf(IllegalStateException.class);
                            return "unharmed";
                        })
                        .join();
            });
            assertSucceeded(branch, "unharmed");
        }
    }

    @Test
    void awaitIdle_ownsNoFailure() throws Exception {
        var failures = new RecordedFailures();
        try (var jobs = Scheduler.open(TestOptions.unlimited().withFailureHandler(failures))) {
            var held = Held.<Object>then(() -> {
                throw new IllegalStateException("on purpose");
            });
            jobs.spawn("fails", held);
            var idle = Caller.virtual(() -> jobs.awaitIdle(LONG)).awaitBlocked();
            held.release();
            assertThat(idle.result()).isTrue();
        }
        assertThat(failures.failures()).hasSize(1);
    }

    @Test
    void blocking_givesThePlaceUp_soThatJobsThatMeetAtALatchDo() throws Exception {
        var meet = new CountDownLatch(3);
        try (var jobs = Scheduler.open(one())) {
            for (int i = 0; i < 3; i++) {
                jobs.spawn("meets", () -> {
                    meet.countDown();
                    Job.blocking(() -> meet.await(30, TimeUnit.SECONDS));
                });
            }
            assertThat(jobs.awaitIdle(LONG)).isTrue();
        }
        assertThat(meet.getCount()).isZero();
    }

    @Test
    void blocking_givesWhatTheWaitGives_andThrowsWhatItThrows() throws Exception {
        var failure = new Exception("on purpose");
        assertThat(Job.<Integer>blocking(() -> 1)).isEqualTo(1);
        assertThatThrownBy(() -> Job.blocking(() -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    @Test
    void await_withATimeout_throwsForTheTimeAlone() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var held = Held.<Object>then(() -> {
                throw new IllegalStateException("on purpose");
            });
            var job = jobs.spawn("job", held);
            assertThatThrownBy(() -> job.await(Duration.ofMillis(1)))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("test/job");
            held.release();
            assertThat(job.await(LONG)).isInstanceOf(Outcome.Failed.class);
        }
    }

    @Test
    void valueOrThrow_isAsJoin() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            assertThat(jobs.spawn("good", () -> 1).await().valueOrThrow()).isEqualTo(1);
            var failure = new IllegalStateException("on purpose");
            var failed = jobs.<Object>spawn("bad", () -> {
                throw failure;
            });
            assertThatThrownBy(() -> failed.await().valueOrThrow())
                    .isInstanceOf(JobFailedException.class)
                    .hasMessage("A job failed: java.lang.IllegalStateException: on purpose")
                    .hasCause(failure);
            var held = Held.body();
            var cancelled = jobs.spawn("cancelled", held);
            cancelled.cancel();
            assertThatThrownBy(() -> cancelled.await().valueOrThrow())
                    .isInstanceOfSatisfying(
                            JobCancelledException.class,
                            thrown -> assertThat(thrown.reason()).isEqualTo(CancelReason.REQUESTED))
                    .hasMessage("A job was cancelled");
        }
    }

    @Test
    void deadline_isTheNearest_ownOrAbove() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            assertThat(jobs.spawn("none", () -> 1).deadline()).isEmpty();
            var parent = jobs.spawn(JobOptions.named("parent").withTimeout(Duration.ofHours(1)), scope -> {
                var parentEnds = scope.spawn("inherits", () -> 1).deadline().orElseThrow();
                var sooner = scope.spawn(JobOptions.named("own").withTimeout(Duration.ofMinutes(1)), () -> 1);
                var later = scope.spawn(JobOptions.named("own").withTimeout(Duration.ofHours(9)), () -> 1);
                assertThat(sooner.deadline().orElseThrow()).isBefore(parentEnds);
                assertThat(later.deadline()).contains(parentEnds);
                return parentEnds;
            });
            assertThat(parent.join())
                    .isEqualTo(parent.deadline().orElseThrow())
                    .isBetween(Instant.now().plusSeconds(3_000), Instant.now().plusSeconds(3_600));
        }
    }

    @Test
    void scheduler_ofAScope_isTheOneItBelongsTo() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            JobScope scopeOfAll = jobs;
            assertThat(scopeOfAll.scheduler()).isSameAs(jobs);
            assertSucceeded(jobs.spawn("branch", scope -> scope.scheduler() == jobs), true);
        }
    }
}
