package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `close` of a worker stops polling, waits, cancels, and hands the attempt back as retryable, so that it goes on
/// elsewhere; stragglers are reported.
@Tag("full")
final class Promise4CloseTest {
    private static final String QUEUE = "close";

    private Engine engine;
    private JobWorker first;

    @BeforeEach
    void start() {
        engine = new Engine();
        first = engine.worker(QUEUE);
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private Job<Integer> held(Scheduler scheduler, String key) {
        var job = scheduler.spawn("held", engine.remote.activity(Probe.HELD, key, Engine.once(QUEUE)));
        Probe.of(key).awaitAttempt(1);
        return job;
    }

    @Test
    void close_handsTheAttemptBack_andItGoesOnElsewhere_evenIfItWasTheLast() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = held(scheduler, "handed back");
            engine.worker(QUEUE);

            assertThat(first.close(Duration.ZERO)).isEmpty();
            var probe = Probe.of("handed back");
            probe.awaitAttempt(2);
            probe.released.countDown();

            assertThat(job.join()).isPositive();
            assertThat(probe.awaitInterrupt(Duration.ZERO)).isTrue();
        }
    }

    @Test
    void close_waitsForWhatRuns() throws Exception {
        try (var scheduler = Scheduler.open("local")) {
            var job = held(scheduler, "waited for");

            var closing = scheduler.spawn("close", () -> first.close(Duration.ofMinutes(1)));
            Awaitility.await().until(first.activities.scheduler::isClosed);
            // Somebody has to take the result on.
            engine.worker(QUEUE);
            Probe.of("waited for").released.countDown();

            assertThat(closing.join()).isEmpty();
            assertThat(job.join()).isEqualTo(1);
            assertThat(Probe.of("waited for").attempts).hasSize(1);
        }
    }

    @Test
    void close_reportsStragglers_andWhatTheyDidGoesOnElsewhere() throws InterruptedException {
        var probe = Probe.of("straggler");
        probe.stubbornUntil = 1;
        try (var scheduler = Scheduler.open("local")) {
            var job = held(scheduler, "straggler");
            engine.worker(QUEUE);

            var stragglers = first.close(Duration.ZERO);
            probe.awaitAttempt(2);
            probe.released.countDown();

            assertThat(stragglers).extracting(Job::path).containsExactly("worker/held");
            assertThat(job.join()).isPositive();
        }
    }

    @Test
    void close_closesAWorkerThatCouldNotStart() {
        try (var nowhere = RemoteJobs.connect("127.0.0.1:1")) {
            var worker = new JobWorker(nowhere, QUEUE, Engine.SCHEDULER, Work.UPPER);
            assertThatThrownBy(worker::start).hasMessageContaining("UNAVAILABLE");

            assertThat(worker.close(Duration.ZERO)).isEmpty();

            assertThat(worker.activities.scheduler.isClosed()).isTrue();
        }
    }

    @Test
    void closedWorker_takesNoMore() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            assertThat(first.close(Duration.ZERO)).isEmpty();

            var job = scheduler.spawn("up", engine.remote.activity(Work.UPPER, "a", Engine.once(QUEUE)));
            engine.worker(QUEUE);

            assertThat(job.join()).isEqualTo("A");
        }
    }
}
