package io.jobtree.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;

/// A terminal in which a program runs, and programs beside it.
final class Tmux implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final String session = "top-" + UUID.randomUUID();

    /// Runs a shell command in a terminal of this size.
    Tmux(int columns, int lines, String command) throws IOException, InterruptedException {
        var size = List.of("-x", "" + columns, "-y", "" + lines);
        var arguments = new ArrayList<>(List.of("new-session", "-d", "-s", session));
        arguments.addAll(size);
        arguments.addAll(List.of("sh", "-c", command));
        tmux(arguments.toArray(String[]::new));
    }

    static boolean isInstalled() {
        return Files.isExecutable(Path.of("/usr/bin/tmux"));
    }

    /// What runs a main class of the tests' class path.
    static List<String> command(String main, String... arguments) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var command = new ArrayList<>(List.of(
                java,
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(List.of(arguments));
        return command;
    }

    static Process start(List<String> command) {
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C.UTF-8");
            return builder.start();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    static String output(Process process) throws IOException, InterruptedException {
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text;
    }

    private static String tmux(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("tmux", "-u"));
        command.addAll(List.of(arguments));
        return output(start(command));
    }

    String screen() throws IOException, InterruptedException {
        return tmux("capture-pane", "-p", "-t", session);
    }

    /// With the escape sequences of its colours.
    String screenWithColours() throws IOException, InterruptedException {
        return tmux("capture-pane", "-e", "-p", "-t", session);
    }

    void awaitScreen(String text) {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(screen()).contains(text));
    }

    void press(String... keys) throws IOException, InterruptedException {
        for (var key : keys) {
            tmux("send-keys", "-t", session, key);
        }
    }

    @Override
    public void close() {
        start(List.of("tmux", "kill-session", "-t", session)).onExit().join();
    }
}
