package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
@DisplayName("R7: what a user does to a job's future owns nothing")
@SuppressWarnings("FutureReturnValueIgnored") // dependants are the users' own
final class Rule07FutureOwnsNothingTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final IllegalStateException failure = new IllegalStateException("on purpose");
    private final Door go = new Door();

    @AfterEach
    void letGo() {
        go.open();
    }

    private Scheduler open() {
        return Scheduler.open(TestOptions.limit(3).withFailureHandler(failures));
    }

    private Job<Integer> failing(JobScope scope) {
        return scope.spawn("fails", () -> {
            go.pass();
            throw failure;
        });
    }

    /// What a user can do to a future of a job, other than waiting for it.
    enum Deed {
        COMPLETE,
        COMPLETE_EXCEPTIONALLY,
        COMPLETE_ASYNC,
        COMPLETE_ASYNC_THAT_FAILS,
        OBTRUDE_VALUE,
        OBTRUDE_EXCEPTION,
        OR_TIMEOUT,
        COMPLETE_ON_TIMEOUT
    }

    private static void act(CompletableFuture<Integer> future, Deed deed) throws Exception {
        switch (deed) {
            case COMPLETE -> assertThat(future.complete(0)).isTrue();
            case COMPLETE_EXCEPTIONALLY ->
                assertThat(future.completeExceptionally(new AssertionError("given up")))
                        .isTrue();
            case COMPLETE_ASYNC -> assertThat(future.completeAsync(() -> 0)).isSameAs(future);
            case COMPLETE_ASYNC_THAT_FAILS ->
                future.completeAsync(() -> {
                    throw new IllegalArgumentException("the user's own");
                });
            case OBTRUDE_VALUE -> future.obtrudeValue(0);
            case OBTRUDE_EXCEPTION -> future.obtrudeException(new AssertionError("given up"));
            case OR_TIMEOUT -> future.orTimeout(1, TimeUnit.MILLISECONDS);
            case COMPLETE_ON_TIMEOUT -> future.completeOnTimeout(0, 1, TimeUnit.MILLISECONDS);
        }
        Within.isTrue(future::isDone);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void failure_ofAJobWhoseFutureAUserCompleted_goesToTheHandlerOnce(Deed deed) throws Exception {
        for (var kind : ThreadKind.values()) {
            failures.reports().clear();
            try (var jobs = open();
                    AutoCloseable _ = this::letGo) {
                var gate = new Door();
                var job = jobs.<Integer>spawn("fails", () -> {
                    gate.pass();
                    throw failure;
                });
                var future = job.toCompletableFuture();
                Within.run(kind, () -> act(future, deed));
                assertThat(job.isDone()).isFalse();
                gate.open();
                assertThat(Within.outcome(job)).isEqualTo(new Outcome.Failed<>(failure));
                var report = failures.await(1).getFirst();
                assertThat(report.job()).isSameAs(job);
                assertThat(report.failure()).isSameAs(failure);
                assertThatThrownBy(job::join).isInstanceOf(JobFailedException.class);
            }
            assertThat(failures.reports()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void completion_ofOneFuture_leavesTheOthersAlone(Deed deed) throws Exception {
        try (var jobs = open();
                AutoCloseable _ = this::letGo) {
            var job = failing(jobs);
            var completed = job.toCompletableFuture();
            var other = job.toCompletableFuture();
            act(completed, deed);
            assertThat(other).isNotDone();
            go.open();
            assertThatThrownBy(() -> other.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isSameAs(failure);
        }
        assertThat(failures.reports()).as("the other future owns the failure").isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void completion_besideAJoiner_leavesTheFailureWithTheJoiner(Deed deed) throws Exception {
        try (var jobs = open();
                AutoCloseable _ = this::letGo) {
            var job = failing(jobs);
            var joiner = Actor.start(() -> job.join()).awaitParked();
            act(job.toCompletableFuture(), deed);
            go.open();
            assertThat(joiner.thrown()).cause().isSameAs(failure);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void completion_neverCancelsOrEndsTheJob(Deed deed) throws Exception {
        try (var jobs = open();
                AutoCloseable _ = this::letGo) {
            var job = jobs.spawn("job", () -> {
                go.pass();
                return 7;
            });
            var future = job.toCompletableFuture();
            act(future, deed);
            assertThat(job.isDone()).isFalse();
            assertThat(job.state()).isIn(JobState.PENDING, JobState.RUNNING);
            go.open();
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(7));
            assertThat(job.join()).isEqualTo(7);
        }
        assertThat(failures.reports()).isEmpty();
    }

    /// A value that a user obtrudes when all is over changes nothing that the job says.
    @Test
    void obtrusion_afterTheEnd_changesTheFutureOnly() throws Exception {
        try (var jobs = open();
                AutoCloseable _ = this::letGo) {
            var job = failing(jobs);
            var future = job.toCompletableFuture();
            go.open();
            assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS)).cause().isSameAs(failure);
            future.obtrudeValue(5);
            assertThat(future.get()).isEqualTo(5);
            assertThat(job.outcome().orElseThrow()).isEqualTo(new Outcome.Failed<>(failure));
            assertThatThrownBy(job::join).isInstanceOf(JobFailedException.class);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @Test
    void completion_ofACopyOrADependant_takesNothingFromTheFuture() throws Exception {
        try (var jobs = open();
                AutoCloseable _ = this::letGo) {
            var job = failing(jobs);
            var future = job.toCompletableFuture();
            assertThat(future.copy().complete(1)).isTrue();
            assertThat(future.thenApply(value -> value + 1).complete(1)).isTrue();
            assertThat(future).isNotDone();
            go.open();
            assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS)).cause().isSameAs(failure);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @Test
    void timedGet_thatGivesUp_leavesTheFailureWithTheFuture() throws Exception {
        try (var jobs = open();
                AutoCloseable _ = this::letGo) {
            var job = failing(jobs);
            var future = job.toCompletableFuture();
            assertThatThrownBy(() -> future.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            go.open();
            assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS)).cause().isSameAs(failure);
        }
        assertThat(failures.reports()).isEmpty();
    }

    @Test
    void dependantThatThrows_orHangs_orOverflows_holdsNobodyUp() throws Exception {
        var hold = new Door();
        var ran = new AtomicInteger();
        try (var jobs = open();
                AutoCloseable _ = this::letGo) {
            var job = jobs.spawn("job", () -> {
                go.pass();
                return 7;
            });
            var future = job.toCompletableFuture();
            future.thenRun(() -> {
                ran.incrementAndGet();
                throw new AssertionError("a dependant's own");
            });
            job.toCompletableFuture().thenRun(() -> {
                ran.incrementAndGet();
                hold.passIgnoringInterrupts();
            });
            job.toCompletableFuture().thenRun(() -> {
                ran.incrementAndGet();
                overflow(0);
            });
            go.open();
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(7));
            Within.isTrue(() -> ran.get() == 3);
            assertThat(Within.call(() -> jobs.spawn("next", () -> 8).join())).isEqualTo(8);
            assertThat(Within.call(() -> jobs.close(TestOptions.LONG))).isEmpty();
            hold.open();
        }
        assertThat(failures.reports()).isEmpty();
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }

    @Test
    void completionOfManyFutures_racingTheFailure_leavesItWithExactlyOne() throws Exception {
        try (var jobs = open();
                AutoCloseable _ = this::letGo) {
            for (var turn = 0; turn < 100; turn++) {
                failures.reports().clear();
                var gate = new Door();
                var job = jobs.<Integer>spawn("fails", () -> {
                    gate.pass();
                    throw failure;
                });
                var futures = new ArrayList<CompletableFuture<Integer>>();
                for (var i = 0; i < 3; i++) {
                    futures.add(job.toCompletableFuture());
                }
                var completer = Actor.start(ThreadKind.ofTurn(turn), () -> {
                    gate.pass();
                    var won = 0;
                    for (var future : futures) {
                        won += future.complete(0) ? 1 : 0;
                    }
                    return won;
                });
                gate.open();
                assertThat(Within.outcome(job)).isEqualTo(new Outcome.Failed<>(failure));
                if (completer.result() == futures.size()) {
                    Within.isTrue(() -> failures.reports().size() == 1);
                }
                for (var future : futures) {
                    assertThat(future.handle((value, thrown) -> 1).get(10, TimeUnit.SECONDS))
                            .isEqualTo(1);
                }
            }
        }
        assertThat(failures.reports()).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void cancelOfTheFuture_cancelsTheJob_once() throws Exception {
        try (var jobs = open();
                AutoCloseable _ = this::letGo) {
            var running = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                return go.passIgnoringInterrupts();
            });
            running.pass();
            assertThat(job.toCompletableFuture().cancel(false)).isTrue();
            assertThat(job.state()).isEqualTo(JobState.CANCELLING);
            assertThat(job.cancel()).isFalse();
            go.open();
            assertThat(Within.outcome(job)).isInstanceOf(Outcome.Cancelled.class);
            assertThat(job.cancelAndJoin(Duration.ZERO)).isTrue();
        }
    }

    @Test
    void nulls_areNamed_andLeaveTheFutureToTheJob() throws Exception {
        try (var jobs = open()) {
            var job = jobs.spawn("job", () -> {
                go.pass();
                return 1;
            });
            var future = job.toCompletableFuture();
            assertNamed("failure", () -> future.completeExceptionally(nothing()));
            assertNamed("failure", () -> future.obtrudeException(nothing()));
            assertNamed("supplier", () -> future.completeAsync(nothing()));
            assertNamed("executor", () -> future.completeAsync(() -> 2, nothing()));
            go.open();
            assertThat(future.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    private static void assertNamed(String argument, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(argument);
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what a user may do all the same
    private static <T> T nothing() {
        return null;
    }

    /// The job has claimed its future, and the thread that is to complete it gets no carrier yet.
    @Test
    void obtrusion_rightAfterTheEnd_leavesTheFailureToDependantsOrTheHandler() throws Exception {
        int carriers = Runtime.getRuntime().availableProcessors();
        var keepsCarrier = new AtomicBoolean(true);
        try (var jobs = open()) {
            var job = jobs.<Integer>spawn("fails", () -> {
                go.pass();
                // Behind this one, and before what the end of this job starts.
                for (int i = 0; i < 2 * carriers; i++) {
                    Thread.startVirtualThread(() -> {
                        while (keepsCarrier.get()) {
                            Thread.onSpinWait();
                        }
                    });
                }
                throw failure;
            });
            var seen = new CompletableFuture<Throwable>();
            var future = job.toCompletableFuture();
            future.whenComplete((value, thrown) -> seen.complete(thrown));
            go.open();
            while (!job.isDone()) {
                Thread.onSpinWait();
            }
            future.obtrudeValue(0);
            keepsCarrier.set(false);
            assertThat(future.join()).isZero();
            assertThat(seen.get(10, TimeUnit.SECONDS)).isSameAs(failure);
        }
    }
}
