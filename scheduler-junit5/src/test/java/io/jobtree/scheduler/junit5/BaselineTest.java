package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BaselineTest {
    private static final String THREAD = "io.jobtree.scheduler.junit5.fixture.Platform$LeavesAThread.polls"
            + " | thread 'poller-*' | io.jobtree.scheduler.junit5.fixture.Platform$LeavesAThread.polls";
    private static final String POOL = "io.jobtree.scheduler.junit5.fixture.Platform$LeavesAPool"
            + " | ThreadPoolExecutor 'mail-*' | io.jobtree.scheduler.junit5.fixture.Platform$Mail.send";

    @TempDir
    private Path folder;

    @AfterAll
    static void end() {
        Platform.end();
        Platform.LeavesAClient.end();
    }

    private Path file() {
        return folder.resolve("leaks.txt");
    }

    private Outcomes run(String mode, Class<?>... suites) {
        return Outcomes.of(Kit.autoDetected(suites)
                .configurationParameter("jobtree.leaks.grace", "20")
                .configurationParameter("jobtree.leaks.mode", mode)
                .configurationParameter("jobtree.leaks.baseline", file().toString()));
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(file()).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    @Test
    void record_writesSortedLines_withoutNumbers_andFailsNothing() throws IOException {
        assertThat(run("record", Platform.LeavesAThread.class, Platform.LeavesAPool.class)
                        .bad())
                .isEmpty();
        assertThat(lines()).containsExactly(POOL, THREAD);
    }

    @Test
    void record_again_keepsWhatDidNotRun_andDropsWhatHasGone() throws IOException {
        Files.write(file(), List.of(POOL.replace("mail", "gone"), "other.Test | thread 'x' | other.Test.x"));
        run("record", Platform.LeavesAPool.class);
        assertThat(lines()).containsExactly(POOL, "other.Test | thread 'x' | other.Test.x");
    }

    @Test
    void fail_failsOnlyForWhatIsNotKnown_andLogsWhatHasGone() throws IOException {
        Files.write(file(), List.of(POOL, POOL.replace("mail", "gone"), "other.Test | thread 'x' | other.Test.x"));
        var log = new CapturedLog();
        Outcomes outcomes;
        try (log) {
            outcomes = run("fail", Platform.LeavesAPool.class, Platform.LeavesAThread.class);
        }
        assertThat(outcomes.bad()).isEqualTo("polls: leaked");
        assertThat(log.text())
                .contains("1 known leak has gone; remove its line from")
                .contains("gone-*")
                .doesNotContain("other.Test");
    }

    @Test
    void fail_afterRecord_failsNothing_alsoWhereThePlaceIsUnknown() throws IOException {
        run("record", Platform.LeavesAClient.class);
        assertThat(lines())
                .containsExactly(
                        "io.jobtree.scheduler.junit5.fixture.Platform$LeavesAClient | HttpClient | place unknown");
        assertThat(run("ratchet", Platform.LeavesAClient.class).bad()).isEmpty();
    }

    @Test
    void leakOfATest_isKnown_alsoWhereItsClassIsNamed_butNotAnotherTest() throws IOException {
        Files.write(file(), List.of(THREAD.replaceFirst("\\.polls", "")));
        assertThat(run("ratchet", Platform.LeavesAThread.class).bad()).isEmpty();
        Files.write(file(), List.of(THREAD.replaceFirst("\\.polls", ".other")));
        assertThat(run("fail", Platform.LeavesAThread.class).bad()).isEqualTo("polls: leaked");
        Files.write(file(), List.of(POOL.replace("LeavesAPool |", "LeavesAPool.sendsMail |")));
        assertThat(run("ratchet", Platform.LeavesAPool.class).bad()).isEmpty();
    }

    @Test
    void ratchet_failsForWhatHasGone() throws IOException {
        Files.write(file(), List.of(POOL, POOL.replace("mail", "gone")));
        Outcomes outcomes = run("ratchet", Platform.LeavesAPool.class);
        assertThat(outcomes.bad()).isEqualTo("JUnit Jupiter: leaked");
        assertThat(outcomes.thrown("JUnit Jupiter")).hasMessageContaining("1 known leak has gone");
    }
}
