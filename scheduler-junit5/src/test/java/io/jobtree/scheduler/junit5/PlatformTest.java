package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.fixture.LibraryServer;
import ch.qos.logback.fixture.LibrarysOwnTests;
import io.jobtree.scheduler.junit5.fixture.ForeignObjects;
import io.jobtree.scheduler.junit5.fixture.Platform;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineTestKit;

/// Suites that have nothing of Jobtree, watched by auto-detection and nothing else.
final class PlatformTest {
    @AfterAll
    static void end() throws IOException {
        Platform.end();
        ForeignObjects.end();
        LibraryServer.end();
        Platform.LeavesAnAcceptor.end();
        Platform.LeavesAClient.end();
        Platform.LeavesATimer.end();
        Platform.LazyClientThatStays.end();
    }

    private static EngineTestKit.Builder watched(Class<?>... suites) {
        return Kit.autoDetected(suites).configurationParameter("jobtree.leaks.grace", "20");
    }

    private static Outcomes run(Class<?>... suites) {
        return Outcomes.of(watched(suites));
    }

    /// Without the agent nothing tells who made a pool, so it is the class that fails.
    @Test
    void pool_isOneLeak_ofTheClass_andNamesItsTest() {
        Outcomes outcomes = run(Platform.LeavesAPool.class);
        assertThat(outcomes.bad()).isEqualTo("LeavesAPool: leaked");
        assertThat(outcomes.thrown("LeavesAPool"))
                .hasMessageStartingWith(
                        "1 open executor leaked from Platform.LeavesAPool: ThreadPoolExecutor 'mail-%d',"
                                + " 2 threads, not terminated, of Platform.LeavesAPool.sendsMail, first used at"
                                + " Platform$Mail.send(Platform.java:")
                .hasMessageContaining("2 threads, not terminated; non-daemon, so it keeps the JVM alive\n")
                .hasMessageContaining("1. close the executor used at Platform.java:")
                .hasMessageContaining("@AllowLeakedJobs(name = \"mail-*\", reason = \"…\")")
                .hasMessageContaining("jobtree.leaks.allow=mail-*")
                .hasMessageContaining("jobtree.leaks.agent=attach");
    }

    @Test
    void thread_failsItsTest_andSaysThatItKeepsTheJvmAlive() {
        Outcomes outcomes = run(Platform.LeavesAThread.class);
        assertThat(outcomes.bad()).isEqualTo("polls: leaked");
        assertThat(outcomes.thrown("polls"))
                .hasMessageStartingWith("1 thread leaked from Platform.LeavesAThread.polls: \"poller-17\", created at"
                        + " Platform$LeavesAThread.polls(Platform.java:")
                .hasMessageContaining("non-daemon, so it keeps the JVM alive")
                .hasMessageContaining("@AllowLeakedJobs(name = \"poller-*\", reason = \"…\")");
    }

    @ParameterizedTest
    @CsvSource({
        "LeavesAThread, 1 thread leaked from ForeignObjects.LeavesAThread.startsAThread: \"throwing\"",
        "LeavesAPool, 1 open executor leaked from ForeignObjects.LeavesAPool: ForeignObjects$LeavesAPool$ThrowingPool",
        "LeavesAForkJoinPool, 1 open executor leaked from ForeignObjects.LeavesAForkJoinPool: ForkJoinPool"
    })
    void objectWhoseMethodsThrow_isReportedAsAnyOther(String suite, String message) throws Exception {
        Outcomes outcomes = run(Class.forName(ForeignObjects.class.getName() + "$" + suite));
        assertThat(outcomes.bad()).matches("(LeavesA\\w+|startsAThread): leaked");
        assertThat(outcomes.thrown(outcomes.bad().replace(": leaked", ""))).hasMessageStartingWith(message);
    }

    @Test
    void daemon_failsTheClass_thatItOutlives() {
        Outcomes outcomes = run(Platform.LeavesADaemon.class);
        assertThat(outcomes.bad()).isEqualTo("LeavesADaemon: leaked");
        assertThat(outcomes.thrown("LeavesADaemon"))
                .hasMessageContaining("daemon thread \"watcher\" #")
                .hasMessageContaining("in        Platform.LeavesADaemon.watches");
    }

    @Test
    void timer_ofAStaticField_failsTheClass_andSaysWhatEndsIt() {
        Outcomes outcomes = run(Platform.LeavesATimer.class);
        assertThat(outcomes.bad()).isEqualTo("LeavesATimer: leaked");
        assertThat(outcomes.thrown("LeavesATimer"))
                .hasMessageContaining("Timer 'retry', never cancelled")
                .hasMessageContaining("held by   Platform.LeavesATimer.retry")
                .hasMessageContaining("1. cancel the timer opened at Platform.java:");
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Platform.LazyClientOfTheClass.class,
                Platform.LazyClientOfAnExtension.class,
                Platform.SharedPool.class,
                Platform.UsesASingleton.class,
                Platform.OfTheJdk.class
            })
    void whatEndsLater_orIsNobodys_failsNothing(Class<?> suite) {
        assertThat(Outcomes.of(Kit.autoDetected(suite).configurationParameter("jobtree.leaks.grace", "30000"))
                        .bad())
                .isEmpty();
    }

    @Test
    void clientThatStays_isReportedOnce_onTheClass_withTheTestThatStartedItsThread() {
        Outcomes outcomes = run(Platform.LazyClientThatStays.class);
        assertThat(outcomes.bad()).isEqualTo("LazyClientThatStays: leaked");
        assertThat(outcomes.thrown("LazyClientThatStays"))
                .hasMessageContaining("in        Platform.LazyClientThatStays.usesIt")
                .hasMessageContaining("held by   Platform.LazyClientThatStays.CLIENT");
    }

    /// Its selector is a platform thread up to JDK 25, and a virtual one from then on.
    @Test
    void clientThatIsNotClosed_isReportedOnTheClass() {
        Outcomes outcomes = run(Platform.LeavesAClient.class);
        assertThat(outcomes.bad()).isEqualTo("LeavesAClient: leaked");
        assertThat(outcomes.thrown("LeavesAClient"))
                .hasMessageStartingWith("1 HTTP client leaked from Platform.LeavesAClient: HttpClient, never closed")
                .hasMessageContaining("held by   Platform.LeavesAClient.client")
                .hasMessageContaining("1. close the client");
    }

    @Test
    void virtualThreadThatWaitsForTheNetwork_withNoCodeOfTheUserOnItsStack_isALeak() {
        Outcomes outcomes = run(Platform.LeavesAnAcceptor.class);
        assertThat(outcomes.bad()).isEqualTo("accepts: leaked");
        assertThat(outcomes.thrown("accepts")).hasMessageContaining("acceptor");
    }

    @Test
    void libraryThatIsKnown_failsNothing_alsoNotAsUnknown() {
        assertThat(run(Platform.UsesALibrary.class).bad()).isEmpty();
    }

    @Test
    void libraryThatIsKnown_isNotKnownInItsOwnTests() {
        Outcomes outcomes = run(LibrarysOwnTests.class);
        assertThat(outcomes.bad()).isEqualTo("starts: leaked");
        assertThat(outcomes.thrown("starts"))
                .hasMessageContaining("\"server\", created at LibraryServer.start(LibraryServer.java:");
    }

    @Test
    void whatEndsWhenItWakesUp_failsNothing() {
        assertThat(Outcomes.of(Kit.autoDetected(Platform.LeavesASleeper.class)
                                .configurationParameter("jobtree.leaks.grace", "500"))
                        .bad())
                .isEmpty();
    }

    @Test
    void poolThatWasShutDown_andEndsWithItsDelayedTask_failsNothing() throws Exception {
        assertThat(Outcomes.of(Kit.autoDetected(Platform.LeavesADelayedTask.class)
                                .configurationParameter("jobtree.leaks.grace", "500"))
                        .bad())
                .isEmpty();
        assertThat(ChildJvm.run(
                        List.of("-javaagent:" + ChildJvm.agent(), "-Dgrace=500"),
                        List.of(),
                        Platform.LeavesADelayedTask.class))
                .doesNotContain("leaked from");
    }

    @Tag("slow")
    @Test
    void telemetryThatWasClosed_failsNothing_andIsNotWarnedOf() throws Exception {
        assertThat(Outcomes.run(Platform.ClosesAnSdk.class).bad()).isEmpty();
        assertThat(ChildJvm.runWithAgent(Platform.ClosesAnSdk.class))
                .doesNotContain("leaked from")
                .doesNotContain("BatchSpanProcessor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "virtual"})
    void threads_choosesWhatCounts(String threads) {
        assertThat(Outcomes.of(watched(Platform.LeavesAThread.class)
                                .configurationParameter("jobtree.leaks.threads", threads))
                        .bad())
                .isEmpty();
    }

    @Test
    void scopeClass_reportsOnTheClass() {
        Outcomes outcomes = Outcomes.of(
                watched(Platform.LeavesAThread.class).configurationParameter("jobtree.leaks.scope", "class"));
        assertThat(outcomes.bad()).isEqualTo("LeavesAThread: leaked");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "poller-*",
                "name=poller-?7 kind=thread",
                "site=io.jobtree.scheduler.junit5.fixture.Platform*.polls",
                "kind=THREAD",
                "other, poller-17"
            })
    void allow_takesGlobsOnNamesSitesAndKinds(String allow) {
        assertThat(Outcomes.of(watched(Platform.LeavesAThread.class)
                                .configurationParameter("jobtree.leaks.allow", allow))
                        .bad())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"poller", "kind=TIMER", "site=io.jobtree.scheduler.junit5.fixture.Platform*.others"})
    void allow_ofSomethingElse_allowsNothing(String allow) {
        assertThat(Outcomes.of(watched(Platform.LeavesAThread.class)
                                .configurationParameter("jobtree.leaks.allow", allow))
                        .bad())
                .isEqualTo("polls: leaked");
    }
}
