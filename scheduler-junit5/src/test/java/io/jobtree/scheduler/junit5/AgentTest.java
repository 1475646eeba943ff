package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.ForeignObjects;
import io.jobtree.scheduler.junit5.fixture.Platform;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import shop.MailTest;

/// With the agent, in a JVM of its own.
final class AgentTest {
    @Test
    void pool_failsItsTest_andSaysWhereItWasOpened() throws Exception {
        String output = ChildJvm.runWithAgent(Platform.LeavesAPool.class);
        assertThat(output)
                .contains("sendsMail(): 1 open executor leaked from Platform.LeavesAPool.sendsMail:"
                        + " ThreadPoolExecutor 'mail-%d', 2 threads, never shut down,"
                        + " opened at Platform$Mail.<init>(Platform.java:")
                .contains("isClean(): ok")
                .contains("LeavesAPool(): ok")
                .doesNotContain("not recorded");
    }

    @Test
    void objectWhoseMethodsThrow_isReportedAsAnyOther() throws Exception {
        assertThat(ChildJvm.runWithAgent(
                        ForeignObjects.LeavesAThread.class,
                        ForeignObjects.LeavesAPool.class,
                        ForeignObjects.LeavesAForkJoinPool.class))
                .contains("1 thread leaked from ForeignObjects.LeavesAThread.startsAThread: \"throwing\"")
                .contains(
                        "1 open executor leaked from ForeignObjects.LeavesAPool.opensAPool: ForeignObjects$LeavesAPool$ThrowingPool")
                .contains(
                        "1 open executor leaked from ForeignObjects.LeavesAForkJoinPool.opensAForkJoinPool: ForeignObjects$LeavesAForkJoinPool$ThrowingForkJoinPool")
                .contains("LeavesAPool(): ok")
                .contains("JUnit Jupiter(): ok");
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void cleanSuites_areClean(String parallel) throws Exception {
        assertThat(ChildJvm.run(
                        List.of("-javaagent:" + ChildJvm.agent(), "-Dgrace=30000"),
                        List.of(
                                "junit.jupiter.execution.parallel.enabled=" + parallel,
                                "junit.jupiter.execution.parallel.mode.default=concurrent"),
                        Platform.LazyClientOfTheClass.class,
                        Platform.LazyClientOfAnExtension.class,
                        Platform.SharedPool.class,
                        Platform.UsesASingleton.class,
                        Platform.OfTheJdk.class))
                .contains("JUnit Jupiter(): ok")
                .doesNotContain("leaked from");
    }

    @Tag("slow")
    @Test
    void docs_showTheFailure() throws Exception {
        String output = ChildJvm.runWithAgent(MailTest.class);
        assertThat(Shown.steady(output)).contains(Shown.steady(Shown.in("docs/testing.md", "1 open executor leaked")));
    }

    @Test
    void attached_onRequest() throws Exception {
        assertThat(ChildJvm.run(
                        List.of("-XX:+EnableDynamicAgentLoading"),
                        List.of("jobtree.leaks.agent=attach"),
                        Platform.LeavesAPool.class))
                .contains("opened at Platform$Mail.<init>(Platform.java:");
    }

    /// A JVM that nothing can be attached to prints a thread dump when something tries.
    @Tag("slow")
    @Test
    void attachMechanismIsOff_saysSo_andTriesNothing() throws Exception {
        assertThat(ChildJvm.run(
                        List.of("-XX:+DisableAttachMechanism"),
                        List.of("jobtree.leaks.agent=attach"),
                        Platform.LeavesAPool.class))
                .contains("since it was started with -XX:+DisableAttachMechanism; add -javaagent:")
                .contains("first used at Platform$Mail.send(Platform.java:")
                .doesNotContain("Full thread dump");
    }

    @Tag("slow")
    @Test
    void notAttached_saysWhatToDo() throws Exception {
        assertThat(ChildJvm.run(
                        List.of("-XX:-EnableDynamicAgentLoading"),
                        List.of("jobtree.leaks.agent=attach"),
                        Platform.LeavesAPool.class))
                .contains("the agent could not be loaded; add -XX:+EnableDynamicAgentLoading or -javaagent:")
                .contains("first used at Platform$Mail.send(Platform.java:");
    }
}
