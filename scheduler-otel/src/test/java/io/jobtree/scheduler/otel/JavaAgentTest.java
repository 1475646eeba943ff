package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
            var output = directory.resolve("output").toFile();
            var process = new ProcessBuilder(command(receiver))
                    .redirectErrorStream(true)
                    .redirectOutput(output)
                    .start();
            boolean ended = process.waitFor(3, TimeUnit.MINUTES);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }

            var printed = Files.readString(output.toPath());
            assertThat(ended && process.exitValue() == 0).as(printed).isTrue();
            assertThat(printed).contains("lost contexts: 0");
            new PageSpans(receiver.spans()).assertComplete();
            assertThat(receiver.metrics().stream().map(metric -> metric.getName()))
                    .contains("jobtree.job.duration");
        }
    }

    private static List<String> command(OtlpReceiver receiver) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-javaagent:" + System.getProperty("javaagent"),
                "-Dio.opentelemetry.context.enableStrictContext=true",
                "-Dotel.service.name=shop",
                "-Dotel.exporter.otlp.endpoint=" + receiver.endpoint(),
                "-Dotel.exporter.otlp.protocol=http/protobuf",
                "-Dotel.bsp.max.queue.size=10000",
                "-Dotel.logs.exporter=none",
                "-classpath",
                System.getProperty("java.class.path"),
                PageProgram.class.getName());
    }
}
