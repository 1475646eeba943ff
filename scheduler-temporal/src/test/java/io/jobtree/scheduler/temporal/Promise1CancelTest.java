package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Cancel flows both ways within one heartbeat; a cancelled local parent cancels what runs remotely.
@Tag("full")
final class Promise1CancelTest {
    private static final String QUEUE = "cancel";
    /// A heartbeat, and what a machine under load takes besides.
    private static final Duration SOON = Engine.HEARTBEAT.multipliedBy(3);

    private static final RemoteTask<String, Integer> HELD_OR_FAILS =
            RemoteTask.of("held-or-fails", String.class, Integer.class, (_, key) -> {
                int attempt = Probe.of(key).hold();
                if (key.equals("fails")) {
                    throw new IllegalStateException("attempt " + attempt);
                }
                return attempt;
            });

    private static Engine engine;
    private static JobWorker worker;

    @BeforeAll
    static void start() {
        engine = new Engine();
        worker = engine.worker(QUEUE);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private static Job<Integer> held(Scheduler scheduler, String key) {
        var job = scheduler.spawn("held", engine.remote.activity(Probe.HELD.withId(id -> id), key, Engine.once(QUEUE)));
        Probe.of(key).awaitAttempt(1);
        return job;
    }

    @Test
    void cancelOfTheJob_interruptsTheBody_andTheJobEndsAfterIt() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = held(scheduler, "cancel of the job");

            assertThat(job.cancelAndJoin(SOON)).isTrue();

            assertThat(Probe.of("cancel of the job").awaitInterrupt(Duration.ZERO))
                    .isTrue();
            assertThat(job.await()).isEqualTo(new Outcome.Cancelled<>(CancelReason.REQUESTED, Optional.empty()));
        }
    }

    @Test
    void cancelOfTheParent_interruptsTheBody() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var options = Engine.once(QUEUE);
            var parent = scheduler.spawn(
                    "parent",
                    scope -> scope.spawn("held", engine.remote.activity(Probe.HELD, "of parent", options))
                            .join());
            Probe.of("of parent").awaitAttempt(1);

            assertThat(parent.cancelAndJoin(SOON)).isTrue();

            assertThat(Probe.of("of parent").awaitInterrupt(Duration.ZERO)).isTrue();
        }
    }

    @Test
    void cancelOfABatch_interruptsAllItsBodies() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var keys = List.of("batch 1", "batch 2", "batch 3");
            var job = scheduler.spawn("all", engine.remote.activities(Probe.HELD, keys, Engine.once(QUEUE)));
            keys.forEach(key -> Probe.of(key).awaitAttempt(1));

            assertThat(job.cancelAndJoin(SOON)).isTrue();

            for (var key : keys) {
                assertThat(Probe.of(key).awaitInterrupt(Duration.ZERO)).isTrue();
            }
        }
    }

    @Test
    void cancelOfTheJob_interruptsAnAttemptThatWasStartedAgain() throws InterruptedException {
        var closing = engine.worker("again");
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("held", engine.remote.activity(Probe.HELD, "again", Engine.once("again")));
            Probe.of("again").awaitAttempt(1);
            engine.worker("again");
            assertThat(closing.close(Duration.ZERO)).isEmpty();
            Probe.of("again").awaitAttempt(2);

            assertThat(job.cancelAndJoin(SOON)).isTrue();

            assertThat(Probe.of("again").interrupts).hasValue(2);
        }
    }

    @Test
    void failureInABatch_interruptsAnAttemptThatWasStartedAgain() throws InterruptedException {
        var closing = engine.worker("batch again", HELD_OR_FAILS);
        try (var scheduler = Scheduler.open("local")) {
            var keys = List.of("again in a batch", "fails");
            var job = scheduler.spawn("all", engine.remote.activities(HELD_OR_FAILS, keys, Engine.once("batch again")));
            keys.forEach(key -> Probe.of(key).awaitAttempt(1));
            engine.worker("batch again", HELD_OR_FAILS);
            assertThat(closing.close(Duration.ZERO)).isEmpty();
            keys.forEach(key -> Probe.of(key).awaitAttempt(2));

            Probe.of("fails").released.countDown();

            assertThat(job.await()).isInstanceOf(Outcome.Failed.class);
            assertThat(Probe.of("again in a batch").interrupts).hasValue(2);
        }
    }

    @Test
    void cancelInTheEngine_cancelsTheJob() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = held(scheduler, "in the engine");

            engine.remote.client.newUntypedWorkflowStub("held/in the engine").cancel();

            assertThat(job.await()).isInstanceOf(Outcome.Cancelled.class);
            assertThat(Probe.of("in the engine").awaitInterrupt(Duration.ZERO)).isTrue();
        }
    }

    @Test
    void cancelInTheWorker_cancelsTheJob() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = held(scheduler, "in the worker");

            worker.activities.scheduler.jobs().forEach(Job::cancel);

            assertThat(job.await()).isInstanceOf(Outcome.Cancelled.class);
        }
    }
}
