package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.Placements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is left behind fails only what could have ended it.
final class PlacementTest {
    @AfterEach
    void end() {
        Placements.end();
    }

    @AfterAll
    static void endAll() {
        Placements.endAll();
    }

    private static String logOf(Class<?> suite) {
        try (var log = new CapturedLog()) {
            assertThat(Outcomes.run(suite).bad()).isEmpty();
            return log.text();
        }
    }

    @Test
    void staticPoolOfAHelper_thatIsOnNoStack_failsNothing_andIsLoggedWithItsField(@TempDir Path folder)
            throws IOException {
        try (var log = new CapturedLog()) {
            assertThat(Outcomes.of(Kit.publishingTo(folder, Placements.UsesAStaticPoolOfAHelper.class)
                                    .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                                    .configurationParameter("jobtree.leaks.grace", "20"))
                            .bad())
                    .isEmpty();
            assertThat(log.text())
                    .contains("Left when all tests were over")
                    .contains("held by   Placements.Helpers.POOL")
                    .contains("held by   Placements.Helpers.lazy");
        }
        assertThat(Files.readString(folder.resolve("JUnitJupiter/leaks.json")))
                .contains("Placements.Helpers.POOL", "Placements.Helpers.lazy");
    }

    @Tag("slow")
    @Test
    void poolOfASingleton_thatANestedClassHolds_failsNothing_andIsLoggedWithItsField() throws Exception {
        assertThat(logOf(Placements.UsesAPoolOfASingleton.class))
                .contains("held by   Placements.Pools.Holder.INSTANCE");
        assertThat(ChildJvm.runWithAgent(Placements.UsesAPoolOfASingleton.class))
                .contains("usesIt(): ok")
                .contains("UsesAPoolOfASingleton(): ok");
    }

    @ParameterizedTest
    @ValueSource(classes = {Placements.UsesAPoolThatItsSetUpGot.class, Placements.UsesAPoolThatAFieldGot.class})
    void poolOfASingleton_thatWasGotBeforeTheTest_failsNothing(Class<?> suite) {
        assertThat(logOf(suite)).contains("held by   Placements.Pools.Holder.INSTANCE");
    }

    @Test
    void classThatTheTestDidNotUse_isNotInitialized() {
        assertThat(Outcomes.run(Placements.LeavesAThreadAfterABranchThatIsNotTaken.class)
                        .bad())
                .isEqualTo("leaves: leaked");
        assertThat(System.getProperty("jobtree.test.initialized")).isNull();
    }

    /// In parallel no dump is taken, which would tell of which pool a worker is.
    @Test
    void staticPoolOfAnotherClass_failsNothing_inParallel() {
        assertThat(Outcomes.of(Kit.parallel(Placements.UsesAnotherStaticPool.class)
                                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                                .configurationParameter("jobtree.leaks.grace", "20"))
                        .bad())
                .isEmpty();
    }

    @Test
    void whatTheBaseClassHolds_isForAllThatExtendIt_andFailsNone() {
        assertThat(logOf(Placements.SharesWhatItsBaseClassHolds.class))
                .contains("Left when all tests were over")
                .contains("thread \"of-the-base\"")
                .contains("held by   Placements.Base.POOL");
    }

    @Test
    void threadOfTheTestClassesStaticInitializer_failsTheClass_andNoTest() {
        Outcomes outcomes = Outcomes.run(Placements.StartsAThreadInItsStaticInitializer.class);
        assertThat(outcomes.bad()).isEqualTo("StartsAThreadInItsStaticInitializer: leaked");
    }

    @Test
    void virtualThread_withScopeClass_failsTheClass_andNamesItsTest() {
        Outcomes outcomes = Outcomes.of(Kit.autoDetected(Placements.LeavesAVirtualThread.class)
                .configurationParameter("jobtree.leaks.grace", "20")
                .configurationParameter("jobtree.leaks.threads", "virtual")
                .configurationParameter("jobtree.leaks.scope", "class"));
        assertThat(outcomes.bad()).isEqualTo("LeavesAVirtualThread: leaked");
        assertThat(outcomes.thrown("LeavesAVirtualThread"))
                .hasMessageContaining("virtual thread \"fetcher\"")
                .hasMessageContaining("in        Placements.LeavesAVirtualThread.fetches");
    }

    @Test
    void whatAnExtensionStarts_isForTheRun_andFailsNothing() {
        assertThat(logOf(Placements.HasAnExtension.class))
                .contains("thread \"of-an-extension\"")
                .contains("ThreadPoolExecutor 'lent-%d'");
    }

    @Test
    void whatACachedContextOfSpringHolds_isOneLine() {
        assertThat(logOf(Placements.UsesACachedContext.class))
                .contains("by Spring's test contexts, which are cached and closed when the JVM exits: 2 threads")
                .doesNotContain("bean-1");
    }

    @Test
    void fieldsThatReachACleaner_areSearched() {
        assertThat(Outcomes.run(Placements.HoldsACleaner.class).of("leavesAThread"))
                .isEqualTo("leaked");
    }

    @Test
    void eventLoopThatShutsDown_failsNothing() {
        assertThat(logOf(Placements.ShutsAnEventLoopDown.class)).contains("thread \"event-loop-1\"");
    }

    @Tag("slow")
    @Test
    void skippedTest_failsForNothingThatItsInstanceMade() throws Exception {
        assertThat(Outcomes.run(Placements.IsSkipped.class).bad()).isEmpty();
        assertThat(ChildJvm.runWithAgent(Placements.IsSkipped.class))
                .contains("IsSkipped(): ok")
                .doesNotContain("leaked");
    }

    @Tag("slow")
    @Test
    void whatEndsWhenTheInstanceIsGone_failsNothing() throws Exception {
        assertThat(Outcomes.run(Placements.ForgetsWhatEndsByItself.class).bad()).isEmpty();
        assertThat(ChildJvm.run(
                        List.of("-javaagent:" + ChildJvm.agent(), "-Dgrace=30000"),
                        List.of(),
                        Placements.ForgetsWhatEndsByItself.class))
                .contains("ForgetsWhatEndsByItself(): ok")
                .doesNotContain("leaked");
    }

    @Test
    void poolThatIsBusy_isNotSaidToBeNeverShutDown() {
        assertThat(Outcomes.run(Placements.ShutsAPoolDownThatIsBusy.class).thrown("ShutsAPoolDownThatIsBusy"))
                .hasMessageContaining("ThreadPoolExecutor 'mail-%d', 1 thread, not terminated")
                .hasMessageContaining("if that was called, wait for its tasks with awaitTermination");
    }

    @Tag("slow")
    @Test
    void scheduledPool_withADelayedTask_isNotSaidToBeNeverShutDown() throws Exception {
        assertThat(ChildJvm.run(List.of(), List.of(), Placements.ShutsAScheduledPoolDown.class))
                .contains("ScheduledThreadPoolExecutor 'sweep-%d', 1 thread, not terminated")
                .contains("after shutdown() its delayed tasks still run, and keep it");
    }

    @Tag("slow")
    @Test
    void scheduledPool_withoutATask_isNeverShutDown() throws Exception {
        assertThat(ChildJvm.run(List.of(), List.of(), Placements.ForgetsAScheduledPool.class))
                .contains("ScheduledThreadPoolExecutor 'sweep-%d', 1 thread, never shut down");
    }

    @Tag("slow")
    @Test
    void poolThatIsBusy_withTheAgent_isSaidToBeShutDown() throws Exception {
        assertThat(ChildJvm.runWithAgent(Placements.ShutsAPoolDownThatIsBusy.class))
                .contains("shutsDown(): 1 open executor leaked")
                .contains("ThreadPoolExecutor 'mail-%d', 1 thread, shut down, but not terminated")
                .contains("1. wait for the tasks of the executor opened at Placements.java:");
    }
}
