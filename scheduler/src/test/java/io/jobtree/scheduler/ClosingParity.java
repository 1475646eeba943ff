package io.jobtree.scheduler;

import static io.jobtree.scheduler.JobParity.PATIENCE;
import static io.jobtree.scheduler.JobParity.SHORT;
import static io.jobtree.scheduler.JobParity.assertCancelled;
import static io.jobtree.scheduler.SchedulerParity.assertCounts;
import static io.jobtree.scheduler.SchedulerParity.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Rows a22 to a27 of [AiojobsParityTest]: the end of a scheduler, and what is shielded until then.
interface ClosingParity {
    @Test
    default void a22_closeAtOnce_dropsTheQueueAndCancelsWhatRuns() throws Exception {
        var jobs = open(o -> o.withLimit(1));
        var body = Held.body();
        var running = jobs.spawn(body);
        var never = Held.body();
        var pending = jobs.spawn(never);
        body.awaitStarted();
        assertThat(jobs.close(Duration.ZERO)).isEmpty();
        assertThat(jobs.isClosed()).isTrue();
        assertCounts(jobs, 0, 0);
        assertThat(jobs.jobs()).isEmpty();
        assertCancelled(running, CancelReason.CLOSED);
        assertCancelled(pending, CancelReason.CLOSED);
        assertThat(body.wasInterrupted()).isTrue();
        assertThat(never.runs()).isZero();
        assertThat(Scheduler.all()).doesNotContain(jobs);
    }

    @Test
    default void a22_eachCancelledJob_isGivenTheCloseTimeout() throws Exception {
        var jobs = open(o -> o.withCloseTimeout(PATIENCE));
        var bodies = List.of(Held.stubborn(), Held.stubborn(), Held.stubborn());
        var spawned = bodies.stream().map(jobs::spawn).toList();
        for (var body : bodies) {
            body.awaitStarted();
        }
        var closer = Caller.virtual(() -> jobs.close(Duration.ZERO));
        for (var body : bodies) {
            body.awaitInterrupted();
        }
        closer.awaitBlocked();
        bodies.forEach(Held::release);
        assertThat(closer.result()).isEmpty();
        for (var job : spawned) {
            assertCancelled(job, CancelReason.CLOSED);
        }
    }

    @Test
    default void a22_failureWhileClosing_goesToTheHandler() throws Exception {
        var heard = new Heard();
        var failure = new IllegalStateException("cleaning up failed");
        var jobs = open(o -> o.withFailureHandler(heard));
        var body = Held.stubborn(() -> {
            throw failure;
        });
        var job = jobs.spawn(body);
        body.awaitStarted();
        var closer = Caller.virtual(() -> jobs.close(Duration.ZERO));
        body.awaitInterrupted();
        body.release();
        assertThat(closer.result()).isEmpty();
        assertThat(heard.calls()).containsExactly(new Heard.Call(job, failure));
    }

    @Test
    default void a22_closeIsIdempotent() throws Exception {
        var jobs = open(o -> o);
        jobs.spawn(Held.body());
        assertThat(jobs.close(Duration.ZERO)).isEmpty();
        assertThat(jobs.close(PATIENCE)).isEmpty();
        jobs.close();
        assertThat(jobs.isClosed()).isTrue();
    }

    @Test
    default void a23_aJobThatWillNotStop_isReportedOnce_withItsPathAndItsStack() throws Exception {
        var heard = new Heard();
        var jobs = open(o -> o.withCloseTimeout(SHORT).withFailureHandler(heard));
        var body = Held.stubborn();
        var job = jobs.spawn("page", body);
        body.awaitStarted();
        assertThat(jobs.close(Duration.ZERO)).isEqualTo(List.of(job));
        assertThat(job.state()).isEqualTo(JobState.CANCELLING);
        jobs.close();
        body.release();
        job.await();
        assertThat(heard.calls()).singleElement().satisfies(call -> {
            assertThat(call.job()).isSameAs(job);
            assertThat(call.failure()).isInstanceOf(StragglerException.class).hasMessageContaining("orders/page");
            assertThat(call.failure().getStackTrace())
                    .extracting(StackTraceElement::getClassName)
                    .contains(Held.class.getName());
        });
    }

    @Test
    default void a23_aJobThatWillNotStop_isLogged_withTheDefaultHandlerToo() throws Exception {
        try (var log = new LogRecords()) {
            var jobs = open(o -> o.withCloseTimeout(SHORT));
            var body = Held.stubborn();
            var job = jobs.spawn("page", body);
            body.awaitStarted();
            jobs.close();
            body.release();
            job.await();
            assertThat(log.mentioning("orders/page")).hasSize(1);
        }
    }

    @Test
    default void a24_close_waitsForJobs_andForThoseSpawnedMeanwhile() throws Exception {
        var jobs = open(o -> o);
        var first = Held.body();
        var late = Held.body();
        jobs.spawn(() -> {
            first.call();
            return jobs.spawn("late", late);
        });
        var closer = Caller.virtual(() -> jobs.close(PATIENCE)).awaitBlocked();
        first.release();
        late.awaitStarted();
        assertThat(jobs.isClosed()).isTrue();
        assertThat(closer.awaitBlocked().isOver()).isFalse();
        late.release();
        assertThat(closer.result()).isEmpty();
        assertThat(late.wasInterrupted()).isFalse();
    }

    @Test
    default void a24_close_waitsForPendingJobs() throws Exception {
        var jobs = open(o -> o.withLimit(1));
        var first = Held.body();
        jobs.spawn(first);
        var pending = jobs.spawn(() -> "ran");
        var closer = Caller.platform(() -> jobs.close(PATIENCE)).awaitBlocked();
        first.release();
        assertThat(closer.result()).isEmpty();
        assertThat(pending.join()).isEqualTo("ran");
    }

    @Test
    default void a24_whatIsLeftAfterTheWait_isCancelled() throws Exception {
        var jobs = open(o -> o);
        var body = Held.body();
        var job = jobs.spawn(body);
        body.awaitStarted();
        assertThat(jobs.close(SHORT)).isEmpty();
        assertThat(body.wasInterrupted()).isTrue();
        assertCancelled(job, CancelReason.CLOSED);
    }

    @Test
    default void a24_failureWhileCloseWaits_isReported() throws Exception {
        var heard = new Heard();
        var failure = new IllegalStateException("broken");
        var jobs = open(o -> o.withFailureHandler(heard));
        var body = Held.then(() -> {
            throw failure;
        });
        var job = jobs.spawn(body);
        var closer = Caller.platform(() -> jobs.close(PATIENCE)).awaitBlocked();
        body.release();
        assertThat(closer.result()).isEmpty();
        assertThat(heard.calls()).containsExactly(new Heard.Call(job, failure));
    }

    @Test
    default void a25_tryWithResources_waitsForItsJobs() throws Exception {
        Job<String> job;
        var body = Held.body();
        try (var jobs = Scheduler.open("orders")) {
            job = jobs.spawn(body);
            Caller.virtual(() -> {
                body.awaitStarted().release();
                return true;
            });
        }
        assertThat(job.outcome()).contains(new Outcome.Succeeded<>("done"));
        assertThat(body.wasInterrupted()).isFalse();
    }

    @Test
    default void a25_tryWithResources_waitsAfterAnExceptionToo() {
        var spawned = new ArrayList<Job<String>>();
        assertThatThrownBy(() -> {
                    try (var jobs = Scheduler.open("orders")) {
                        spawned.add(jobs.spawn(() -> "done"));
                        throw new IllegalStateException("in the block");
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("in the block")
                .hasNoSuppressedExceptions();
        assertThat(spawned.getFirst().outcome()).contains(new Outcome.Succeeded<>("done"));
    }

    @Test
    default void a26_spawnAfterClose_isRejected_andTheBodyNeverRuns() {
        var jobs = open(o -> o);
        jobs.close();
        var body = Held.body();
        var options = JobOptions.named("late");
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> jobs.spawn(body))
                .withMessageStartingWith("Scheduler 'orders' is closed");
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> jobs.trySpawn(options, body));
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> jobs.shield("late", body));
        assertThat(body.runs()).isZero();
    }

    @Test
    default void a26_spawnFromOutsideWhileClosing_isRejected() throws Exception {
        var jobs = open(o -> o);
        var running = Held.body();
        jobs.spawn(running);
        var closer = Caller.virtual(() -> jobs.close(PATIENCE)).awaitBlocked();
        var body = Held.body();
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> jobs.spawn(body));
        running.release();
        assertThat(closer.result()).isEmpty();
        assertThat(body.runs()).isZero();
    }

    @Test
    default void a27_shield_returnsTheResult_orTheFailure() throws Exception {
        var heard = new Heard();
        var failure = new IllegalStateException("broken");
        try (var jobs = open(o -> o.withFailureHandler(heard))) {
            assertThat(jobs.shield("commit", () -> "receipt")).isEqualTo("receipt");
            for (int i = 0; i < 200; i++) { // the failure may come before its caller waits, and is the caller's even so
                assertThatThrownBy(() -> jobs.shield("commit", () -> {
                            throw failure;
                        }))
                        .isInstanceOf(JobFailedException.class)
                        .cause()
                        .isSameAs(failure);
            }
        }
        assertThat(heard.calls().size()).as("calls of the handler").isZero();
    }

    @Test
    default void a27_shield_isNotCounted_andNeedsNoPlace() throws Exception {
        try (var jobs = open(o -> o.withLimit(1))) {
            var holder = Held.body();
            jobs.spawn(holder);
            var inner = Held.body();
            var caller = Caller.platform(() -> jobs.shield("commit", inner));
            inner.awaitStarted();
            assertCounts(jobs, 1, 0);
            assertThat(jobs.jobs()).hasSize(1);
            inner.release();
            assertThat(caller.result()).isEqualTo("done");
        }
    }

    @Test
    default void a27_cancelledCaller_leavesTheInnerRunning_andCloseWaitsForIt() throws Exception {
        var jobs = open(o -> o);
        var inner = Held.body();
        var caller = jobs.spawn("request", () -> jobs.shield("commit", inner));
        inner.awaitStarted();
        assertThat(caller.cancelAndJoin(PATIENCE)).isTrue();
        assertThat(inner.wasInterrupted()).isFalse();
        assertCounts(jobs, 0, 0);

        var closer = Caller.virtual(() -> jobs.close(PATIENCE)).awaitBlocked();
        inner.release();
        assertThat(closer.result()).isEmpty();
        assertThat(inner.wasInterrupted()).isFalse();
    }

    @Test
    default void a27_interruptedThread_leavesTheInnerRunning() throws Exception {
        try (var jobs = open(o -> o)) {
            var finished = new AtomicBoolean();
            var inner = Held.then(() -> {
                finished.set(true);
                return "done";
            });
            var caller = Caller.platform(() -> jobs.shield("commit", inner));
            inner.awaitStarted();
            caller.awaitBlocked().interrupt();
            assertThat(caller.thrown()).isInstanceOf(InterruptedException.class);
            inner.release();
            assertThat(jobs.close(PATIENCE)).isEmpty();
            assertThat(finished).isTrue();
        }
    }

    @Test
    default void a27_failureNobodyWaitsForAnyMore_goesToTheHandler() throws Exception {
        var heard = new Heard();
        var failure = new IllegalStateException("broken");
        try (var jobs = open(o -> o.withFailureHandler(heard))) {
            var inner = Held.then(() -> {
                throw failure;
            });
            var caller = Caller.virtual(() -> jobs.shield("commit", inner));
            inner.awaitStarted();
            caller.awaitBlocked().interrupt();
            assertThat(caller.thrown()).isInstanceOf(InterruptedException.class);
            inner.release();
            assertThat(heard.await(1)).extracting(Heard.Call::failure).containsExactly(failure);
        }
    }

    @Test
    default void a27_closeAtOnce_cancelsTheInner() throws Exception {
        var jobs = open(o -> o);
        var inner = Held.body();
        var caller = Caller.virtual(() -> jobs.shield("commit", inner));
        inner.awaitStarted();
        assertThat(jobs.close(Duration.ZERO)).isEmpty();
        assertThat(inner.wasInterrupted()).isTrue();
        assertThat(caller.thrown())
                .isInstanceOfSatisfying(
                        JobCancelledException.class, e -> assertThat(e.reason()).isEqualTo(CancelReason.CLOSED));
    }

    @Test
    default void a27_aJobMayShield_whileTheSchedulerCloses() throws Exception {
        var jobs = open(o -> o);
        var first = Held.body();
        var job = jobs.spawn(() -> {
            first.call();
            return jobs.shield("commit", () -> "receipt");
        });
        var closer = Caller.virtual(() -> jobs.close(PATIENCE)).awaitBlocked();
        first.release();
        assertThat(closer.result()).isEmpty();
        assertThat(job.join()).isEqualTo("receipt");
    }
}
