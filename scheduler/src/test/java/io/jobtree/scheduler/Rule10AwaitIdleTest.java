package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("R10: awaitIdle waits until no job of the scope is unfinished; a job that waits there gives its place up")
final class Rule10AwaitIdleTest {
    private final Door hold = new Door();

    @AfterEach
    void letGo() {
        hold.open();
    }

    private static SchedulerOptions options(int limit) {
        return TestOptions.limit(limit)
                .withWaitTimeout(Duration.ofSeconds(1))
                .withCloseTimeout(Duration.ofSeconds(2))
                .withFailureHandler((job, failure) -> {});
    }

    /// The handler's job is done, and not waited for.
    @Test
    void awaitIdle_inTheFailureHandlerOfADoneJob_waitsForTheOthers() throws Exception {
        var idle = new CompletableFuture<Boolean>();
        var handling = new Door();
        var scheduler = new CompletableFuture<Scheduler>();
        var options = options(2).withFailureHandler((job, failure) -> {
            try {
                handling.open();
                scheduler.join().awaitIdle();
                idle.complete(scheduler.join().jobs().isEmpty());
            } catch (Throwable thrown) {
                idle.completeExceptionally(thrown);
            }
        });
        try (var jobs = Scheduler.open(options)) {
            scheduler.complete(jobs);
            jobs.spawn("other", hold::pass);
            jobs.spawn("fails", () -> {
                throw new IllegalStateException("on purpose");
            });
            handling.pass();
            hold.open();
            assertThat(Within.call(() -> idle.get())).isTrue();
        }
    }

    @EachThreadKind
    void awaitIdle_ofAnIdleScope_returnsAtOnce() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            Within.run(jobs::awaitIdle);
            assertThat(Within.call(() -> jobs.awaitIdle(Duration.ZERO))).isTrue();
            Within.outcome(jobs.spawn("job", () -> 1));
            Within.run(jobs::awaitIdle);
        }
    }

    @EachThreadKind
    void awaitIdle_waitsForRunningAndPendingJobs_andForThoseThatTheySpawn() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            var all = new ArrayList<Job<?>>();
            var later = new CompletableFuture<Job<?>>();
            all.add(jobs.spawn("holder", () -> {
                hold.pass();
                later.complete(jobs.spawn("later", Crowd::linger));
            }));
            all.add(jobs.spawn("pending", () -> 1));
            assertThat(Within.call(() -> jobs.awaitIdle(TestOptions.SHORT))).isFalse();
            var waiter = Actor.start(() -> {
                jobs.awaitIdle();
                return later.join().isDone() && all.stream().allMatch(Job::isDone);
            });
            waiter.awaitParked();
            hold.open();
            assertThat(waiter.result()).isTrue();
            assertThat(jobs.jobs()).isEmpty();
        }
    }

    @EachThreadKind
    void awaitIdle_ofABranchsScope_inItsBody_atLimitOne_doesNotDeadlock() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
                var children = new ArrayList<Job<Integer>>();
                for (var i = 0; i < 5; i++) {
                    children.add(scope.spawn(
                            "child", () -> jobs.spawn("sibling", () -> 1).join()));
                }
                scope.awaitIdle();
                assertThat(children).allMatch(Job::isDone);
                return children.size();
            });
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>(5));
            Within.hasAllPlaces(jobs, 1);
        }
    }

    /// It would wait for itself.
    @Test
    void awaitIdle_ofAScopeThatTheCallerIsIn_throwsAtOnce() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            Job<String> branch = jobs.spawn("branch", scope -> {
                assertThatThrownBy(jobs::awaitIdle).isInstanceOf(IllegalStateException.class);
                return scope.spawn("child", () -> {
                            assertThatThrownBy(scope::awaitIdle).isInstanceOf(IllegalStateException.class);
                            assertThatThrownBy(() -> jobs.awaitIdle(Duration.ofSeconds(1)))
                                    .isInstanceOf(IllegalStateException.class);
                            return "unharmed";
                        })
                        .join();
            });
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>("unharmed"));
        }
    }

    @EachThreadKind
    void awaitIdle_ofAnotherScheduler_givesThePlaceUp_andHasItBack() throws Exception {
        try (var jobs = Scheduler.open(options(1));
                var others = Scheduler.open(options(1))) {
            others.spawn("held", hold::pass);
            var waits = jobs.spawn("waits", () -> {
                others.awaitIdle();
                return others.jobs().size();
            });
            Within.isParked(waits);
            assertThat(Within.outcome(jobs.spawn("next", () -> 2))).isEqualTo(new Outcome.Succeeded<>(2));
            hold.open();
            assertThat(Within.outcome(waits)).isEqualTo(new Outcome.Succeeded<>(0));
            Within.hasAllPlaces(jobs, 1);
        }
    }

    @EachThreadKind
    void awaitIdle_whileAnObserverHasNotHeard_waits() throws Exception {
        var ending = new Door();
        var options = options(1).withObserver(new Hooks().onEnded((job, outcome) -> {
                    ending.open();
                    hold.passIgnoringInterrupts();
                }));
        try (var jobs = Scheduler.open(options)) {
            var job = jobs.spawn("job", () -> 1);
            ending.pass();
            assertThat(Within.call(() -> jobs.awaitIdle(TestOptions.SHORT))).isFalse();
            hold.open();
            Within.run(jobs::awaitIdle);
            assertThat(job.isDone()).isTrue();
        }
    }

    @EachThreadKind
    void awaitIdle_thatIsInterrupted_throws_andLeavesTheJobsAlone() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            var job = jobs.spawn("job", hold::pass);
            var waiter = Actor.start(() -> {
                jobs.awaitIdle();
                return 1;
            });
            waiter.awaitParked().interrupt();
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            assertThat(job.isDone()).isFalse();
            hold.open();
        }
    }

    /// Who waits for idleness owns no failure.
    @EachThreadKind
    void awaitIdle_ownsNoFailure() throws Exception {
        var failures = new RecordedFailures();
        try (var jobs = Scheduler.open(options(1).withFailureHandler(failures))) {
            jobs.spawn("fails", () -> {
                hold.pass();
                throw new IllegalStateException("on purpose");
            });
            var waiter = Actor.start(() -> {
                jobs.awaitIdle();
                return 1;
            });
            waiter.awaitParked();
            hold.open();
            waiter.result();
            assertThat(failures.await(1)).hasSize(1);
        }
    }

    @EachThreadKind
    void awaitIdle_waitsForAShieldedJob_whoseCallerHasLeft() throws Exception {
        var hold = new Door();
        var running = new Door();
        try (var jobs = Scheduler.open(TestOptions.limit(1))) {
            var caller = jobs.spawn("caller", () -> {
                jobs.shield("shielded", () -> {
                    running.open();
                    hold.passIgnoringInterrupts();
                });
            });
            running.pass();
            caller.cancel();
            Outcomes.assertCancelled(caller, CancelReason.REQUESTED);
            assertThat(jobs.jobs()).as("it is in no number").isEmpty();
            assertThat(jobs.awaitIdle(TestOptions.SHORT)).isFalse();
            hold.open();
            assertThat(jobs.awaitIdle(TestOptions.LONG)).isTrue();
            assertThat(jobs.tree().children()).isEmpty();
        }
    }

    @EachThreadKind
    void awaitIdle_ofACancelledScope_waitsForWhatIgnoresIt() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            var running = new Door();
            jobs.spawn("stubborn", () -> {
                running.open();
                hold.passIgnoringInterrupts();
            });
            running.pass();
            jobs.spawn("pending", () -> 1);
            jobs.cancel();
            assertThat(Within.call(() -> jobs.awaitIdle(TestOptions.SHORT))).isFalse();
            hold.open();
            assertThat(Within.call(() -> jobs.awaitIdle(TestOptions.LONG))).isTrue();
        }
    }

    @Test
    void awaitIdle_withANegativeTimeout_namesIt() {
        try (var jobs = Scheduler.open(options(1))) {
            assertThatThrownBy(() -> jobs.awaitIdle(Duration.ofNanos(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("timeout must not be negative: PT-0.000000001S");
            assertThat(Within.call(() -> jobs.awaitIdle(Duration.ofSeconds(Long.MAX_VALUE))))
                    .isTrue();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @EachThreadKind
    void joinAll_givesResultsInOrder_alsoInAJobAtLimitOne() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            var outside = new ArrayList<Job<Integer>>();
            for (var i = 0; i < 5; i++) {
                var number = i;
                outside.add(jobs.spawn("job", () -> number));
            }
            assertThat(Within.call(() -> JobScope.joinAll(outside))).containsExactly(0, 1, 2, 3, 4);
            var inside = jobs.spawn("joins", () -> {
                var all = List.of(jobs.spawn("a", () -> 1), jobs.spawn("b", () -> 2), jobs.spawn("c", () -> 3));
                return JobScope.joinAll(all);
            });
            assertThat(Within.outcome(inside)).isEqualTo(new Outcome.Succeeded<>(List.of(1, 2, 3)));
            assertThat(JobScope.joinAll(List.<Job<Integer>>of())).isEmpty();
            Within.hasAllPlaces(jobs, 1);
        }
    }

    @EachThreadKind
    void joinAll_throwsTheFirstFailure_asJoinDoes() throws Exception {
        var failure = new IllegalStateException("on purpose");
        try (var jobs = Scheduler.open(options(3))) {
            var all = List.of(jobs.<Integer>spawn("a", () -> 1), jobs.<Integer>spawn("b", () -> {
                throw failure;
            }));
            assertThatThrownBy(() -> Within.call(() -> JobScope.joinAll(all)))
                    .isInstanceOf(JobFailedException.class)
                    .cause()
                    .isSameAs(failure);
            var cancelled = jobs.<Integer>spawn("c", () -> {
                hold.pass();
                return 1;
            });
            cancelled.cancel();
            assertThatThrownBy(() -> Within.call(() -> JobScope.joinAll(List.of(cancelled))))
                    .isInstanceOf(JobCancelledException.class);
        }
    }
}
