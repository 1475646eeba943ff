package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.junit5.fixture.Lifecycles;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What belongs to which test, class or nobody, and how tests end that leak.
final class LifecycleTest {
    @Test
    void check_runsAfterAllCleanUp() {
        assertThat(Outcomes.of(Lifecycles.CleanedUp.class).bad()).isEmpty();
    }

    @Test
    void constructor_belongsToTheTest() {
        Outcomes outcomes = Outcomes.of(Lifecycles.Constructed.class);
        assertThat(outcomes.bad()).isEqualTo("leaksTheInstances: leaked");
        assertThat(outcomes.thrown("leaksTheInstances"))
                .hasMessageStartingWith("1 job and 1 open scheduler leaked")
                .hasMessageContaining("of-the-instance");
    }

    @Test
    void perClassInstance_belongsToTheClass() {
        Outcomes outcomes = Outcomes.of(Lifecycles.PerClass.class);
        assertThat(outcomes.bad()).isEqualTo("leaksAJob: leaked, PerClass: leaked");
        assertThat(outcomes.thrown("leaksAJob")).hasMessageStartingWith("1 job leaked");
        assertThat(outcomes.thrown("PerClass")).hasMessageStartingWith("1 open scheduler leaked");
    }

    @Test
    void beforeAll_belongsToTheClass() {
        Outcomes outcomes = Outcomes.of(Lifecycles.BeforeAllOwned.class);
        assertThat(outcomes.bad()).isEqualTo("leaks: leaked");
        assertThat(outcomes.thrown("leaks")).hasMessageStartingWith("1 job leaked");
    }

    @Test
    void beforeAll_thatLeaks_failsTheClass() {
        assertThat(Outcomes.of(Lifecycles.BeforeAllLeaks.class).bad()).isEqualTo("BeforeAllLeaks: leaked");
    }

    @Test
    void staticScheduler_belongsToTheClass() {
        Outcomes outcomes = Outcomes.of(Lifecycles.StaticallyOwned.class);
        assertThat(outcomes.bad()).isEqualTo("leaks: leaked");
        assertThat(outcomes.thrown("leaks")).hasMessageStartingWith("1 job leaked");
    }

    @Test
    void staticScheduler_leftOpen_failsTheClass() {
        assertThat(Outcomes.of(Lifecycles.StaticallyLeaked.class).bad()).isEqualTo("StaticallyLeaked: leaked");
    }

    @Test
    void singletonOfOtherCode_belongsToNobody() {
        Outcomes outcomes = Outcomes.of(Lifecycles.UsesASingleton.class);
        assertThat(outcomes.bad()).isEqualTo("leaks: leaked");
        assertThat(outcomes.thrown("leaks")).hasMessageStartingWith("1 job leaked");
    }

    @Test
    void nested_isCheckedPerTest() {
        assertThat(Outcomes.of(Lifecycles.InNested.class).bad()).isEqualTo("leaks: leaked");
    }

    @Test
    void repeatedAndParameterized_areCheckedPerInvocation() {
        Outcomes outcomes = Outcomes.of(Lifecycles.Repeated.class);
        assertThat(outcomes.of("repetition 1 of 3")).isEqualTo("ok");
        assertThat(outcomes.of("repetition 2 of 3")).isEqualTo("leaked");
        assertThat(outcomes.of("repetition 3 of 3")).isEqualTo("ok");
        assertThat(outcomes.byName().entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith("param"))
                        .map(entry -> outcomes.of(entry.getKey())))
                .containsExactly("ok", "leaked");
    }

    @Test
    void longDisplayName_isShortened_toOneLine() {
        Outcomes outcomes = Outcomes.of(Lifecycles.LongNames.class);
        String name = outcomes.byName().keySet().stream()
                .filter(each -> each.startsWith("param"))
                .findFirst()
                .orElseThrow();
        assertThat(Objects.requireNonNull(outcomes.thrown(name).getMessage())
                        .lines()
                        .findFirst())
                .get(STRING)
                .matches("1 job leaked from Lifecycles.LongNames.leaks param .{53}…: .*/sleeper, spawned at .*");
    }

    @Test
    void factory_isCheckedPerDynamicTest() {
        Outcomes outcomes = Outcomes.of(Lifecycles.Dynamic.class);
        assertThat(outcomes.bad()).isEqualTo("leak: leaked");
        assertThat(outcomes.of("clean 2")).isEqualTo("ok");
        assertThat(outcomes.thrown("leak"))
                .hasMessageStartingWith("1 job leaked from Lifecycles.Dynamic.factory leak: ");
    }

    @Test
    void failedTest_keepsItsFailure_withTheLeakSuppressed() {
        Outcomes outcomes = Outcomes.of(Lifecycles.Ended.class);
        assertThat(outcomes.of("failed")).isEqualTo("failed: the order is gone");
        assertThat(outcomes.thrown("failed").getSuppressed()).singleElement().isInstanceOf(LeakedJobsError.class);
        assertThat(outcomes.thrown("timedOut")).isInstanceOf(java.util.concurrent.TimeoutException.class);
        assertThat(outcomes.thrown("timedOut").getSuppressed()).anyMatch(LeakedJobsError.class::isInstance);
    }

    @Test
    void abortedTest_isNotFailed() {
        var log = new CapturedLog();
        Outcomes outcomes;
        try (log) {
            outcomes = Outcomes.of(Lifecycles.Ended.class);
        }
        assertThat(outcomes.of("aborted")).isEqualTo("aborted");
        assertThat(log.text()).contains("1 job leaked from Lifecycles.Ended.aborted");
    }

    @Test
    void leak_isReportedOnce_andFailsNoLaterTest() {
        Lifecycles.Cascade.over = false;
        Outcomes outcomes = Outcomes.of(Lifecycles.Cascade.class);
        assertThat(outcomes.bad()).isEqualTo("leaksAThreadThatGoesOn: leaked, Cascade: leaked");
        assertThat(outcomes.thrown("Cascade"))
                .hasMessageStartingWith("1 open scheduler leaked from Lifecycles.Cascade: 'late'");
        assertThat(Scheduler.all()).noneMatch(open -> open.name().equals("late"));
    }
}
