package io.jobtree.scheduler;

import static io.jobtree.scheduler.SchedulerParity.assertCounts;
import static io.jobtree.scheduler.SchedulerParity.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows a09 to a17 of [AiojobsParityTest]: one job, from its spawn to its outcome.
interface JobParity {
    Duration SHORT = Duration.ofMillis(20);
    Duration PATIENCE = Duration.ofSeconds(30);

    static Throwable failureOf(Job<?> job) throws InterruptedException {
        assertThat(job.await()).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed<?>) job.await()).failure();
    }

    static void assertCancelled(Job<?> job, CancelReason reason) throws InterruptedException {
        assertThat(job.await())
                .isInstanceOfSatisfying(
                        Outcome.Cancelled.class,
                        cancelled -> assertThat(cancelled.reason()).isEqualTo(reason));
        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThatExceptionOfType(JobCancelledException.class)
                .isThrownBy(job::join)
                .returns(reason, JobCancelledException::reason);
    }

    private static void assertUnfinished(Job<?> job, JobState state) {
        assertThat(job.state()).isEqualTo(state);
        assertThat(job.isDone()).isFalse();
        assertThat(job.outcome()).isEmpty();
    }

    private static void assertDone(Job<?> job, JobState state) {
        assertThat(job.state()).isEqualTo(state);
        assertThat(job.isDone()).isTrue();
        assertThat(job.outcome()).isPresent();
    }

    @Test
    default void a09_states_onSuccess() throws Exception {
        try (var jobs = open(o -> o.withLimit(1))) {
            var first = Held.body();
            var second = Held.body();
            var firstJob = jobs.spawn(first);
            var secondJob = jobs.spawn(second);
            first.awaitStarted();
            assertUnfinished(firstJob, JobState.RUNNING);
            assertUnfinished(secondJob, JobState.PENDING);
            first.release();
            firstJob.join();
            assertDone(firstJob, JobState.SUCCEEDED);
            second.awaitStarted();
            assertUnfinished(secondJob, JobState.RUNNING);
        }
    }

    @Test
    default void a09_states_onFailure() throws Exception {
        try (var jobs = open(o -> o.withFailureHandler(new Heard()))) {
            var job = jobs.spawn(() -> {
                throw new IllegalStateException("broken");
            });
            job.await();
            assertDone(job, JobState.FAILED);
        }
    }

    @Test
    default void a09_cancelledJob_isDoneOnlyWhenItsBodyHasEnded() throws Exception {
        try (var jobs = open(o -> o)) {
            var body = Held.stubborn();
            var job = jobs.spawn(body);
            body.awaitStarted();
            job.cancel();
            body.awaitInterrupted();
            assertUnfinished(job, JobState.CANCELLING);
            body.release();
            job.await();
            assertDone(job, JobState.CANCELLED);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    default void a10_join_returnsWhatTheBodyReturned(boolean virtual) throws Exception {
        try (var jobs = open(o -> o)) {
            var body = Held.body();
            var job = jobs.spawn(body);
            var waiter = virtual ? Caller.virtual(() -> job.join()) : Caller.platform(() -> job.join());
            waiter.awaitBlocked();
            body.release();
            assertThat(waiter.result()).isEqualTo("done");
            assertThat(job.join()).isEqualTo("done");
        }
    }

    @Test
    default void a10_join_throwsTheSameObject_everyTimeAndToEveryone() throws Exception {
        var failure = new IllegalStateException("broken");
        Job<String> job;
        try (var jobs = open(o -> o.withLimit(1))) {
            var body = Held.<String>then(() -> {
                throw failure;
            });
            var failing = jobs.spawn("page", body);
            var waiters = List.of(Caller.virtual(failing::join), Caller.platform(failing::join));
            waiters.forEach(Caller::awaitBlocked);
            body.release();
            for (var waiter : waiters) {
                assertThat(waiter.thrown())
                        .isInstanceOf(JobFailedException.class)
                        .cause()
                        .isSameAs(failure);
            }
            job = failing;
        }
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(JobFailedException.class)
                    .isThrownBy(job::join)
                    .withMessageContaining("orders/page")
                    .extracting(Throwable::getCause)
                    .isSameAs(failure);
        }
        assertThat(failureOf(job)).isSameAs(failure);
    }

    @Test
    default void a10_result_isKeptByTheHandle_notByTheScheduler() {
        try (var jobs = open(o -> o)) {
            var result = resultOfADroppedJob(jobs);
            Awaitility.await().atMost(PATIENCE).until(() -> {
                jobs.spawn(() -> "another").join();
                System.gc();
                return result.get() == null;
            });
        }
    }

    private static WeakReference<Object> resultOfADroppedJob(Scheduler jobs) {
        try {
            return new WeakReference<>(jobs.spawn(Object::new).join());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    default void a11_join_onAPendingJob_returnsOnceItRan() throws Exception {
        try (var jobs = open(o -> o.withLimit(1))) {
            var holder = Held.body();
            jobs.spawn(holder);
            var pending = jobs.spawn(() -> 1);
            var waiter = Caller.platform(() -> pending.join()).awaitBlocked();
            assertThat(pending.state()).isEqualTo(JobState.PENDING);
            holder.release();
            assertThat(waiter.result()).isEqualTo(1);
        }
    }

    @Test
    default void a12_joinTimeout_leavesTheJobAndItsOtherWaitersAlone() throws Exception {
        try (var jobs = open(o -> o)) {
            var body = Held.body();
            var job = jobs.spawn(body);
            var other = Caller.virtual(() -> job.join()).awaitBlocked();
            body.awaitStarted();
            assertThatThrownBy(() -> job.join(SHORT)).isInstanceOf(TimeoutException.class);
            assertThat(body.wasInterrupted()).isFalse();
            assertUnfinished(job, JobState.RUNNING);
            body.release();
            assertThat(other.result()).isEqualTo("done");
            assertThat(job.join(PATIENCE)).isEqualTo("done");
        }
    }

    @Test
    default void a12_withTimeout_boundsTheJob_forEveryWaiter() throws Exception {
        try (var jobs = open(o -> o)) {
            var body = Held.body();
            var job = jobs.spawn(JobOptions.named("page").withTimeout(SHORT), body);
            var waiters = List.of(Caller.virtual(() -> job.join()), Caller.platform(() -> job.join()));
            for (var waiter : waiters) {
                assertThat(waiter.thrown())
                        .isInstanceOf(JobFailedException.class)
                        .hasCauseInstanceOf(JobTimeoutException.class);
            }
            assertDone(job, JobState.FAILED);
            assertCounts(jobs, 0, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    default void a13_interruptedWaiter_leavesTheJobRunning(boolean virtual) throws Exception {
        try (var jobs = open(o -> o)) {
            var body = Held.body();
            var job = jobs.spawn(body);
            var waiter = virtual ? Caller.virtual(() -> job.join()) : Caller.platform(() -> job.join());
            body.awaitStarted();
            waiter.awaitBlocked().interrupt();
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            assertThat(body.wasInterrupted()).isFalse();
            assertUnfinished(job, JobState.RUNNING);
            body.release();
            assertThat(job.join()).isEqualTo("done");
        }
    }

    @Test
    default void a13_cancelledWaitingJob_leavesTheOtherOneRunning() throws Exception {
        try (var jobs = open(o -> o)) {
            var body = Held.body();
            var job = jobs.spawn(body);
            body.awaitStarted();
            var waiting = jobs.spawn(() -> job.join());
            Awaitility.await().until(() -> isWaiting(waiting));
            assertThat(waiting.cancelAndJoin(PATIENCE)).isTrue();
            assertCancelled(waiting, CancelReason.REQUESTED);
            assertUnfinished(job, JobState.RUNNING);
            body.release();
            assertThat(job.join()).isEqualTo("done");
        }
    }

    private static boolean isWaiting(Job<?> job) {
        return job.thread().filter(t -> t.getState() == Thread.State.WAITING).isPresent();
    }

    @Test
    default void a14_cancelAndJoin_returnsWhenTheJobHasEnded() throws Exception {
        try (var jobs = open(o -> o)) {
            var body = Held.stubborn();
            var job = jobs.spawn(body);
            body.awaitStarted();
            var caller = Caller.platform(() -> job.cancelAndJoin(PATIENCE));
            body.awaitInterrupted();
            caller.awaitBlocked();
            assertUnfinished(job, JobState.CANCELLING);
            body.release();
            assertThat(caller.result()).isTrue();
            assertDone(job, JobState.CANCELLED);
        }
    }

    @Test
    default void a14_cancelAndJoin_givesFalse_ifTheJobWillNotStop() throws Exception {
        var heard = new Heard();
        try (var jobs = open(o -> o.withFailureHandler(heard))) {
            var body = Held.stubborn();
            var job = jobs.spawn(body);
            body.awaitStarted();
            assertThat(job.cancelAndJoin(SHORT)).isFalse();
            assertUnfinished(job, JobState.CANCELLING);
            assertCounts(jobs, 1, 0);
            body.release();
            assertThat(job.cancelAndJoin(PATIENCE)).isTrue();
        }
        assertThat(heard.calls()).isEmpty();
    }

    @Test
    default void a14_failureAfterCancellation_goesToTheHandler() throws Exception {
        var heard = new Heard();
        var failure = new IllegalStateException("cleaning up failed");
        try (var jobs = open(o -> o.withFailureHandler(heard))) {
            var body = Held.stubborn(() -> {
                throw failure;
            });
            var job = jobs.spawn(body);
            body.awaitStarted();
            assertThat(job.cancel()).isTrue();
            body.awaitInterrupted();
            body.release();
            assertThat(job.cancelAndJoin(PATIENCE)).isTrue();
            assertCancelled(job, CancelReason.REQUESTED);
            assertThat(heard.await(1)).containsExactly(new Heard.Call(job, failure));
        }
        assertThat(heard.calls()).hasSize(1);
    }

    @Test
    default void a15_cancelOnADoneJob_doesNothing() throws Exception {
        try (var jobs = open(o -> o.withFailureHandler(new Heard()))) {
            var job = jobs.spawn(() -> 5);
            assertThat(job.join()).isEqualTo(5);
            assertThat(job.cancel()).isFalse();
            assertThat(job.cancelAndJoin(Duration.ZERO)).isTrue();
            assertThat(job.join()).isEqualTo(5);

            var failed = jobs.spawn(() -> {
                throw new IllegalStateException("broken");
            });
            var failure = failureOf(failed);
            assertThat(failed.cancel()).isFalse();
            assertThat(failureOf(failed)).isSameAs(failure);
        }
    }

    @Test
    default void a15_joinAfterCancel_throwsCancelled() throws Exception {
        try (var jobs = open(o -> o)) {
            var body = Held.body();
            var job = jobs.spawn("page", body);
            body.awaitStarted();
            assertThat(job.cancel()).isTrue();
            assertThat(job.cancel()).isFalse();
            assertThatThrownBy(job::join)
                    .isInstanceOf(JobCancelledException.class)
                    .hasMessageContaining("orders/page");
            assertCancelled(job, CancelReason.REQUESTED);
        }
    }

    @Test
    default void a16_cancellingTheFirst_startsTheNext() throws Exception {
        try (var jobs = open(o -> o.withLimit(1))) {
            var first = jobs.spawn(Held.body());
            var next = Held.body();
            var nextJob = jobs.spawn(next);
            assertUnfinished(nextJob, JobState.PENDING);
            first.cancel();
            next.awaitStarted();
            assertUnfinished(nextJob, JobState.RUNNING);
            assertCancelled(first, CancelReason.REQUESTED);
            assertCounts(jobs, 1, 0);
        }
    }

    @Test
    default void a16_cancelledPendingJob_isDoneAtOnce_andNeverStarts() throws Exception {
        try (var jobs = open(o -> o.withLimit(1))) {
            var holder = Held.body();
            jobs.spawn(holder);
            var never = Held.body();
            var cancelled = jobs.spawn(never);
            var last = jobs.spawn(() -> "last");
            assertThat(cancelled.cancel()).isTrue();
            assertDone(cancelled, JobState.CANCELLED);
            assertCounts(jobs, 1, 1);
            holder.release();
            assertThat(last.join()).isEqualTo("last");
            assertCancelled(cancelled, CancelReason.REQUESTED);
            assertThat(cancelled.startedAt()).isEmpty();
            assertThat(never.runs()).isZero();
        }
    }

    @Test
    default void a17_givenName_isOnTheJobItsPathAndItsThread() throws Exception {
        try (var jobs = open(o -> o)) {
            var page = jobs.spawn("page", scope -> {
                var user = scope.spawn("user", () -> Thread.currentThread().getName());
                return List.of(user.path(), user.join(), Thread.currentThread().getName());
            });
            assertThat(page.name()).isEqualTo("page");
            assertThat(page.path()).isEqualTo("orders/page");
            assertThat(page.join()).containsExactly("orders/page/user", "user", "page");
        }
    }

    @Test
    default void a17_names_mayBeShared() throws Exception {
        try (var jobs = open(o -> o)) {
            var one = jobs.spawn("page", Held.body());
            var two = jobs.spawn("page", Held.body());
            assertThat(one.path()).isEqualTo(two.path());
            assertThat(two.id()).isGreaterThan(one.id());
            assertThat(jobs.jobs()).containsExactly(one, two);
        }
    }

    @Test
    default void a17_withoutAName_itIsCalledAfterItsNumber() throws Exception {
        try (var jobs = open(o -> o)) {
            var job = jobs.spawn(() -> Thread.currentThread().getName());
            assertThat(job.name()).isEqualTo("job-" + job.id());
            assertThat(job.path()).isEqualTo("orders/job-" + job.id());
            assertThat(job.join()).isEmpty();
        }
    }
}
