package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
@DisplayName("R10: a job that waits in get or join of a job's future gives its place up")
final class Rule10FutureGetTest {
    private final Door hold = new Door();

    @AfterEach
    void letGo() {
        hold.open();
    }

    private static SchedulerOptions options(int limit) {
        return TestOptions.limit(limit)
                .withWaitTimeout(Duration.ofSeconds(1))
                .withCloseTimeout(Duration.ofSeconds(1))
                .withFailureHandler((job, failure) -> {});
    }

    /// The ways to wait for a future.
    enum Wait {
        GET,
        TIMED_GET,
        JOIN
    }

    private static <T extends @Nullable Object> T await(CompletableFuture<T> future, Wait wait) throws Exception {
        return switch (wait) {
            case GET -> future.get();
            case TIMED_GET -> future.get(20, TimeUnit.SECONDS);
            case JOIN -> future.join();
        };
    }

    @ParameterizedTest
    @EnumSource
    void jobThatWaitsForAFuture_atLimitOne_doesNotDeadlock(Wait wait) throws Exception {
        var jobs = Scheduler.open(options(1));
        var waits = jobs.spawn("waits", () -> await(jobs.spawn("other", () -> 2).toCompletableFuture(), wait) + 1);
        assertThat(Within.outcome(waits)).isEqualTo(new Outcome.Succeeded<>(3));
        Within.hasAllPlaces(jobs, 1);
        assertThat(Within.call(() -> jobs.close(Duration.ZERO))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void jobThatWaitsForAFuture_ofASiblingUnderAChildLimit_andASharedOne_doesNotDeadlock(Wait wait) throws Exception {
        var jobs = Scheduler.open(options(1));
        var shared = Limit.of("shared", 1);
        Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
            var waits = scope.spawn(
                    JobOptions.named("waits").withSharedLimit(shared),
                    () -> await(
                            scope.spawn(JobOptions.named("other").withSharedLimit(shared), () -> 2)
                                    .toCompletableFuture(),
                            wait));
            return await(waits.toCompletableFuture(), wait);
        });
        assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>(2));
        assertThat(shared.taken()).isZero();
        Within.hasAllPlaces(jobs, 1);
        assertThat(Within.call(() -> jobs.close(Duration.ZERO))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void waiter_hasItsPlaceBack_aheadOfPendingJobs_beforeTheWaitReturns(Wait wait) throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        var crowd = new Crowd();
        var jobs = Scheduler.open(options(1));
        var waits = jobs.spawn("waits", () -> {
            var other = jobs.spawn("other", () -> order.add("other"));
            for (var i = 0; i < 5; i++) {
                jobs.spawn("pending", () -> {
                    crowd.visit();
                    order.add("pending");
                });
            }
            await(other.toCompletableFuture(), wait);
            crowd.visit();
            return order.add("resumed");
        });
        Within.outcome(waits);
        Within.hasAllPlaces(jobs, 1);
        assertThat(order).startsWith("other", "resumed").hasSize(7);
        assertThat(crowd.most()).isEqualTo(1);
        jobs.close(Duration.ZERO);
    }

    /// What depends on the future was added later than the job began to wait, and the JDK runs it first.
    @ParameterizedTest
    @EnumSource
    void waiter_isWoken_thoughWhatDependsOnTheFutureWaitsForAPendingJob(Wait wait) throws Exception {
        var jobs = Scheduler.open(options(1));
        var shared = new CompletableFuture<CompletableFuture<Integer>>();
        var pending = new CompletableFuture<Job<Integer>>();
        var waits = jobs.spawn("waits", () -> {
            var other = jobs.spawn("other", () -> {
                hold.pass();
                return 2;
            });
            pending.complete(jobs.spawn("pending", () -> 3));
            var future = other.toCompletableFuture();
            shared.complete(future);
            var value = await(future, wait);
            assertThat(future.isDone()).isTrue();
            return value;
        });
        var future = shared.get();
        Within.isTrue(() -> waits.tree().waitsFor().isPresent());
        Within.isParked(waits);
        var dependant = future.thenApply(value -> {
            try {
                return value + pending.get().join();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        });
        hold.open();
        assertThat(Within.outcome(waits)).isEqualTo(new Outcome.Succeeded<>(2));
        assertThat(dependant.get(20, TimeUnit.SECONDS)).isEqualTo(5);
        Within.hasAllPlaces(jobs, 1);
        assertThat(Within.call(() -> jobs.close(Duration.ZERO))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void future_isDone_afterItWasWaitedFor(Wait wait) throws Exception {
        try (var jobs = Scheduler.open(options(2))) {
            for (int i = 0; i < 300; i++) {
                var waits = jobs.spawn("waits", () -> {
                    var future = jobs.spawn("other", () -> 2).toCompletableFuture();
                    await(future, wait);
                    return future.isDone();
                });
                assertThat(waits.join()).isTrue();
            }
        }
    }

    /// Whoever completes a future wakes those who wait for it, with what it was completed with.
    @ParameterizedTest
    @EnumSource
    void waiter_hasWhatAUserCompletedTheFutureWith(Wait wait) throws Exception {
        var jobs = Scheduler.open(options(1));
        List<Consumer<CompletableFuture<Integer>>> completions = List.of(
                future -> future.complete(5),
                future -> future.completeAsync(() -> 5),
                future -> future.obtrudeValue(5),
                future -> future.completeOnTimeout(5, 1, TimeUnit.NANOSECONDS));
        for (var completion : completions) {
            var other = jobs.spawn("other", () -> {
                Job.blocking(hold::pass);
                return 2;
            });
            var future = other.toCompletableFuture();
            var waits = jobs.spawn("waits", () -> await(future, wait));
            Within.isTrue(() -> waits.tree().waitsFor().isPresent());
            Within.isParked(waits);
            completion.accept(future);
            assertThat(Within.outcome(waits)).isEqualTo(new Outcome.Succeeded<>(5));
        }
        hold.open();
        assertThat(Within.call(() -> jobs.close(Duration.ofSeconds(5)))).isEmpty();
    }

    @Test
    void bodies_outsideOfWaitsForFutures_areNeverMoreThanTheLimit() throws Exception {
        for (var limit : List.of(1, 2)) {
            var crowd = new Crowd();
            var jobs = Scheduler.open(options(limit).withoutPendingLimit());
            for (var i = 0; i < 100; i++) {
                var wait = Wait.values()[i % 3];
                jobs.spawn("waits", () -> {
                    crowd.visit();
                    await(jobs.spawn("other", crowd::visit).toCompletableFuture(), wait);
                    crowd.visit();
                });
            }
            Within.hasAllPlaces(jobs, limit);
            assertThat(crowd.most()).isBetween(1, limit);
            jobs.close(Duration.ZERO);
        }
    }

    @EachThreadKind
    void cancelledWaiter_returnsAtOnce_withoutItsPlace() throws Exception {
        var jobs = Scheduler.open(options(1));
        var runs = new Door();
        var waits = jobs.spawn("waits", () -> {
            jobs.spawn("other", () -> {
                        runs.open();
                        hold.passIgnoringInterrupts();
                    })
                    .toCompletableFuture()
                    .get();
        });
        runs.pass();
        waits.cancel();
        assertThat(Within.outcome(waits)).isInstanceOf(Outcome.Cancelled.class);
        hold.open();
        Within.hasAllPlaces(jobs, 1);
        jobs.close(Duration.ZERO);
    }

    @Test
    void timedGet_thatRunsOut_hasItsPlaceAgain() throws Exception {
        var jobs = Scheduler.open(options(1));
        var waits = jobs.spawn("waits", () -> {
            var other = jobs.spawn("other", hold::pass);
            try {
                other.toCompletableFuture().get(20, TimeUnit.MILLISECONDS);
                return "done";
            } catch (TimeoutException expected) {
                return "timed out";
            }
        });
        assertThat(hold.staysShut()).isTrue();
        hold.open();
        assertThat(Within.outcome(waits)).isInstanceOf(Outcome.Succeeded.class);
        Within.hasAllPlaces(jobs, 1);
        jobs.close(Duration.ZERO);
    }

    /// Outside of any job there is nothing to give up.
    @EachThreadKind
    void threadThatIsNoJob_waitsAsUsual() throws Exception {
        try (var jobs = Scheduler.open(options(1));
                AutoCloseable _ = this::letGo) {
            for (var wait : Wait.values()) {
                assertThat(Within.call(() -> await(jobs.spawn("job", () -> 2).toCompletableFuture(), wait)))
                        .isEqualTo(2);
            }
            var failed = jobs.spawn("fails", () -> {
                throw new IllegalStateException("on purpose");
            });
            assertThat(Within.call(() -> {
                        try {
                            return failed.toCompletableFuture().get();
                        } catch (ExecutionException e) {
                            return e.getCause();
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    /// The picture says whose place a pending job waits for.
    @EachThreadKind
    void tree_saysOfAPendingJob_whoseLimitItWaitsFor_andWhoHoldsIt() throws Exception {
        var shared = Limit.of("open files", 1);
        try (var jobs = Scheduler.open(options(1));
                AutoCloseable _ = this::letGo) {
            var running = new Door();
            var holder = jobs.spawn("the holder", () -> {
                running.open();
                hold.pass();
            });
            running.pass();
            var pending = jobs.spawn("pending", () -> {});
            assertThat(pending.tree().toString())
                    .contains("test")
                    .contains("the holder")
                    .contains("#" + holder.id());
            hold.open();
            Within.outcome(pending);
            var files = new Door();
            var reads = new Door();
            var reader = Within.call(() -> {
                var other = Scheduler.open(options(5));
                var job = other.spawn(JobOptions.named("the reader").withSharedLimit(shared), () -> {
                    reads.open();
                    files.pass();
                });
                reads.pass();
                return job;
            });
            var waits = jobs.spawn(JobOptions.named("waits for files").withSharedLimit(shared), () -> {});
            assertThat(waits.tree().toString())
                    .contains("open files")
                    .contains("the reader")
                    .contains("#" + reader.id());
            files.open();
            Within.outcome(waits);
            reader.scheduler().close();
        }
    }
}
