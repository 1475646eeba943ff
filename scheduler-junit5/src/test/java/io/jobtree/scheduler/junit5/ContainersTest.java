package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.Containers;
import java.time.Duration;
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
                        "1 open executor leaked from Containers.LeftEmpty.executor: ThreadPerTaskExecutor@")
                .hasMessageContaining("is open, with no thread in it")
                .hasMessageContaining("look for an Executors.newVirtualThreadPerTaskExecutor() that nobody closes")
                .hasMessageContaining("1. close the executor")
                .hasMessageContaining("What is empty was left open")
                .hasMessageNotContaining("The threads go on");
        assertThat(outcomes.thrown("taskScope"))
                .hasMessageStartingWith("1 open task scope leaked from Containers.LeftEmpty.taskScope: ")
                .hasMessageContaining("by thread \"" + Thread.currentThread().getName() + "\"")
                .hasMessageContaining("1. close the StructuredTaskScope");
    }

    @Test
    void whereThereIsNoLookingAtFirst_areFoundWhenThereIs() throws InterruptedException {
        Thread busy = Containers.busy(Duration.ofMillis(300));
        assertThat(Outcomes.of(Containers.LeftAmidBusyThreads.class).bad()).isEqualTo("executor: leaked");
        busy.join();
    }

    @Test
    void parallel_areToldAtTheEndOfTheSession() {
        Outcomes outcomes = Outcomes.of(parallelAndWatchingAll(Containers.LeftEmpty.class));
        assertThat(outcomes.bad()).isEqualTo("JUnit Jupiter: leaked");
        assertThat(outcomes.thrown("JUnit Jupiter"))
                .hasMessageStartingWith("1 open executor and 1 open task scope leaked from the session: ")
                .hasMessageContaining("1. close the executor")
                .hasMessageContaining("2. close the StructuredTaskScope");
    }

    @Test
    void parallel_whereNotAllTestsAreWatched_areLogged() {
        var log = new CapturedLog();
        Outcomes outcomes;
        try (log) {
            outcomes = Outcomes.of(Kit.parallel(Containers.LeftEmpty.class));
        }
        assertThat(outcomes.bad()).isEmpty();
        // Those that other tests left open before are among them.
        assertThat(log.text())
                .containsPattern("\\d+ open executors? and \\d+ open task scopes? leaked from the session: ");
    }

    @Test
    void parallel_fromBeforeTheSession_areNotTold() {
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
    void toldWithTheirThreads_failNoLaterTest_whenTheseAreGone() {
        Outcomes outcomes = Outcomes.of(Containers.Told.class);
        assertThat(outcomes.of("leavesSeveralThreads")).isEqualTo("leaked");
        assertThat(outcomes.of("isClean_thoughTheirExecutorIsEmptyNow")).isEqualTo("ok");
        assertThat(outcomes.of("isClean_afterOneThatWasNotWatched")).isEqualTo("ok");
        assertThat(outcomes.thrown("Told")).hasMessageStartingWith("1 open executor leaked from Containers.Told: ");
        String text =
                Objects.requireNonNull(outcomes.thrown("leavesSeveralThreads").getMessage());
        assertThat(text)
                .startsWith("30 virtual threads leaked from Containers.Told.leavesSeveralThreads: #")
                .contains(" and 25 more, just like it")
                .containsOnlyOnce("is WAITING, and no job");
    }
}
