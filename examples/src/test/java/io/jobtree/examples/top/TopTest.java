package io.jobtree.examples.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `jobtree top` as a user would run it: it attaches to another JVM, and a terminal shows it.
@Tag("full")
final class TopTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final String session = "top-" + UUID.randomUUID();
    private Process target = java("io.jobtree.examples.top.HeldJobs");
    private final BufferedReader said = target.inputReader(StandardCharsets.UTF_8);

    private static List<String> command(String main, String... arguments) {
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

    private static Process java(String main, String... arguments) {
        return start(command(main, arguments));
    }

    private static Process start(List<String> command) {
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C.UTF-8");
            return builder.start();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static String output(Process process) throws IOException, InterruptedException {
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return text;
    }

    @BeforeEach
    void awaitJobs() throws IOException {
        assertThat(said.readLine()).isEqualTo("ready");
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        target.destroyForcibly().waitFor();
        tmux("kill-session", "-t", session);
    }

    private static String tmux(String... arguments) throws IOException, InterruptedException {
        if (!Files.isExecutable(Path.of("/usr/bin/tmux"))) {
            return "";
        }
        var command = new ArrayList<>(List.of("tmux", "-u"));
        command.addAll(List.of(arguments));
        return output(start(command));
    }

    private String screen() throws IOException, InterruptedException {
        return tmux("capture-pane", "-p", "-t", session);
    }

    private void awaitScreen(String text) {
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(screen()).contains(text));
    }

    private void press(String... keys) throws IOException, InterruptedException {
        for (var key : keys) {
            tmux("send-keys", "-t", session, key);
        }
    }

    @Test
    void once_printsTheTree_andWhoWaits() throws Exception {
        var process = java("io.jobtree.examples.top.Top", "--once", String.valueOf(target.pid()));
        assertThat(output(process))
                .contains("shop  open, limit 1, 3 jobs, 1 of its own active, 1 pending, oldest pending ")
                .contains("├── order #1", "│   └── charge #2", "└── mail #3")
                .contains("mail #3 waits for a place in shop\n    held by order #1  RUNNING");
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void noSuchProcess_isSaid() throws Exception {
        var process = java("io.jobtree.examples.top.Top", "--once", "999999999");
        assertThat(output(process)).startsWith("jobtree top: 999999999: ");
        assertThat(process.exitValue()).isEqualTo(1);
    }

    @Test
    void terminal_showsTheTree_folds_cancels_andIsLeftAsItWas() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/tmux")), "tmux is not installed: apt-get install tmux");
        var top = new ArrayList<>(List.of("new-session", "-d", "-s", session, "-x", "100", "-y", "20", "sh", "-c"));
        var quoted = String.join("' '", command("io.jobtree.examples.top.Top", String.valueOf(target.pid())));
        top.add("echo before; '" + quoted + "'; echo left with $?; cat");
        tmux(top.toArray(String[]::new));
        awaitScreen("q quit");
        assertThat(screen()).contains("├── order #1", "│   └── charge #2").doesNotContain("before");
        press("Down", "Space");
        awaitScreen("+ 1 folded");
        assertThat(screen()).doesNotContain("charge");
        press("Space", "w");
        awaitScreen("mail #3 waits for a place in shop");
        press("w", "x");
        awaitScreen("cancel shop/order #1? y for yes");
        press("y");
        awaitScreen("cancelled shop/order #1");
        assertThat(said.readLine()).startsWith("order: Cancelled[reason=REQUESTED");
        press("q");
        awaitScreen("left with ");
        assertThat(screen()).contains("before").doesNotContain("q quit");
    }
}
