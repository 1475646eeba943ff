package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.engine.EngineView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("Job.toCompletableFuture: completes as the job ends; cancelling it cancels the job")
final class JobFutureTest {
    private final RecordedFailures failures = new RecordedFailures();

    private Scheduler open(SchedulerOptions options) {
        return Scheduler.open(options.withFailureHandler(failures));
    }

    @Test
    void future_ofEachEnd_completesLikeTheJob() throws Exception {
        var failure = new IllegalStateException("broken");
        try (var jobs = open(TestOptions.limit(2))) {
            assertThat(jobs.spawn("job", () -> 7).toCompletableFuture().get(30, TimeUnit.SECONDS))
                    .isEqualTo(7);
            var failed = jobs.spawn("failed", () -> {
                        throw failure;
                    })
                    .toCompletableFuture();
            assertThatThrownBy(() -> failed.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isSameAs(failure);
            assertThatThrownBy(failed::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isSameAs(failure);
            var held = Held.body();
            var cancelled = jobs.spawn("cancelled", held);
            var future = cancelled.toCompletableFuture();
            cancelled.cancel();
            assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
            assertThat(future.isCancelled()).isTrue();
            assertThat(future.handle((text, thrown) -> thrown).get(30, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            JobCancelledException.class,
                            thrown -> assertThat(thrown.reason()).isEqualTo(CancelReason.REQUESTED));
        }
    }

    /// The thread that the job has for it is mostly yet to come.
    @Test
    void whoComesAfterTheEnd_findsItCompleted() throws Exception {
        try (var jobs = open(TestOptions.limit(2))) {
            for (int i = 0; i < 500; i++) {
                var job = jobs.spawn("job", () -> 7);
                var completed = job.toCompletableFuture();
                var broken = job.toCompletableFuture();
                var cancelled = job.toCompletableFuture();
                job.await();
                assertThat(completed.complete(8)).isFalse();
                assertThat(completed.resultNow()).isEqualTo(7);
                assertThat(broken.completeExceptionally(new IllegalStateException()))
                        .isFalse();
                assertThat(broken.resultNow()).isEqualTo(7);
                assertThat(cancelled.cancel(true)).isFalse();
                assertThat(cancelled.resultNow()).isEqualTo(7);
                var stopped = jobs.spawn("stopped", Held.body());
                var future = stopped.toCompletableFuture();
                stopped.cancel();
                stopped.await();
                assertThat(future.cancel(true)).isTrue();
                assertThat(future.isCancelled()).isTrue();
            }
        }
    }

    @Test
    void whoAsksAfterTheEnd_findsTheOutcome() throws Exception {
        try (var jobs = open(TestOptions.limit(2))) {
            for (int i = 0; i < 500; i++) {
                var job = jobs.spawn("job", () -> 7);
                var broken = new IllegalStateException("broken");
                var failing = jobs.spawn("failing", () -> {
                    throw broken;
                });
                var futures = Stream.generate(job::toCompletableFuture).limit(5).toList();
                var failures =
                        Stream.generate(failing::toCompletableFuture).limit(4).toList();
                job.await();
                assertThat(futures.get(0).isDone()).isTrue();
                assertThat(futures.get(0).getNow(-1)).isEqualTo(7);
                assertThat(futures.get(1).get(0, TimeUnit.SECONDS)).isEqualTo(7);
                assertThat(futures.get(2).resultNow()).isEqualTo(7);
                assertThat(futures.get(3).state()).isEqualTo(Future.State.SUCCESS);
                assertThat(futures.get(4).getNow(-1)).isEqualTo(7);
                failing.await();
                assertThat(failures.get(0).isCompletedExceptionally()).isTrue();
                assertThat(failures.get(1).exceptionNow()).isSameAs(broken);
                assertThat(failures.get(2).state()).isEqualTo(Future.State.FAILED);
                assertThat(failures.get(3)).failsWithin(Duration.ZERO);
                var stopped = jobs.spawn("stopped", Held.body());
                var cancelled = stopped.toCompletableFuture();
                assertThat(cancelled.isDone()).isFalse();
                assertThat(cancelled.state()).isEqualTo(Future.State.RUNNING);
                stopped.cancel();
                stopped.await();
                assertThat(cancelled.isCancelled()).isTrue();
            }
        }
    }

    @Test
    void supplier_thatThrows_completesItAsAnyFuture() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var hold = new Door();
            var job = jobs.spawn("job", () -> {
                hold.pass();
                return 1;
            });
            var thrown = new IllegalStateException("the supplier's");
            for (var future : List.of(job.toCompletableFuture(), new CompletableFuture<Integer>())) {
                future.completeAsync(() -> {
                    throw thrown;
                });
                assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .hasCause(thrown);
                assertThatThrownBy(future::join)
                        .isInstanceOf(CompletionException.class)
                        .hasCause(thrown);
                assertThat(future.handle((value, failure) -> failure).get(30, TimeUnit.SECONDS))
                        .isInstanceOf(CompletionException.class)
                        .hasCause(thrown);
            }
            hold.open();
        }
    }

    @Test
    void future_thatIsThereBeforeTheFailure_ownsIt() throws Exception {
        var held = Held.then(() -> {
            throw new IllegalStateException("broken");
        });
        try (var jobs = open(TestOptions.limit(1))) {
            var job = jobs.spawn("job", held);
            var future = job.toCompletableFuture();
            held.release();
            assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        }
        assertThat(failures.failures()).isEmpty();
    }

    @Test
    void future_thatWasCompletedOtherwise_ownsNoFailure() throws Exception {
        var failure = new IllegalStateException("broken");
        var held = Held.then(() -> {
            throw failure;
        });
        try (var jobs = open(TestOptions.limit(1))) {
            var job = jobs.spawn("job", held);
            var future = job.toCompletableFuture();
            future.completeExceptionally(new AssertionError("given up"));
            held.release();
            failures.await(1);
        }
        assertThat(failures.failures()).containsExactly(failure);
    }

    @Test
    void cancel_ofTheFuture_cancelsTheJob_andOwnsNoFailureAfterwards() throws Exception {
        var failure = new IllegalStateException("while stopping");
        var held = Held.stubborn(() -> {
            throw failure;
        });
        try (var jobs = open(TestOptions.limit(1))) {
            var job = jobs.spawn("job", held);
            held.awaitStarted();
            var future = job.toCompletableFuture();
            assertThat(future.cancel(false)).isTrue();
            assertThat(future.isCancelled()).isTrue();
            held.awaitInterrupted();
            assertThat(job.state()).isEqualTo(JobState.CANCELLING);
            held.release();
            Outcomes.assertCancelled(job, CancelReason.REQUESTED);
            failures.await(1);
        }
        assertThat(failures.failures()).containsExactly(failure);
    }

    @Test
    void cancel_ofAFutureMadeFromIt_leavesTheJobAlone() throws Exception {
        var held = Held.body();
        try (var jobs = open(TestOptions.limit(1))) {
            var job = jobs.spawn("job", held);
            var future = job.toCompletableFuture();
            assertThat(future.thenApply(String::length).cancel(true)).isTrue();
            assertThat(job.state()).isNotEqualTo(JobState.CANCELLING);
            held.release();
            assertThat(future.get(30, TimeUnit.SECONDS)).isEqualTo("done");
        }
    }

    @Test
    void callback_thatWaitsForTheNextPendingJob_holdsItNotUp() throws Exception {
        for (var options : new SchedulerOptions[] {
            TestOptions.limit(1), TestOptions.limit(1).withThreadReuse()
        }) {
            var held = Held.body();
            try (var jobs = open(options)) {
                var first = jobs.spawn("first", held);
                var second = jobs.spawn("second", () -> 2);
                CompletableFuture<Integer> sum = first.toCompletableFuture().thenApply(text -> {
                    try {
                        return text.length() + second.join();
                    } catch (InterruptedException e) {
                        throw new CompletionException(e);
                    }
                });
                held.release();
                assertThat(sum.get(10, TimeUnit.SECONDS)).isEqualTo(6);
            }
        }
    }

    @Test
    void callback_ofAChildsFuture_thatWaitsForTheParent_holdsItNotUp() throws Exception {
        var held = Held.body();
        try (var jobs = open(TestOptions.limit(1))) {
            var children = new CompletableFuture<Job<String>>();
            Job<Integer> parent = jobs.spawn("parent", scope -> {
                children.complete(scope.spawn("child", held));
                return 1;
            });
            var future = children.get(30, TimeUnit.SECONDS).toCompletableFuture();
            var seen = future.thenApply(text -> {
                try {
                    return parent.join();
                } catch (InterruptedException e) {
                    throw new CompletionException(e);
                }
            });
            held.release();
            assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @Tag("slow")
    @Test
    void completion_racingTheFailure_leavesItWithTheFutureOrTheHandler() throws Exception {
        var holder = Held.body();
        try (var jobs = open(TestOptions.limit(1))) {
            jobs.spawn("holder", holder);
            for (int turn = 0; turn < 2_000; turn++) {
                var failure = new IllegalStateException("broken");
                var job = jobs.<Integer>spawn("job", () -> 1);
                var future = job.toCompletableFuture();
                boolean others = turn % 2 == 0 && future.complete(0);
                EngineView.fail(job, failure);
                others |= future.complete(0);
                if (others) {
                    Awaitility.await()
                            .pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(1))
                            .until(() -> failures.failures().contains(failure));
                } else {
                    assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
                            .cause()
                            .isSameAs(failure);
                    assertThat(failures.failures()).doesNotContain(failure);
                }
            }
            holder.release();
        }
    }

    /// Those who wait for a job are woken one after the other, and the last one is a while behind the first.
    @Test
    void completion_ofAJobThatHasEnded_byOthers_isTooLate() throws Exception {
        try (var jobs = open(TestOptions.limit(2))) {
            for (var turn = 0; turn < 20; turn++) {
                var held = Held.then(() -> "real");
                var job = jobs.spawn("job", held);
                var first = job.toCompletableFuture();
                for (var i = 0; i < 2_000; i++) {
                    var _ = job.toCompletableFuture();
                }
                held.release();
                job.join();
                assertThat(turn % 2 == 0 ? first.complete("fake") : first.cancel(true))
                        .isFalse();
                assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo("real");
            }
        }
    }

    @Test
    void failure_ofAFutureThatAUserCompletesTooLate_isItsOwn() throws Exception {
        var failure = new IllegalStateException("broken");
        try (var jobs = open(TestOptions.unlimited())) {
            for (var turn = 0; turn < 5; turn++) {
                var held = Held.then(() -> {
                    throw failure;
                });
                var first = jobs.spawn("job", held).toCompletableFuture();
                // They wait for the job, and not for its failure.
                var others = new ArrayList<Actor<?>>();
                for (var i = 0; i < 500; i++) {
                    others.add(Actor.start(ThreadKind.VIRTUAL, () -> jobs.awaitIdle(Duration.ofSeconds(30)))
                            .awaitParked());
                }
                var last = Actor.start(ThreadKind.PLATFORM, () -> {
                            jobs.awaitIdle();
                            return first.complete(null);
                        })
                        .awaitParked();
                held.release();
                assertThat(last.result()).isFalse();
                assertThatThrownBy(() -> first.get(30, TimeUnit.SECONDS))
                        .cause()
                        .isSameAs(failure);
                for (var other : others) {
                    other.result();
                }
            }
        }
        assertThat(failures.failures()).isEmpty();
    }
}
