package io.jobtree.scheduler.temporal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// A [TestWorker] in a JVM of its own.
final class WorkerJvm implements AutoCloseable {
    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private WorkerJvm(Process process) {
        this.process = process;
        Thread.startVirtualThread(() -> {
            try (var reader = process.inputReader()) {
                reader.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException ended) {
                // The lines so far are all there are.
            }
        });
    }

    static WorkerJvm start(String server, String queue) {
        return start(Path.of(System.getProperty("java.home")), server, queue);
    }

    /// Starts it without any option, on a JDK.
    static WorkerJvm start(Path jdk, String server, String queue) {
        try {
            var command = new ArrayList<>(List.of(jdk.resolve("bin/java").toString(), "-XX:TieredStopAtLevel=1"));
            command.addAll(List.of("-cp", System.getProperty("java.class.path")));
            command.addAll(List.of(TestWorker.class.getName(), server, queue));
            return new WorkerJvm(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    List<String> lines() {
        return lines;
    }

    boolean printed(String start) {
        return lines.stream().anyMatch(line -> line.startsWith(start));
    }

    void await(String start) {
        Awaitility.await(start).atMost(Probe.PATIENCE).until(() -> printed(start) || !process.isAlive());
        if (!printed(start)) {
            throw new AssertionError("the worker ended; it printed " + lines);
        }
    }

    long pid() {
        return process.pid();
    }

    /// As kill -9 does.
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(Probe.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException | InterruptedException failure) {
            process.destroyForcibly();
        }
    }
}
