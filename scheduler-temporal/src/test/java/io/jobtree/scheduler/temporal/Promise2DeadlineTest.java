package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.temporal.activity.ActivityInfo;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.internal.common.ProtobufTimeUtils;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Deadline = min(local rest, engine's timeout) less max(1 s, 5 %); a remote timeout is `Failed(JobTimeoutException)`,
/// a cancellation `Cancelled`, anything else `Failed(RemoteFailure)`.
@Tag("full")
final class Promise2DeadlineTest {
    private static final String QUEUE = "deadline";

    /// How long the body may run, in milliseconds.
    private static final RemoteTask<String, Long> OWN_TIME = RemoteTask.of(
            "own-time",
            String.class,
            Long.class,
            (_, _) -> Job.current()
                    .orElseThrow()
                    .options()
                    .timeout()
                    .orElseThrow()
                    .toMillis());

    private static final RemoteTask<String, String> THROW =
            RemoteTask.of("throw", String.class, String.class, (scope, type) -> {
                if (type.equals("RejectedExecutionException")) {
                    throw new RejectedExecutionException("the body's own executor is full");
                }
                var cancelled = scope.spawn("cancelled", () -> {
                    new CountDownLatch(1).await();
                    return "not reached";
                });
                cancelled.cancel();
                return cancelled.join();
            });

    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = new Engine();
        engine.worker(QUEUE, OWN_TIME, Probe.HELD, Work.FAIL, THROW);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    private static <T> Outcome<T> outcome(JobOptions options, Callable<T> body) throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            return scheduler.spawn(options, body).await();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "100000, 0, 0, 95000",
        "10000, 0, 0, 9000",
        "1000, 0, 0, 0",
        "100000, 60000, 0, 57000",
        "0, 40000, 0, 38000",
        "100000, 0, 60000, 38000",
        "100000, 20000, 60000, 19000"
    })
    void body_hasTheEnginesTime_lessAMargin(long all, long each, long waited, long expected) {
        var values = Map.<String, Object>of(
                "getScheduleToCloseTimeout",
                Duration.ofMillis(all),
                "getStartToCloseTimeout",
                Duration.ofMillis(each),
                "getScheduledTimestamp",
                1_000_000L,
                "getStartedTimestamp",
                1_000_000L + waited);
        var info = (ActivityInfo) Proxy.newProxyInstance(
                ActivityInfo.class.getClassLoader(),
                new Class<?>[] {ActivityInfo.class},
                (_, method, _) -> values.get(method.getName()));

        assertThat(AttemptRunner.rest(info)).isEqualTo(Duration.ofMillis(expected));
    }

    @Test
    void body_hasTheTimeOfTheOptions_whereTheJobHasMore() throws InterruptedException {
        var body = engine.remote.activity(OWN_TIME, "", Engine.once(QUEUE).withTimeout(Duration.ofSeconds(100)));

        assertThat(outcome(JobOptions.named("own time").withTimeout(Duration.ofHours(1)), body))
                .isInstanceOfSatisfying(
                        Outcome.Succeeded.class,
                        succeeded -> assertThat((Long) succeeded.value()).isBetween(60_000L, 95_000L));
    }

    @Test
    void body_hasTheTimeOfTheJob_orOfAnAncestor_whereThatIsLess() throws InterruptedException {
        try (var scheduler = Scheduler.open("local")) {
            var parent = JobOptions.named("parent").withTimeout(Duration.ofSeconds(100));
            var job = scheduler.spawn(
                    parent,
                    scope -> scope.spawn(
                                    JobOptions.named("child").withTimeout(Duration.ofHours(1)),
                                    engine.remote.activity(OWN_TIME, "", Engine.once(QUEUE)))
                            .join());

            assertThat(job.join()).isBetween(60_000L, 95_000L);
        }
    }

    @Test
    void bodyOutOfTime_isJobTimeoutException() throws InterruptedException {
        var body = engine.remote.activity(
                Probe.HELD, "time out", Engine.once(QUEUE).withTimeout(Duration.ofSeconds(4)));

        assertTimeout(outcome(JobOptions.named("held"), body), "'worker/held'");
        assertThat(Probe.of("time out").awaitInterrupt(Probe.PATIENCE)).isTrue();
    }

    @Test
    void jobOutOfTime_isJobTimeoutException_andCancelsTheBody() throws InterruptedException {
        var body = engine.remote.activity(Probe.HELD, "local time out", Engine.once(QUEUE));

        var outcome = outcome(JobOptions.named("held").withTimeout(Duration.ofSeconds(4)), body);

        assertTimeout(outcome, "local/held");
        assertThat(Probe.of("local time out").awaitInterrupt(Probe.PATIENCE)).isTrue();
    }

    @Test
    void attemptWithoutProgress_isJobTimeoutException_whereItWasTheLast() throws InterruptedException {
        Probe.of("silent").silentUntil = 1;
        var body =
                engine.remote.activity(Probe.HELD, "silent", Engine.once(QUEUE).withHeartbeat(Duration.ofSeconds(2)));

        assertThat(outcome(JobOptions.named("held"), body))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.failure()).isInstanceOf(JobTimeoutException.class));
    }

    /// What is left is what the engine itself has recorded.
    @Test
    void attemptStartedAgain_hasTheTimeThatIsLeft() throws InterruptedException {
        var task = Probe.HELD.withId(key -> key);
        var first = engine.worker("left");
        try (var scheduler = Scheduler.open("local")) {
            var options = Engine.once("left").withTimeout(Duration.ofSeconds(100));
            var job = scheduler.spawn("held", engine.remote.activity(task, "time left", options));
            Probe.of("time left").awaitAttempt(1);
            engine.worker("left");
            assertThat(first.close(Duration.ZERO)).isEmpty();
            Probe.of("time left").awaitAttempt(2);
            Probe.of("time left").released.countDown();

            assertThat(job.join()).isPositive();
        }

        var times = engine.remote.client.fetchHistory("held/time left").getEvents().stream()
                .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
                .map(event -> event.getActivityTaskScheduledEventAttributes().getScheduleToCloseTimeout())
                .map(ProtobufTimeUtils::toJavaDuration)
                .toList();
        assertThat(times).hasSize(2);
        assertThat(times.getLast()).isLessThan(times.getFirst());
    }

    @Test
    void bodyOutOfTime_isNotTriedAgain() throws InterruptedException {
        var options = Engine.once(QUEUE).withAttempts(3).withTimeout(Duration.ofSeconds(4));
        var body = engine.remote.activity(Probe.HELD, "once out of time", options);

        assertTimeout(outcome(JobOptions.named("held"), body), "'worker/held'");
        assertThat(Probe.of("once out of time").attempts).hasSize(1);
    }

    @Test
    void queueWithoutAWorker_isJobTimeoutException() throws InterruptedException {
        var options = Engine.once("nobody").withTimeout(Duration.ofSeconds(2));

        assertTimeout(outcome(JobOptions.named("up"), engine.remote.activity(Work.UPPER, "a", options)), "local/up");
    }

    @Test
    void anythingElse_isRemoteFailure() throws InterruptedException {
        assertThat(outcome(JobOptions.named("fail"), engine.remote.activity(Work.FAIL, "bad", Engine.once(QUEUE))))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.failure()).isInstanceOf(RemoteFailure.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"RejectedExecutionException", "JobCancelledException"})
    void whatEndsJobsHere_isRemoteFailure_whereABodyThrowsIt(String type) throws InterruptedException {
        var body = engine.remote.activity(THROW, type, Engine.once(QUEUE).withTimeout(Duration.ofSeconds(20)));

        assertThat(outcome(JobOptions.named("throw"), body))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.failure())
                                .isInstanceOfSatisfying(
                                        RemoteFailure.class,
                                        failure -> assertThat(failure.type()).endsWith('.' + type)));
    }

    private static void assertTimeout(Outcome<?> outcome, String message) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.failure()).isInstanceOf(JobTimeoutException.class);
            assertThat(failed.failure())
                    .satisfiesAnyOf(
                            failure -> assertThat(failure).hasMessageContaining(message),
                            failure -> assertThat(failure.getCause()).hasMessageContaining(message));
        });
    }
}
