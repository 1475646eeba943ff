package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.otel.autoconfigure.AutoTelemetry;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is there by itself.
final class AutoTest {
    private static final String ENABLED = "jobtree.otel.enabled";

    @AfterEach
    void nothingIsLeft() {
        System.clearProperty(ENABLED);
        GlobalOpenTelemetry.resetForTest();
    }

    @Test
    void serviceLoader_findsATelemetry_whichObservesOnceThereIsAnSdk() throws Exception {
        GlobalOpenTelemetry.resetForTest();
        var found = ServiceLoader.load(JobObserver.class).stream()
                .filter(provider -> provider.type().equals(AutoTelemetry.class))
                .findFirst()
                .orElseThrow()
                .get();
        try (var _ = JobObserver.install(found);
                var jobs = Scheduler.open("orders");
                var sdk = Sdk.open()) {
            jobs.spawn("before", () -> "done").join();
            GlobalOpenTelemetry.set(sdk.api());
            jobs.spawn("page", page -> page.spawn("user", () -> "done").join()).join();

            assertThat(sdk.spans()).extracting(span -> span.getName()).containsExactly("user", "page");
            assertThat(sdk.span("user").getParentSpanId())
                    .isEqualTo(sdk.span("page").getSpanId());
        }
    }

    /// As test suites do: one SDK a test class, registered and reset.
    @Test
    void globalThatIsReplaced_isFollowed_alsoByAnInstanceThatIsKept() throws Exception {
        GlobalOpenTelemetry.resetForTest();
        try (var _ = JobObserver.install(JobTelemetry.create());
                var jobs = Scheduler.open("orders")) {
            for (var name : List.of("first", "second")) {
                try (var sdk = Sdk.open()) {
                    GlobalOpenTelemetry.set(sdk.api());
                    jobs.spawn(name, () -> "done").join();

                    assertThat(sdk.spans()).extracting(span -> span.getName()).containsExactly(name);
                    assertThat(sdk.count("jobtree.job.duration")).isEqualTo(1);
                } finally {
                    GlobalOpenTelemetry.resetForTest();
                }
                jobs.spawn("between", () -> "done").join();
            }
        }
    }

    @Test
    void foundTelemetry_isOffByAProperty() throws Exception {
        GlobalOpenTelemetry.resetForTest();
        System.setProperty(ENABLED, "false");
        var off = new AutoTelemetry();
        System.clearProperty(ENABLED);
        var on = new AutoTelemetry();
        try (var sdk = Sdk.open();
                var jobs = Scheduler.open("orders")) {
            var job = jobs.spawn("page", () -> "done");
            GlobalOpenTelemetry.set(sdk.api());

            assertThat(off.spawned(job)).isSameAs(JobObservation.NONE);
            assertThat(on.spawned(job)).isNotSameAs(JobObservation.NONE);
        }
    }

    @Test
    void sdk_thatIsConfiguredByProperties_closesSchedulersFirst_andFollowsLinks_unlessThatIsOff() throws Exception {
        assertThat(configured("true", "otlp")).contains("ClosingSpanProcessor", "LinkSampler{jobs, ");
        assertThat(configured("false", "otlp")).doesNotContain("ClosingSpanProcessor", "LinkSampler");
    }

    /// Metrics of jobs in flight at exit are exported, too.
    @Test
    void sdk_thatExportsNoSpans_closesSchedulersFirst_unlessThatIsOff() throws Exception {
        assertThat(configured("true", "none")).contains("ClosingSpanProcessor");
        assertThat(configured("false", "none")).doesNotContain("ClosingSpanProcessor");
    }

    private static String configured(String enabled, String exporter) throws Exception {
        try (var receiver = new OtlpReceiver();
                var sdk = AutoConfiguredOpenTelemetrySdk.builder()
                        .addPropertiesSupplier(() -> Map.of(
                                ENABLED,
                                enabled,
                                "otel.traces.exporter",
                                exporter,
                                "otel.exporter.otlp.endpoint",
                                receiver.endpoint(),
                                "otel.exporter.otlp.protocol",
                                "http/protobuf",
                                "otel.metrics.exporter",
                                "none",
                                "otel.logs.exporter",
                                "none"))
                        .disableShutdownHook()
                        .build()
                        .getOpenTelemetrySdk()) {
            return sdk.toString();
        }
    }
}
