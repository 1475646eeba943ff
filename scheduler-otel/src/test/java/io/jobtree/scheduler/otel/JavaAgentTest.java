package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real agent, in a JVM of its own: it propagates contexts too, and the spans must be the same as without
/// it.
final class JavaAgentTest {
    @TempDir
    Path directory;

    @Test
    @Tag("full")
    void agentBesideUs_givesTheSameTree_noSpanTwice_noContextLost() throws Exception {
        try (var receiver = new OtlpReceiver()) {
            var options = new ArrayList<>(Jvm.classPath());
            options.addAll(Jvm.exportingTo(receiver));
            options.addAll(List.of(
                    Jvm.agent(),
                    "-Dio.opentelemetry.context.enableStrictContext=true",
                    "-Dotel.bsp.max.queue.size=10000",
                    "-Dotel.logs.exporter=none"));
            try (var jvm = new Jvm(directory, options, List.of(PageProgram.class.getName()))) {
                assertThat(jvm.awaitEnd()).as(jvm.printed()).isZero();
                assertThat(jvm.printed()).contains("lost contexts: 0");
            }
            new PageSpans(receiver.spans()).assertComplete();
            assertThat(receiver.metrics().stream().map(metric -> metric.getName()))
                    .contains("jobtree.job.duration");
        }
    }

    /// What the documentation says of the agent alone.
    @Tag("full")
    @Test
    void agentAlone_takesNoContextIntoJobs_andWithTelemetryEachHasIts() throws Exception {
        assertThat(contexts(List.of())).contains("jobs with a context: 0,");
        assertThat(contexts(List.of("telemetry"))).contains("jobs with a context: 50,");
    }

    private String contexts(List<String> arguments) throws Exception {
        var options = new ArrayList<>(Jvm.classPath());
        options.addAll(List.of(
                Jvm.agent(),
                "-Djobtree.observers.autoload=false",
                "-Dotel.traces.exporter=none",
                "-Dotel.metrics.exporter=none",
                "-Dotel.logs.exporter=none"));
        var program = new ArrayList<>(List.of(ContextsProgram.class.getName()));
        program.addAll(arguments);
        try (var jvm = new Jvm(directory, options, program)) {
            jvm.awaitEnd();
            return jvm.printed();
        }
    }
}
