package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.Containers;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;

/// Executors and task scopes that are left open, and no thread lives in them.
final class ContainersTest {
    @AfterEach
    void closeAll() {
        Containers.closeAll();
    }

    private static EngineTestKit.Builder parallelAndWatchingAll(Class<?> fixture) {
        return Kit.parallel(fixture)
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .configurationParameter("jobtree.leaks.grace", "20");
    }

    @Test
    void sequential_failTheirTests() {
        Outcomes outcomes = Outcomes.of(Containers.LeftEmpty.class);
        assertThat(outcomes.of("executor")).isEqualTo("leaked");
        assertThat(outcomes.of("taskScope")).isEqualTo("leaked");
        assertThat(outcomes.of("isClean")).isEqualTo("ok");
        assertThat(outcomes.thrown("executor"))
                .hasMessageStartingWith(
                        "1 open executor leaked from Containers.LeftEmpty.executor: ThreadPerTaskExecutor, no thread, ")
                .hasMessageContaining(
                        "not recorded; -javaagent:scheduler-junit5-agent.jar or jobtree.leaks.agent=attach")
                .hasMessageContaining("1. close the executor")
                .hasMessageContaining("Threads and executors were left as they were");
        assertThat(outcomes.thrown("taskScope"))
                .hasMessageStartingWith("1 open task scope leaked from Containers.LeftEmpty.taskScope: ")
                .hasMessageContaining("by thread \"" + Thread.currentThread().getName() + "\"")
                .hasMessageContaining("1. close the StructuredTaskScope");
    }

    /// No test waits for the moment: the class finds it.
    @Test
    void whereThereIsNoLookingAtFirst_areFoundWhenThereIs() {
        Containers.makeBusyThread();
        Outcomes outcomes = Outcomes.of(Containers.LeftAmidBusyThreads.class);
        assertThat(outcomes.bad()).isEqualTo("LeftAmidBusyThreads: leaked");
        assertThat(outcomes.thrown("LeftAmidBusyThreads"))
                .hasMessageContaining(
                        "in        one of Containers.LeftAmidBusyThreads.executor, Containers.LeftAmidBusyThreads.isClean");
    }

    /// Something holds the executor, and it is not known what.
    @Test
    void parallel_areReportedAtTheEndOfTheSession() {
        var log = new CapturedLog();
        Outcomes outcomes;
        try (log) {
            outcomes = Outcomes.of(parallelAndWatchingAll(Containers.LeftEmpty.class));
        }
        assertThat(outcomes.bad()).isEqualTo("JUnit Jupiter: leaked");
        assertThat(outcomes.thrown("JUnit Jupiter"))
                .hasMessageStartingWith("1 open task scope leaked from the session: ")
                .hasMessageContaining("in        one of ")
                .hasMessageContaining("Containers.LeftEmpty.taskScope")
                .hasMessageContaining("1. close the StructuredTaskScope");
        assertThat(log.text())
                .contains("Left when all tests were over")
                .contains("1 open executor leaked from the session: ")
                .contains("1. close the executor");
    }

    @Test
    void parallel_whereNotAllTestsAreWatched_areLogged() {
        var log = new CapturedLog();
        Outcomes outcomes;
        try (log) {
            outcomes = Outcomes.of(Kit.parallel(Containers.LeftEmpty.class));
        }
        assertThat(outcomes.byName().values().stream().flatMap(result -> result.getThrowable().stream()))
                .isEmpty();
        // Those that other tests left open before are among them.
        assertThat(log.text())
                .containsPattern("\\d+ open executors? leaked from the session: ")
                .containsPattern("\\d+ open task scopes? leaked from the session: ");
    }

    @Test
    void parallel_fromBeforeTheSession_areNotReported() {
        assertThat(Containers.open().isShutdown()).isFalse();
        assertThat(Outcomes.of(parallelAndWatchingAll(Containers.Clean.class)).bad())
                .isEmpty();
    }

    @Test
    void ofBeforeAll_failTheClass() {
        Outcomes outcomes = Outcomes.of(Containers.OfTheClass.class);
        assertThat(outcomes.bad()).isEqualTo("OfTheClass: leaked");
        assertThat(outcomes.thrown("OfTheClass"))
                .hasMessageStartingWith("1 open executor leaked from Containers.OfTheClass: ");
    }

    @Test
    void reportedWithTheirThreads_failNoLaterTest_whenTheseAreGone() {
        Outcomes outcomes = Outcomes.of(Containers.Reported.class);
        assertThat(outcomes.of("leavesSeveralThreads")).isEqualTo("leaked");
        assertThat(outcomes.of("isClean_thoughTheirExecutorIsEmptyNow")).isEqualTo("ok");
        assertThat(outcomes.of("isClean_afterOneThatWasNotWatched")).isEqualTo("ok");
        assertThat(outcomes.thrown("Reported"))
                .hasMessageStartingWith("1 open executor leaked from Containers.Reported: ");
        String text =
                Objects.requireNonNull(outcomes.thrown("leavesSeveralThreads").getMessage());
        assertThat(text)
                .startsWith(
                        "1 open executor leaked from Containers.Reported.leavesSeveralThreads: ThreadPerTaskExecutor,"
                                + " 30 virtual threads, not terminated, first used at ")
                .containsOnlyOnce("ThreadPerTaskExecutor, 30 virtual threads, not terminated\n");
    }
}
