package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.SingleThreads;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Executors with one thread, which some refer to that have nothing to do with the test, without the agent and with it.
final class SingleThreadsTest {
    @AfterAll
    static void end() {
        SingleThreads.end();
    }

    @ParameterizedTest
    @ValueSource(classes = {SingleThreads.OfAParameterizedTest.class, SingleThreads.ShutDownAfterAll.class})
    void whatEndsLater_failsNothing(Class<?> suite) {
        assertThat(Outcomes.run(suite).bad()).isEmpty();
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(classes = {SingleThreads.OfAParameterizedTest.class, SingleThreads.ShutDownAfterAll.class})
    void whatEndsLater_failsNothing_withTheAgent(Class<?> suite) throws Exception {
        assertThat(ChildJvm.runWithAgent(suite)).contains("JUnit Jupiter(): ok").doesNotContain("leaked from");
    }

    @Test
    void daemonsThatTimeOut_failNothing() {
        assertThat(Outcomes.run(SingleThreads.OfDaemonsThatTimeOut.class).bad()).isEmpty();
    }

    @Test
    void whatIsAtWork_failsTheClass() {
        assertThat(Outcomes.run(SingleThreads.AtWork.class).bad()).isEqualTo("AtWork: leaked");
    }

    @Test
    void whatAStaticFieldHolds_failsTheClass_andSaysWhichField() {
        Outcomes outcomes = Outcomes.run(SingleThreads.OfAStaticField.class);
        assertThat(outcomes.bad()).isEqualTo("OfAStaticField: leaked");
        assertThat(outcomes.thrown("OfAStaticField"))
                .hasMessageContaining("held by   SingleThreads.OfAStaticField.executor");
    }

    @Tag("slow")
    @Test
    void whatAStaticFieldHolds_failsTheClass_withTheAgent() throws Exception {
        assertThat(ChildJvm.runWithAgent(SingleThreads.OfAStaticField.class))
                .contains("1 open executor leaked from SingleThreads.OfAStaticField: ThreadPoolExecutor")
                .contains("held by   SingleThreads.OfAStaticField.executor");
    }

    @Test
    void poolThatACompletableFutureUses_failsTheClass() {
        Outcomes outcomes = Outcomes.run(SingleThreads.OfACompletableFuture.class);
        assertThat(outcomes.bad()).isEqualTo("OfACompletableFuture: leaked");
        assertThat(outcomes.thrown("OfACompletableFuture"))
                .hasMessageContaining("first used at SingleThreads$OfACompletableFuture.runs(SingleThreads.java:");
    }

    @Test
    void poolOfAStaticInitializer_failsTheClass_andSaysWhichField() {
        Outcomes outcomes = Outcomes.run(SingleThreads.OfAStaticInitializer.class);
        assertThat(outcomes.bad()).isEqualTo("OfAStaticInitializer: leaked");
        assertThat(outcomes.thrown("OfAStaticInitializer"))
                .hasMessageContaining("held by   SingleThreads.OfAStaticInitializer.POOL");
    }

    @Tag("slow")
    @Test
    void watchService_failsItsClass_withTheAgent() throws Exception {
        assertThat(ChildJvm.runWithAgent(SingleThreads.OfAWatchService.class))
                .contains("1 thread leaked from SingleThreads.OfAWatchService: \"FileSystemWatchService\"")
                .contains("1. close the WatchService created at SingleThreads.java:");
    }
}
