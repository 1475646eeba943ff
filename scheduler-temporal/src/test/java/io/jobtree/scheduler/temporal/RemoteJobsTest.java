package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Jobs whose bodies run in a worker, both in this JVM.
final class RemoteJobsTest {
    private static final String QUEUE = "quick";
    private static final RemoteOptions ONCE = Engine.once(QUEUE);
    private static final RemoteTask<String, Integer> LENGTH =
            RemoteTask.of("length", String.class, int.class, (_, text) -> text.length());

    private static final AtomicInteger CALLED = new AtomicInteger();
    private static final RemoteTask<String, Integer> CALLS =
            RemoteTask.of("calls", String.class, Integer.class, (_, _) -> CALLED.incrementAndGet());
    private static final RemoteTask<String, Integer> WAIT =
            RemoteTask.of("wait", String.class, Integer.class, (scope, _) -> {
                int attempt = RemoteAttempt.current().number();
                var service = JobOptions.named("service").withTimeout(Duration.ofMillis(attempt == 1 ? 1 : 60_000));
                return scope.spawn(service, () -> {
                            if (attempt == 1) {
                                new CountDownLatch(1).await();
                            }
                            return attempt;
                        })
                        .join();
            });

    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = new Engine();
        engine.worker(QUEUE, Work.UPPER, Work.FAIL, LENGTH, Probe.HELD, CALLS, WAIT);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @Test
    void result_isThatOfTheBodyElsewhere() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("shout", engine.remote.activity(Work.UPPER, "a", ONCE));

            assertThat(job.path()).isEqualTo("local/shout");
            assertThat(job.join()).isEqualTo("A");
        }
    }

    @Test
    void failure_isRemoteFailureWithTypeStackAndCause() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("fail", engine.remote.activity(Work.FAIL, "bad", ONCE));

            assertThat(job.await()).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
                assertThat(failed.failure()).isInstanceOfSatisfying(RemoteFailure.class, failure -> {
                    assertThat(failure.type()).isEqualTo("java.lang.IllegalStateException");
                    assertThat(failure).hasMessage("java.lang.IllegalStateException: bad");
                    assertThat(failure.getStackTrace()[0].getClassName()).isEqualTo(Work.class.getName());
                    assertThat(failure).hasRootCauseMessage("java.lang.NumberFormatException: cause of bad");
                });
            });
        }
    }

    @Test
    void batch_givesResultsInOrder() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("all", engine.remote.activities(Work.UPPER, List.of("a", "b", "c"), ONCE));

            assertThat(job.join()).containsExactly("A", "B", "C");
        }
    }

    @Test
    void batchOfPrimitives_givesThem() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("all", engine.remote.activities(LENGTH, List.of("a", "bc"), ONCE));

            assertThat(job.join()).containsExactly(1, 2);
        }
    }

    @Test
    void emptyBatch_givesNothing() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var job = scheduler.spawn("none", engine.remote.activities(Work.UPPER, List.<String>of(), ONCE));

            assertThat(job.join()).isEmpty();
        }
    }

    @Test
    void bodyThatIsSpawnedAgain_isWorkOfItsOwn() throws InterruptedException {
        var body = engine.remote.activity(CALLS, "", ONCE);
        try (var scheduler = Scheduler.open("local")) {
            assertThat(scheduler.spawn("first", body).join()).isEqualTo(1);
            assertThat(scheduler.spawn("second", body).join()).isEqualTo(2);
        }
    }

    @Test
    void timeoutOfAJobBelowTheBody_isAFailureOfTheBody() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var twice = scheduler.spawn("twice", engine.remote.activity(WAIT, "", ONCE.withAttempts(2)));
            assertThat(twice.join()).isEqualTo(2);
            assertThat(scheduler
                            .spawn("once", engine.remote.activity(WAIT, "", ONCE))
                            .await())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.failure())
                                    .isInstanceOfSatisfying(
                                            RemoteFailure.class,
                                            failure -> assertThat(failure.type())
                                                    .isEqualTo(JobTimeoutException.class.getName())));
        }
    }

    @Test
    void bodyThatWaits_failsWhenTheConnectionIsClosed_andSoDoesOneThatComesLater() throws InterruptedException {
        var remote = RemoteJobs.connect(engine.server.address());
        try (var scheduler = Scheduler.open("local")) {
            var waits = scheduler.spawn(
                    "waits", remote.withHeaders(RemoteHeaders.NONE).activity(Probe.HELD, "closed", ONCE));
            Probe.of("closed").awaitAttempt(1);
            remote.close();
            assertClosed(waits.await());
            assertClosed(scheduler
                    .spawn("late", remote.activity(Work.UPPER, "a", ONCE))
                    .await());
        } finally {
            Probe.of("closed").released.countDown();
        }
    }

    private static void assertClosed(Outcome<?> outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.failure())
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("connection was closed while job local/"));
    }

    @Test
    void tasksOfOneName_areRefused() {
        assertThatThrownBy(() -> engine.open("none", Work.UPPER, Work.FAIL, Work.UPPER))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("upper");
    }
}
