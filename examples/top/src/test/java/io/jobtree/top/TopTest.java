package io.jobtree.top;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `jobtree top` as a user would run it: it attaches to another JVM, and a terminal shows it.
@Tag("full")
final class TopTest {
    private Process target = java("io.jobtree.top.HeldJobs");
    private final BufferedReader said = target.inputReader(StandardCharsets.UTF_8);

    private static Process java(String main, String... arguments) {
        return Tmux.start(Tmux.command(main, arguments));
    }

    @BeforeEach
    void awaitJobs() throws IOException {
        assertThat(said.readLine()).isEqualTo("ready");
    }

    @AfterEach
    void stop() throws InterruptedException {
        target.destroyForcibly().waitFor();
    }

    @Test
    void once_printsTheTree_andWhoWaits() throws Exception {
        var process = java("io.jobtree.top.Top", "--once", String.valueOf(target.pid()));
        assertThat(Tmux.output(process))
                .contains("shop  open, limit 1, 3 jobs, 1 of its own active, 1 pending, oldest pending ")
                .contains("├── order #1", "│   └── charge #2", "└── mail #3")
                .contains("mail #3 waits for a place in shop\n    held by order #1  RUNNING");
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void noSuchProcess_isSaid() throws Exception {
        var process = java("io.jobtree.top.Top", "--once", "999999999");
        assertThat(Tmux.output(process)).startsWith("jobtree top: 999999999: ");
        assertThat(process.exitValue()).isEqualTo(1);
    }

    @Test
    void terminal_showsTheTree_folds_cancels_andIsLeftAsItWas() throws Exception {
        assumeTrue(Tmux.isInstalled(), "tmux is not installed: apt-get install tmux");
        var quoted = String.join("' '", Tmux.command("io.jobtree.top.Top", String.valueOf(target.pid())));
        try (var terminal = new Tmux(100, 20, "echo before; '" + quoted + "'; echo left with $?; cat")) {
            terminal.awaitScreen("q quit");
            assertThat(terminal.screen())
                    .contains("├── order #1", "│   └── charge #2")
                    .doesNotContain("before");
            terminal.press("Down", "Space");
            terminal.awaitScreen("+ 1 folded");
            assertThat(terminal.screen()).doesNotContain("charge");
            terminal.press("Space", "w");
            terminal.awaitScreen("mail #3 waits for a place in shop");
            terminal.press("w", "x");
            terminal.awaitScreen("cancel shop/order #1? y for yes");
            terminal.press("y");
            terminal.awaitScreen("cancelled shop/order #1");
            assertThat(said.readLine()).startsWith("order: Cancelled[reason=REQUESTED");
            terminal.press("q");
            terminal.awaitScreen("left with ");
            assertThat(terminal.screen()).contains("before").doesNotContain("q quit");
        }
    }

    @Test
    void programThatEnds_isSaid_withoutAStackTrace() throws Exception {
        assumeTrue(Tmux.isInstalled(), "tmux is not installed: apt-get install tmux");
        var quoted = String.join("' '", Tmux.command("io.jobtree.top.Top", String.valueOf(target.pid())));
        try (var terminal = new Tmux(100, 20, "'" + quoted + "'; echo left with $?; cat")) {
            terminal.awaitScreen("q quit");
            target.destroyForcibly().waitFor();
            terminal.awaitScreen("left with 1");
            assertThat(terminal.screen())
                    .contains("jobtree top: " + target.pid() + ": ")
                    .doesNotContain("\tat ", "    at ");
        }
    }
}
