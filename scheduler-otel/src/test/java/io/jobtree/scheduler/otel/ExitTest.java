package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.otel.semconv.Events;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is there of jobs in flight when their process is asked to stop, and when it is killed.
final class ExitTest {
    @TempDir
    Path directory;

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"auto", "own"})
    void jobsInFlight_atSigterm_haveTheirSpans(String sdk) throws Exception {
        terminate(sdk, List.of());
    }

    @Tag("slow")
    @Test
    void jobsInFlight_atSigterm_areCounted_whereSpansAreNotExported() throws Exception {
        try (var receiver = new OtlpReceiver();
                var jvm = start("auto", List.of("-Dotel.traces.exporter=none"), receiver)) {
            jvm.awaitPrinted(ExitProgram.RUNNING);
            jvm.terminate();

            assertThat(receiver.metrics())
                    .as(jvm.printed())
                    .filteredOn(metric -> metric.getName().equals("jobtree.job.duration"))
                    .flatMap(metric -> metric.getHistogram().getDataPointsList())
                    .extracting(point -> values(point.getAttributesList()).get("jobtree.job.name"))
                    .containsExactlyInAnyOrder("page", "user");
        }
    }

    @Tag("full")
    @Test
    void jobsInFlight_atSigterm_haveTheirSpans_withTheAgent() throws Exception {
        terminate("agent", List.of(Jvm.agent(), "-Dotel.javaagent.extensions=" + Jvm.jar(directory)));
    }

    private void terminate(String sdk, List<String> agent) throws Exception {
        try (var receiver = new OtlpReceiver();
                var jvm = start(sdk, agent, receiver)) {
            jvm.awaitPrinted(ExitProgram.RUNNING);
            jvm.terminate();

            assertThat(receiver.spans())
                    .as(jvm.printed())
                    .extracting(Span::getName)
                    .containsExactlyInAnyOrder("page", "user");
            assertThat(receiver.spans())
                    .allSatisfy(span -> assertThat(values(span.getAttributesList()))
                            .containsEntry("jobtree.job.outcome", "cancelled"));
        }
    }

    @Tag("slow")
    @Test
    void jobsInFlight_whenTheProcessIsKilled_haveBeenAnnounced() throws Exception {
        kill("auto", List.of());
    }

    @Tag("full")
    @Test
    void jobsInFlight_whenTheProcessIsKilled_haveBeenAnnounced_withTheAgent() throws Exception {
        kill("agent", List.of(Jvm.agent()));
    }

    private void kill(String sdk, List<String> agent) throws Exception {
        try (var receiver = new OtlpReceiver();
                var jvm = start(sdk, agent, receiver)) {
            jvm.awaitPrinted(ExitProgram.RUNNING);
            Awaitility.await()
                    .atMost(1, TimeUnit.MINUTES)
                    .until(() -> started(receiver).size() == 2);
            jvm.kill();

            assertThat(receiver.spans()).isEmpty();
            var page = started(receiver, "page");
            var user = started(receiver, "user");
            assertThat(user.getTraceId()).isEqualTo(page.getTraceId()).hasSize(16);
            assertThat(values(user.getAttributesList()))
                    .containsEntry(
                            "jobtree.job.parent.span_id",
                            HexFormat.of().formatHex(page.getSpanId().toByteArray()))
                    .containsEntry("jobtree.job.path", "orders/page/user")
                    .containsKey("jobtree.job.started_at");
        }
    }

    private Jvm start(String sdk, List<String> agent, OtlpReceiver receiver) throws Exception {
        var options = new ArrayList<>(Jvm.classPath());
        options.addAll(Jvm.exportingTo(receiver));
        options.addAll(agent);
        return new Jvm(directory, options, List.of(ExitProgram.class.getName(), sdk));
    }

    private static List<LogRecord> started(OtlpReceiver receiver) {
        return receiver.logs().stream()
                .filter(log -> log.getEventName().equals(Events.STARTED)
                        // In older versions it is an attribute.
                        || values(log.getAttributesList()).containsValue(Events.STARTED))
                .toList();
    }

    private static LogRecord started(OtlpReceiver receiver, String name) {
        return started(receiver).stream()
                .filter(log -> name.equals(values(log.getAttributesList()).get("jobtree.job.name")))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> values(List<KeyValue> attributes) {
        return attributes.stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey, attribute -> attribute.getValue().getStringValue()));
    }
}
