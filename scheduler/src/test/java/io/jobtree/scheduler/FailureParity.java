package io.jobtree.scheduler;

import static io.jobtree.scheduler.SchedulerParity.assertCounts;
import static io.jobtree.scheduler.SchedulerParity.nothing;
import static io.jobtree.scheduler.SchedulerParity.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// Rows a18 to a21 of [AiojobsParityTest]: who hears of a failure, and who does not.
interface FailureParity {
    @Test
    default void a18_failureNobodyWaitsFor_goesToTheHandlerOnce() throws Exception {
        var heard = new Heard();
        var failure = new IllegalStateException("broken");
        try (var jobs = open(o -> o.withFailureHandler(heard))) {
            var job = jobs.spawn("page", () -> {
                throw failure;
            });
            assertThat(heard.await(1)).containsExactly(new Heard.Call(job, failure));
            assertThatThrownBy(job::join)
                    .isInstanceOf(JobFailedException.class)
                    .cause()
                    .isSameAs(failure);
            assertThat(jobs.jobs()).isEmpty();
        }
        assertThat(heard.calls()).hasSize(1);
    }

    @Test
    default void a18_theHandlerIsTold_whenTheJobIsDone() throws Exception {
        var states = new CopyOnWriteArrayList<JobState>();
        try (var jobs = open(o -> o.withFailureHandler((job, failure) -> states.add(job.state())))) {
            jobs.spawn(() -> {
                throw new IllegalStateException("broken");
            });
            Awaitility.await().until(() -> !states.isEmpty());
        }
        assertThat(states).containsExactly(JobState.FAILED);
    }

    @Test
    default void a19_failureSomebodyJoins_isRaisedThere_andTheHandlerIsSilent() throws Exception {
        var heard = new Heard();
        var failure = new IllegalStateException("broken");
        try (var jobs = open(o -> o.withFailureHandler(heard))) {
            var body = Held.<String>then(() -> {
                throw failure;
            });
            var job = jobs.spawn(body);
            var waiters = List.of(
                    Caller.platform(job::join).awaitBlocked(),
                    Caller.virtual(job::join).awaitBlocked());
            body.release();
            for (var waiter : waiters) {
                assertThat(waiter.thrown())
                        .isInstanceOf(JobFailedException.class)
                        .cause()
                        .isSameAs(failure);
            }
        }
        assertThat(heard.calls()).isEmpty();
    }

    @Test
    default void a19_failureSomebodyAwaits_isReturnedThere_andTheHandlerIsSilent() throws Exception {
        var heard = new Heard();
        var failure = new IllegalStateException("broken");
        try (var jobs = open(o -> o.withFailureHandler(heard))) {
            var body = Held.<String>then(() -> {
                throw failure;
            });
            var job = jobs.spawn(body);
            var waiter = Caller.virtual(job::await).awaitBlocked();
            body.release();
            assertThat(waiter.result()).isEqualTo(new Outcome.Failed<String>(failure));
        }
        assertThat(heard.calls()).isEmpty();
    }

    @Test
    default void a19_aWaiterThatGaveUp_ownsNothing() throws Exception {
        var heard = new Heard();
        var failure = new IllegalStateException("broken");
        try (var jobs = open(o -> o.withFailureHandler(heard))) {
            var body = Held.<String>then(() -> {
                throw failure;
            });
            var job = jobs.spawn(body);
            var waiter = Caller.platform(job::join).awaitBlocked();
            waiter.interrupt();
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            body.release();
            assertThat(heard.await(1)).containsExactly(new Heard.Call(job, failure));
        }
    }

    @Test
    default void a20_nullHandler_isRefused() {
        var options = TestOptions.named("orders");
        assertThatNullPointerException()
                .isThrownBy(() -> options.withFailureHandler(nothing()))
                .withMessage("failureHandler");
        FailureHandler handler = (job, failure) -> {};
        assertThat(options.withFailureHandler(handler).failureHandler()).isSameAs(handler);
    }

    @Test
    default void a20_withoutAHandler_theFailureIsLogged() throws Exception {
        var failure = new IllegalStateException("broken");
        try (var log = new LogRecords();
                var jobs = open(o -> o)) {
            jobs.spawn("page", () -> {
                throw failure;
            });
            Awaitility.await().until(() -> !log.about(failure).isEmpty());
            jobs.close(JobParity.PATIENCE);
            assertThat(log.about(failure)).singleElement().satisfies(record -> {
                assertThat(record.getLevel()).isEqualTo(Level.SEVERE);
                assertThat(record.getMessage()).contains("orders/page");
            });
        }
    }

    @Test
    default void a21_oneFailingJob_neverTouchesItsNeighbours() throws Exception {
        var heard = new Heard();
        try (var jobs = open(o -> o.withFailureHandler(heard))) {
            var neighbour = Held.body();
            var running = jobs.spawn(neighbour);
            neighbour.awaitStarted();
            for (int i = 0; i < 10; i++) {
                jobs.spawn(() -> {
                    throw new IllegalStateException("broken");
                });
            }
            heard.await(10);
            assertThat(running.state()).isEqualTo(JobState.RUNNING);
            assertThat(jobs.spawn(() -> "later").join()).isEqualTo("later");
            assertThat(neighbour.wasInterrupted()).isFalse();
            assertCounts(jobs, 1, 0);
            neighbour.release();
            assertThat(running.join()).isEqualTo("done");
        }
    }

    @Test
    default void a21_underSupervision_theSame() throws Exception {
        var heard = new Heard();
        try (var jobs = open(o -> o.withFailureHandler(heard))) {
            var page = jobs.spawn(JobOptions.named("page").withSupervision(), scope -> {
                var neighbour = Held.body();
                var running = scope.spawn(neighbour);
                neighbour.awaitStarted();
                scope.spawn("user", () -> {
                    throw new IllegalStateException("broken");
                });
                heard.await(1);
                assertThat(neighbour.wasInterrupted()).isFalse();
                neighbour.release();
                return running.join();
            });
            assertThat(page.join()).isEqualTo("done");
            assertThat(heard.calls())
                    .singleElement()
                    .satisfies(call -> assertThat(call.job().path()).isEqualTo("orders/page/user"));
        }
    }
}
