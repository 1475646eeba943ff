package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.awaitility.Awaitility;

/// Another JVM that runs a program of these tests, and is killed at the latest when this is closed.
final class Jvm implements AutoCloseable {
    private static final int MAX_MINUTES = 3;

    private final Process process;
    private final Path output;

    /// @param options of the JVM, its class path for one
    /// @param program its main class and arguments
    Jvm(Path directory, List<String> options, List<String> program) throws IOException {
        output = Files.createTempFile(directory, "output", ".txt");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // It lives for seconds: no time for C2.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(program);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    static List<String> classPath() {
        return List.of("-classpath", System.getProperty("java.class.path"));
    }

    static List<String> exportingTo(OtlpReceiver receiver) {
        return List.of(
                "-Dotel.service.name=shop",
                "-Dotel.exporter.otlp.endpoint=" + receiver.endpoint(),
                "-Dotel.exporter.otlp.protocol=http/protobuf",
                "-Dotel.blrp.schedule.delay=100");
    }

    static String agent() {
        return "-javaagent:" + System.getProperty("javaagent");
    }

    /// This module as a jar, as it is given to the agent.
    static Path jar(Path directory) throws IOException {
        var classes = Path.of(JobTelemetry.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        var jar = directory.resolve("scheduler-otel.jar");
        try (var files = Files.walk(classes);
                var out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar;
    }

    String printed() throws IOException {
        return Files.readString(output);
    }

    void awaitPrinted(String text) {
        Awaitility.await()
                .atMost(MAX_MINUTES, TimeUnit.MINUTES)
                .until(() -> printed().contains(text) || !process.isAlive());
        assertThat(process.isAlive()).isTrue();
    }

    void terminate() throws InterruptedException {
        process.destroy();
        awaitEnd();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    /// Gives the exit code.
    int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(MAX_MINUTES, TimeUnit.MINUTES)).as("ended").isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
