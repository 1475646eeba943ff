package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Scheduler;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Progress and details by heartbeat; a body that makes no progress is not kept alive by a timer of ours.
@Tag("full")
final class Promise3ProgressTest {
    private static final String QUEUE = "progress";
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);

    private static final RemoteTask<String, String> FAILS_ONCE =
            RemoteTask.of("fails-once", String.class, String.class, (_, _) -> {
                var attempt = RemoteAttempt.current();
                if (attempt.number() == 1) {
                    attempt.progress(7);
                    throw new IllegalStateException("once");
                }
                return "goes on after " + attempt.lastProgress(Integer.class).orElseThrow();
            });

    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = new Engine();
        engine.worker(QUEUE, FAILS_ONCE, Probe.HELD);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void bodyWithoutProgress_isInterrupted_andAnotherAttemptMade() throws InterruptedException {
        var probe = Probe.of("no progress");
        probe.silentUntil = 1;
        var options = Engine.once(QUEUE).withAttempts(3).withHeartbeat(HEARTBEAT);
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("held", engine.remote.activity(Probe.HELD, "no progress", options));

            probe.awaitAttempt(2);
            assertThat(probe.awaitInterrupt(Probe.PATIENCE)).isTrue();
            probe.released.countDown();

            assertThat(job.join()).isGreaterThan(1);
        }
    }

    @Test
    void details_areThereForTheNextAttempt() throws InterruptedException {
        var options = Engine.once(QUEUE).withAttempts(2);
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("fails once", engine.remote.activity(FAILS_ONCE, "details", options));

            assertThat(job.join()).isEqualTo("goes on after 7");
        }
    }

    @Test
    void details_areSeenFromOutside_whileTheBodyRuns() throws InterruptedException {
        var options = Engine.once(QUEUE).withHeartbeat(HEARTBEAT);
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("held", engine.remote.activity(Probe.HELD.withId(id -> id), "seen", options));

            var workflow = engine.remote.client.newUntypedWorkflowStub("held/seen");
            Awaitility.await()
                    .atMost(Probe.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> workflow.describe()
                            .getRawDescription()
                            .getPendingActivities(0)
                            .hasHeartbeatDetails());
            Probe.of("seen").released.countDown();

            assertThat(job.join()).isEqualTo(1);
        }
    }
}
