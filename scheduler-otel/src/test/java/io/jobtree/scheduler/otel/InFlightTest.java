package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.otel.semconv.Events;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.LogRecordProcessor;
import io.opentelemetry.sdk.logs.ReadWriteLogRecord;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class InFlightTest {
    private static final Duration SOON = Duration.ofMillis(20);

    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Test
    void jobThatRunsLong_isAnnouncedOnce_withWhatItsSpanWillSay() throws Exception {
        var release = new CountDownLatch(1);
        try (var jobs = Sdk.scheduler(sdk.telemetry().startedAfter(SOON).heartbeat(SOON))) {
            var page = jobs.spawn("page", scope -> {
                scope.spawn(tagged("user"), () -> release.await());
                return "over";
            });
            // So that it could have been announced again.
            Awaitility.await().until(() -> sdk.events(Events.HEARTBEAT).size() >= 6);
            release.countDown();
            page.join();
        }

        assertThat(sdk.events(Events.STARTED)).hasSize(2);
        assertThat(sdk.events(Events.STARTED)).anySatisfy(event -> {
            assertThat(event.getSpanContext()).isEqualTo(sdk.span("user").getSpanContext());
            assertThat(text(event, "jobtree.job.parent.span_id"))
                    .isEqualTo(sdk.span("page").getSpanId());
            assertThat(text(event, "jobtree.job.name")).isEqualTo("user");
            assertThat(text(event, "tenant")).isEqualTo("acme");
            // With older versions it would be the event's name.
            assertThat(text(event, "jobtree.tag.event.name")).isEqualTo("checkout");
            assertThat(text(event, "jobtree.job.started_at")).startsWith("20");
        });
    }

    private static JobOptions tagged(String name) {
        return JobOptions.named(name).withTag("tenant", "acme").withTag("event.name", "checkout");
    }

    @Tag("slow")
    @Test
    void manySleepingJobs_haveHeartbeatsOfTheOldest_onOneThread() throws Exception {
        int jobs = 20_000;
        int most = 10;
        var logs = new ThreadNotingLogs();
        var running = new CountDownLatch(jobs);
        var release = new CountDownLatch(1);
        List<LogRecordData> beats;
        try (var openTelemetry = OpenTelemetrySdk.builder()
                        .setLoggerProvider(SdkLoggerProvider.builder()
                                .addLogRecordProcessor(logs)
                                .build())
                        .build();
                var scheduler = Scheduler.open(SchedulerOptions.named("orders")
                        .withoutLimit()
                        .withObserver(JobTelemetry.builder(openTelemetry)
                                .heartbeat(SOON)
                                .inFlightLimit(most)
                                .build()))) {
            scheduler.spawn("first", () -> {
                running.countDown();
                release.await();
            });
            Awaitility.await().until(() -> running.getCount() < jobs);
            for (int i = 1; i < jobs; i++) {
                scheduler.spawn("sleeping", () -> {
                    running.countDown();
                    release.await();
                });
            }
            running.await();
            logs.records.clear();
            Awaitility.await().until(() -> logs.records.size() >= 5 * most);
            beats = List.copyOf(logs.records);
            release.countDown();
        }

        assertThat(logs.threads).containsExactly("jobtree-telemetry");
        // Of the last look before all had started there may be some, and of those after it the oldest alone.
        assertThat(beats.stream()
                        .map(record -> record.getAttributes().get(longKey("jobtree.job.id")))
                        .distinct())
                .hasSizeLessThanOrEqualTo(2 * most);
        assertThat(beats)
                .anySatisfy(
                        record -> assertThat(text(record, "jobtree.job.name")).isEqualTo("first"));
    }

    @Tag("slow")
    @Test
    void nothingRuns_noThreadIsKept() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().heartbeat(SOON))) {
            jobs.spawn("page", () -> "done").join();
        }

        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("jobtree-telemetry")));
    }

    @Test
    void jobThatDoesNotStop_isSeen_whileItIsAskedTo() throws Exception {
        var running = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        try (var jobs = Sdk.scheduler(sdk.telemetry())) {
            var page = jobs.spawn("page", () -> {
                running.countDown();
                for (boolean over = false; !over; ) {
                    try {
                        over = release.await(1, TimeUnit.HOURS);
                    } catch (InterruptedException ignored) {
                        // The job that will not stop.
                    }
                }
            });
            running.await();
            page.cancel();

            assertThat(sdk.metric("jobtree.job.cancelling").getLongSumData().getPoints())
                    .singleElement()
                    .satisfies(point -> assertThat(point.getValue()).isEqualTo(1));
            release.countDown();
            page.await();
            assertThat(sdk.find("jobtree.job.cancelling")).isEmpty();
        }

        assertThat(sdk.span("page").getEvents())
                .singleElement()
                .satisfies(event -> assertThat(event.getName()).isEqualTo("jobtree.job.cancelling"))
                .satisfies(event -> assertThat(event.getAttributes().get(stringKey("jobtree.job.cancel.reason")))
                        .isEqualTo("requested"));
    }

    @Test
    void requestToStop_isAnEventOfEverySpanBelow_withReasonAndOrigin() throws Exception {
        var running = new CountDownLatch(1);
        try (var jobs = Sdk.scheduler(sdk.telemetry())) {
            var page = jobs.spawn(
                    "page",
                    scope -> scope.spawn("user", () -> {
                                running.countDown();
                                new CountDownLatch(1).await();
                                return "never";
                            })
                            .join());
            running.await();
            page.cancel();
            page.await();
        }

        assertThat(sdk.span("user").getEvents()).singleElement().satisfies(event -> {
            assertThat(event.getName()).isEqualTo("jobtree.job.cancelling");
            assertThat(event.getAttributes().get(stringKey("jobtree.job.cancel.reason")))
                    .isEqualTo("parent");
            assertThat(event.getAttributes().get(stringKey("jobtree.job.cancel.origin")))
                    .isEqualTo("orders/page");
        });
        assertThat(sdk.span("page").getEvents())
                .singleElement()
                .satisfies(event -> assertThat(event.getAttributes().get(stringKey("jobtree.job.cancel.reason")))
                        .isEqualTo("requested"));
    }

    @Test
    void straggler_isCounted_andLoggedInItsContext_withItsStack() throws Exception {
        var running = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var jobs = Scheduler.open(Sdk.options(sdk.telemetry()).withCloseTimeout(Duration.ofMillis(50)));
        var page = jobs.spawn("page", () -> {
            running.countDown();
            for (boolean over = false; !over; ) {
                try {
                    over = release.await(1, TimeUnit.HOURS);
                } catch (InterruptedException ignored) {
                    // The job that will not stop.
                }
            }
        });
        running.await();
        assertThat(jobs.close(Duration.ZERO)).containsExactly(page);
        release.countDown();
        page.await();

        assertThat(sdk.metric("jobtree.job.stragglers").getLongSumData().getPoints())
                .singleElement()
                .satisfies(point -> assertThat(point.getValue()).isEqualTo(1));
        assertThat(sdk.events(Events.STRAGGLER)).singleElement().satisfies(event -> {
            assertThat(event.getSpanContext()).isEqualTo(sdk.span("page").getSpanContext());
            assertThat(text(event, "code.stacktrace")).contains("InFlightTest");
        });
        assertThat(sdk.span("page").getEvents())
                .extracting(event -> event.getName())
                .contains(Events.STRAGGLER);
    }

    @Test
    void logProcessorThatThrows_isLoggedOnce_andHearsOfAllJobs() throws Exception {
        int jobs = 10;
        var heard = ConcurrentHashMap.<String>newKeySet();
        var messages = new ConcurrentLinkedQueue<String>();
        var release = new CountDownLatch(1);
        try (var openTelemetry = OpenTelemetrySdk.builder()
                        .setLoggerProvider(SdkLoggerProvider.builder()
                                .addLogRecordProcessor((_, record) -> {
                                    heard.add(text(record.toLogRecordData(), "jobtree.job.name"));
                                    throw new IllegalStateException("broken");
                                })
                                .build())
                        .build();
                var _ = new LogListener("io.jobtree.scheduler.otel", messages::add);
                var scheduler = Scheduler.open(SchedulerOptions.named("orders")
                        .withObserver(JobTelemetry.builder(openTelemetry)
                                .startedAfter(SOON)
                                .heartbeat(SOON)
                                .build()))) {
            for (int i = 0; i < jobs; i++) {
                scheduler.spawn("page" + i, () -> release.await());
            }
            Awaitility.await().until(() -> heard.size() == jobs);
            release.countDown();
        }

        assertThat(messages).singleElement().asString().contains("an event of a running job failed");
    }

    @Test
    void controlCharactersOfAName_areEscapedInTheText_andKeptInTheAttribute() throws Exception {
        var release = new CountDownLatch(1);
        try (var jobs = Sdk.scheduler(sdk.telemetry().startedAfter(SOON).heartbeat(SOON))) {
            jobs.spawn("page\n\u001b[2J", () -> release.await());
            Awaitility.await().until(() -> !sdk.events(Events.HEARTBEAT).isEmpty());
            release.countDown();
        }

        assertThat(sdk.logs()).isNotEmpty().allSatisfy(log -> {
            assertThat(Objects.requireNonNull(log.getBodyValue()).asString())
                    .startsWith("orders/page\\u000a\\u001b[2J ");
            assertThat(text(log, "jobtree.job.name")).isEqualTo("page\n\u001b[2J");
        });
    }

    private static String text(LogRecordData log, String key) {
        return String.valueOf(log.getAttributes().get(stringKey(key)));
    }

    private static final class ThreadNotingLogs implements LogRecordProcessor {
        private final Collection<LogRecordData> records = new ConcurrentLinkedQueue<>();
        private final Set<String> threads = ConcurrentHashMap.newKeySet();

        @Override
        public void onEmit(Context context, ReadWriteLogRecord record) {
            threads.add(Thread.currentThread().getName());
            records.add(record.toLogRecordData());
        }
    }
}
