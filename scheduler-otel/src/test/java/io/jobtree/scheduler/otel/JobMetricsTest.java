package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Scheduler;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.View;
import io.opentelemetry.sdk.metrics.ViewBuilder;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class JobMetricsTest {
    private static final AttributeKey<String> STATE = stringKey("jobtree.job.state");

    /// So that the two states of each stay below the 2,000 attribute sets that the SDK keeps.
    private static final int MOST_NAMES = 900;

    private final Sdk sdk = Sdk.open();

    @AfterEach
    void nothingIsLeft() {
        sdk.close();
    }

    @Test
    void durations_areHistogramsInSeconds_withBuckets() throws Exception {
        try (var jobs = sdk.scheduler()) {
            jobs.spawn("page", () -> "done").join();
        }

        for (var name : List.of("jobtree.job.duration", "jobtree.job.queue.duration")) {
            var metric = sdk.metric(name);
            assertThat(metric.getUnit()).isEqualTo("s");
            assertThat(metric.getInstrumentationScopeInfo().getSchemaUrl()).isNotNull();
            var point = metric.getHistogramData().getPoints().iterator().next();
            assertThat(point.getCount()).isEqualTo(1);
            assertThat(point.getSum()).isBetween(0.0, 10.0);
            assertThat(point.getBoundaries()).contains(0.001, 1.0, 60.0, 3600.0).isSorted();
        }
        assertThat(attributes("jobtree.job.duration"))
                .containsExactly(Map.of(
                        "jobtree.job.scheduler", "orders",
                        "jobtree.job.name", "page",
                        "jobtree.job.outcome", "succeeded"));
        assertThat(attributes("jobtree.job.queue.duration"))
                .containsExactly(Map.of("jobtree.job.scheduler", "orders", "jobtree.job.name", "page"));
    }

    @Test
    void active_countsPendingAndRunning_andReturnsToZero() throws Exception {
        var running = new CountDownLatch(2);
        var release = new CountDownLatch(1);
        try (var jobs = Scheduler.open(Sdk.options(sdk.telemetry()).withLimit(2))) {
            for (int i = 0; i < 5; i++) {
                jobs.spawn("page", () -> {
                    running.countDown();
                    release.await();
                });
            }
            running.await();

            assertThat(sdk.metric("jobtree.job.active").getUnit()).isEqualTo("{job}");
            assertThat(sdk.sum("jobtree.job.active", STATE, "running")).isEqualTo(2);
            assertThat(sdk.sum("jobtree.job.active", STATE, "pending")).isEqualTo(3);
            release.countDown();
        }

        assertThat(sdk.sum("jobtree.job.active", STATE, "running")).isZero();
        assertThat(sdk.sum("jobtree.job.active", STATE, "pending")).isZero();
        assertThat(sdk.metric("jobtree.job.active").getLongSumData().getPoints())
                .hasSize(2);
    }

    @Tag(Sdk.NEWER)
    @Test
    void active_isOneSum_whateverViewsDrop_andHowManyTelemetriesThereAre() throws Exception {
        var release = new CountDownLatch(1);
        JobAction waiting = release::await;
        try (var reader = InMemoryMetricReader.create();
                var openTelemetry = withView(
                        reader,
                        "jobtree.job.active",
                        View.builder().setAttributeFilter(Set.of("jobtree.job.scheduler")));
                var first = Scheduler.open(Sdk.options(JobTelemetry.builder(openTelemetry)));
                var second = Scheduler.open(Sdk.options(JobTelemetry.builder(openTelemetry)))) {
            first.spawn("page", waiting);
            first.spawn("mail", waiting);
            second.spawn("page", waiting);

            for (int collection = 0; collection < 2; collection++) {
                assertThat(reader.collectAllMetrics())
                        .filteredOn(metric -> metric.getName().equals("jobtree.job.active"))
                        .singleElement()
                        .satisfies(metric -> assertThat(metric.getLongSumData().getPoints())
                                .singleElement()
                                .satisfies(point -> assertThat(point.getValue()).isEqualTo(3)));
            }
            release.countDown();
        }
    }

    /// What went is read before what came, so a collection amid a burst shows no job that has ended before it
    /// began.
    @Tag("slow")
    @Test
    void active_isNeverBelowZero() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().spans(SpanPolicy.none()))) {
            var burst = Thread.startVirtualThread(() -> {
                for (int i = 0; i < 50_000; i++) {
                    jobs.spawn("page", () -> "done");
                }
            });
            for (boolean over = false; !over; ) {
                over = burst.join(Duration.ZERO);
                sdk.find("jobtree.job.active")
                        .ifPresent(metric -> assertThat(metric.getLongSumData().getPoints())
                                .allSatisfy(
                                        point -> assertThat(point.getValue()).isNotNegative()));
            }
        }
    }

    @Test
    void active_ofTooManyNames_isCountedAsOne() throws Exception {
        int names = MOST_NAMES + 10;
        var release = new CountDownLatch(1);
        JobAction waiting = release::await;
        try (var reader = InMemoryMetricReader.create();
                var openTelemetry = withView(reader, "*", View.builder().setCardinalityLimit(20_000));
                var jobs = Scheduler.open(Sdk.options(JobTelemetry.builder(openTelemetry)))) {
            for (int i = 0; i < names; i++) {
                jobs.spawn("page-" + i, waiting);
            }

            var points = new HashMap<Boolean, Long>();
            for (var metric : reader.collectAllMetrics()) {
                if (metric.getName().equals("jobtree.job.active")) {
                    metric.getLongSumData()
                            .getPoints()
                            .forEach(point -> points.merge(
                                    Boolean.TRUE.equals(point.getAttributes().get(booleanKey("otel.metric.overflow"))),
                                    point.getValue(),
                                    Long::sum));
                }
            }
            assertThat(points).containsOnly(Map.entry(false, (long) MOST_NAMES), Map.entry(true, 10L));
            release.countDown();
        }
    }

    /// With the SDK's own limit: it drops, without a word, what a callback reports beyond it.
    @Test
    void moreNamesThanTheSdkKeeps_areCountedExactly() throws Exception {
        int names = 5_000;
        var release = new CountDownLatch(1);
        JobAction waiting = release::await;
        try (var jobs = Scheduler.open(Sdk.options(sdk.telemetry().spans(SpanPolicy.none()))
                .withLimit(3)
                .withoutPendingLimit())) {
            for (int i = 0; i < names; i++) {
                jobs.spawn("page-" + i, waiting);
            }
            assertThat(sdk.active()).isEqualTo(names);
            release.countDown();
        }

        assertThat(sdk.active()).isZero();
        assertThat(sdk.count("jobtree.job.duration")).isEqualTo(names);
        assertThat(sdk.metric("jobtree.job.active").getLongSumData().getPoints())
                .hasSizeLessThan(2_000);
    }

    @Test
    void manyErrorTypes_areCountedExactly() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().spans(SpanPolicy.none()))) {
            for (int i = 0; i < 1_000; i++) {
                jobs.spawn("page-" + i, () -> "done");
                jobs.spawn("page-" + i, () -> {
                    throw new IllegalStateException("x");
                });
                jobs.spawn("page-" + i, () -> {
                    throw new IllegalArgumentException("x");
                });
            }
        }

        assertThat(sdk.count("jobtree.job.duration")).isEqualTo(3_000);
        var durations = sdk.metric("jobtree.job.duration").getHistogramData().getPoints();
        assertThat(durations).hasSizeLessThan(2_000);
        assertThat(durations.stream()
                        .filter(point -> point.getAttributes().get(booleanKey("otel.metric.overflow")) != null))
                .singleElement()
                .satisfies(point -> assertThat(point.getCount()).isGreaterThan(1_000));
    }

    @Test
    void names_expire_whereTheyHaveHadNoJobForLong_andComeBack() throws Exception {
        var release = new CountDownLatch(1);
        try (var jobs = Sdk.scheduler(sdk.telemetry().nameExpiry(Duration.ofNanos(1)))) {
            jobs.spawn("running", () -> release.await());
            jobs.spawn("over", () -> "done").join();
            // The first look sees that the number of jobs has changed.
            assertThat(names("jobtree.job.active")).containsExactlyInAnyOrder("running", "over");
            assertThat(names("jobtree.job.active")).containsExactly("running");

            jobs.spawn("over", () -> "done").join();
            assertThat(names("jobtree.job.active")).containsExactlyInAnyOrder("running", "over");
            assertThat(sdk.active()).isEqualTo(1);
            release.countDown();
        }
    }

    @Test
    void names_thatExpireWhileJobsAreSpawned_loseNone() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().spans(SpanPolicy.none()).nameExpiry(Duration.ofNanos(1)))) {
            var burst = Thread.startVirtualThread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    jobs.spawn("page", () -> "done");
                }
            });
            for (boolean over = false; !over; ) {
                over = burst.join(Duration.ZERO);
                sdk.find("jobtree.job.active")
                        .ifPresent(metric -> assertThat(metric.getLongSumData().getPoints())
                                .allSatisfy(
                                        point -> assertThat(point.getValue()).isNotNegative()));
            }
        }

        assertThat(sdk.count("jobtree.job.duration")).isEqualTo(20_000);
        assertThat(sdk.find("jobtree.job.active").map(_ -> sdk.active()).orElse(0L))
                .isZero();
    }

    @Test
    void spanName_isTheNameInMetricsToo() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().spanName(job -> "fetch"))) {
            jobs.spawn("fetch-17", () -> "done").join();
        }

        assertThat(sdk.span("fetch").getName()).isEqualTo("fetch");
        assertThat(names("jobtree.job.duration")).containsExactly("fetch");
        assertThat(names("jobtree.job.active")).containsExactly("fetch");
    }

    @Test
    void metricAttributes_areAdded_butNotTheModulesOwn() throws Exception {
        var telemetry = sdk.telemetry()
                .metricAttributes((job, attributes) -> attributes
                        .put("tenant", job.options().tags().getOrDefault("tenant", "none"))
                        .put("jobtree.job.name", "other"));
        try (var jobs = Sdk.scheduler(telemetry)) {
            jobs.spawn(JobOptions.named("page").withTag("tenant", "acme"), () -> "done")
                    .join();
            jobs.spawn("page", () -> "done").join();
        }

        assertThat(attributes("jobtree.job.queue.duration"))
                .extracting(attributes -> attributes.get("tenant") + " " + attributes.get("jobtree.job.name"))
                .containsExactlyInAnyOrder("acme page", "none page");
    }

    @Test
    void notStarted_tellsTheReasonsApart() throws Exception {
        var running = new CountDownLatch(1);
        try (var jobs = Scheduler.open(Sdk.options(sdk.telemetry()).withLimit(1))) {
            jobs.spawn("busy", () -> {
                running.countDown();
                Thread.sleep(Duration.ofMinutes(10));
            });
            running.await();
            jobs.spawn("page", () -> "never").cancel();
            var late = jobs.spawn(JobOptions.named("page").withTimeout(Duration.ofMillis(1)), () -> "never");
            assertThatThrownBy(late::join).isInstanceOf(JobFailedException.class);
            jobs.spawn("page", () -> "never");
            jobs.close(Duration.ZERO);
        }

        var reason = stringKey("jobtree.job.not_started.reason");
        for (var expected : List.of("requested", "timeout", "closed")) {
            assertThat(sdk.sum("jobtree.job.not_started", reason, expected))
                    .as(expected)
                    .isEqualTo(1);
        }
        assertThat(sdk.active()).isZero();
        assertThat(sdk.count("jobtree.job.duration")).isEqualTo(1);
    }

    @Test
    void duration_tellsOutcomesApart() throws Exception {
        var running = new CountDownLatch(1);
        try (var jobs = sdk.scheduler()) {
            var failing = jobs.spawn("failing", () -> {
                throw new IllegalStateException("x");
            });
            assertThatThrownBy(failing::join).isInstanceOf(JobFailedException.class);
            var cancelled = jobs.spawn("cancelled", () -> {
                running.countDown();
                Thread.sleep(Duration.ofMinutes(10));
            });
            running.await();
            cancelled.cancelAndJoin(Duration.ofSeconds(10));
        }

        assertThat(attributes("jobtree.job.duration"))
                .containsExactlyInAnyOrder(
                        Map.of(
                                "jobtree.job.scheduler", "orders",
                                "jobtree.job.name", "failing",
                                "jobtree.job.outcome", "failed",
                                "error.type", "java.lang.IllegalStateException"),
                        Map.of(
                                "jobtree.job.scheduler", "orders",
                                "jobtree.job.name", "cancelled",
                                "jobtree.job.outcome", "cancelled",
                                "jobtree.job.cancel.reason", "requested"));
    }

    @Test
    void exemplars_carryTheTraceOfTheJob() throws Exception {
        try (var jobs = sdk.scheduler()) {
            jobs.spawn("page", () -> "done").join();
        }

        // One collection: the next one has no exemplars any more.
        var durations = sdk.metrics().stream()
                .filter(metric -> metric.getName().endsWith("duration"))
                .toList();
        assertThat(durations).hasSize(2);
        for (var metric : durations) {
            var point = metric.getHistogramData().getPoints().iterator().next();
            assertThat(point.getExemplars())
                    .singleElement()
                    .satisfies(exemplar -> assertThat(exemplar.getSpanContext().getTraceId())
                            .isEqualTo(sdk.span("page").getTraceId()));
        }
    }

    @Test
    void idsAreNeverOnMetrics_alsoOfUnnamedJobs() throws Exception {
        try (var jobs = sdk.scheduler()) {
            for (int i = 0; i < 50; i++) {
                jobs.spawn(scope -> scope.spawn(() -> "done").join()).join();
            }
        }

        assertThat(attributes("jobtree.job.duration")).hasSize(1);
        assertThat(attributes("jobtree.job.duration").getFirst()).containsEntry("jobtree.job.name", "job");
        assertThat(attributes("jobtree.job.active")).hasSize(2);
    }

    @Test
    void metrics_off_recordsNone() throws Exception {
        try (var jobs = Sdk.scheduler(sdk.telemetry().metrics(false))) {
            jobs.spawn("page", () -> "done").join();
        }

        assertThat(sdk.find("jobtree.job.duration")).isEmpty();
        assertThat(sdk.spans()).hasSize(1);
    }

    private static OpenTelemetrySdk withView(MetricReader reader, String instrument, ViewBuilder view) {
        var meters = SdkMeterProvider.builder()
                .registerMetricReader(reader)
                .registerView(InstrumentSelector.builder().setName(instrument).build(), view.build())
                .build();
        return OpenTelemetrySdk.builder().setMeterProvider(meters).build();
    }

    /// The jobs' names in a metric; none where the metric is not there.
    private Set<String> names(String metric) {
        return sdk.find(metric)
                .map(found -> attributes(found).stream()
                        .map(attributes -> attributes.getOrDefault("jobtree.job.name", "none"))
                        .collect(Collectors.toSet()))
                .orElse(Set.of());
    }

    private List<Map<String, String>> attributes(String name) {
        return attributes(sdk.metric(name));
    }

    private static List<Map<String, String>> attributes(MetricData metric) {
        Collection<? extends PointData> points = metric.getData().getPoints();
        return points.stream()
                .map(point -> point.getAttributes().asMap().entrySet().stream()
                        .collect(Collectors.toMap(
                                entry -> entry.getKey().getKey(), entry -> String.valueOf(entry.getValue()))))
                .toList();
    }
}
