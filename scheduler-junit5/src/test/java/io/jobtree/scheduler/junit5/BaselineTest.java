package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.jobtree.scheduler.junit5.fixture.Platform;
import io.jobtree.scheduler.junit5.fixture.Recorded;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.testkit.engine.EngineTestKit;

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
        Recorded.end();
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

    @Tag("slow")
    @Test
    void fail_afterRecord_failsNothing_alsoWhereThePlaceIsUnknown() throws IOException {
        run("record", Platform.LeavesAClient.class);
        assertThat(lines())
                .containsExactly(
                        "io.jobtree.scheduler.junit5.fixture.Platform$LeavesAClient | HttpClient | place unknown");
        assertThat(run("ratchet", Platform.LeavesAClient.class).bad()).isEmpty();
    }

    @Tag("slow")
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

    private Outcomes run(String mode, DiscoverySelector selector) {
        return Outcomes.of(EngineTestKit.engine("junit-jupiter")
                .selectors(selector)
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .configurationParameter("jobtree.leaks.grace", "20")
                .configurationParameter("jobtree.leaks.mode", mode)
                .configurationParameter("jobtree.leaks.baseline", file().toString()));
    }

    @Test
    void oneMethodOfAClass_saysNothingOfWhatTheOthersLeave() throws IOException {
        Files.write(file(), List.of(POOL));
        DiscoverySelector one = selectMethod(Platform.LeavesAPool.class, "isClean");
        assertThat(run("ratchet", one).bad()).isEmpty();
        run("record", one);
        assertThat(lines()).containsExactly(POOL);
    }

    @Test
    void testThatDidNotRunToItsEnd_saysNothingOfWhatItLeaves() throws IOException {
        String name = Recorded.DoesNotRun.class.getName();
        List<String> known = List.of(
                name + " | thread 'of-the-class' | x",
                name + ".aborted | thread 'a' | x",
                name + ".disabled | thread 'd' | x");
        Files.write(file(), known);
        assertThat(run("ratchet", Recorded.DoesNotRun.class).bad()).isEqualTo("aborted: aborted");
        run("record", Recorded.DoesNotRun.class);
        assertThat(lines()).containsExactlyElementsOf(known);
    }

    /// Another process of the build may have run the tests that leave it.
    @Test
    void whatIsTheRunsAlone_isNotSaidToHaveGone() throws IOException {
        List<String> known = List.of("the session | ThreadPoolExecutor 'shared-*' | com.acme.Shared.use");
        Files.write(file(), known);
        DiscoverySelector clean = selectMethod(Platform.LeavesAPool.class, "isClean");
        assertThat(run("ratchet", clean).bad()).isEmpty();
        run("record", clean);
        assertThat(lines()).containsAll(known);
    }

    /// A build runs failed tests again in the same process.
    @Test
    void record_again_inTheSameProcess_keepsWhatWasSeen() throws IOException {
        Recorded.LeavesAThreadOnce.begin();
        run("record", Recorded.LeavesAThreadOnce.class);
        assertThat(lines()).hasSize(1);
        run("record", Recorded.LeavesAThreadOnce.class);
        assertThat(lines()).hasSize(1);
    }

    @Test
    void record_whileAnotherRunOfTheProcessWrites_waitsForIt() throws Exception {
        try (var channel = FileChannel.open(file(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock lock = channel.lock();
            var bad = new CompletableFuture<String>();
            Thread run = Thread.ofPlatform()
                    .start(() -> bad.complete(
                            run("record", Platform.LeavesAThread.class).bad()));
            while (run.isAlive() && !isRecording(run)) {
                Thread.onSpinWait();
            }
            lock.release();
            assertThat(bad.get()).isEmpty();
        }
        assertThat(lines()).containsExactly(THREAD);
    }

    private static boolean isRecording(Thread run) {
        return Stream.of(run.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("record"));
    }

    @Test
    void record_inAFolderThatIsNotThere_makesIt() throws IOException {
        Path file = folder.resolve("a/b/leaks.txt");
        Outcomes.of(Kit.autoDetected(Platform.LeavesAThread.class)
                .configurationParameter("jobtree.leaks.grace", "20")
                .configurationParameter("jobtree.leaks.mode", "record")
                .configurationParameter("jobtree.leaks.baseline", file.toString()));
        assertThat(Files.readString(file)).contains(THREAD);
    }

    @Test
    void fileThatCannotBeRead_isNamed_withItsParameter() {
        Outcomes outcomes = Outcomes.of(Kit.autoDetected(Platform.LeavesAThread.class)
                .configurationParameter("jobtree.leaks.baseline", folder.toString()));
        assertThat(outcomes.thrown("LeavesAThread"))
                .hasMessageContaining("jobtree.leaks.baseline cannot be read: " + folder);
    }

    @Test
    void record_byAThreadThatIsInterrupted_writes() throws IOException {
        assertThat(run("record", Recorded.EndsInterrupted.class).bad()).isEmpty();
        assertThat(lines()).hasSize(1);
    }
}
