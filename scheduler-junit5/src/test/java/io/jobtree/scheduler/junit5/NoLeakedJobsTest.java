package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.junit5.fixture.Annotated;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class NoLeakedJobsTest {
    @Test
    void metaAnnotation_holds() {
        assertThat(Outcomes.of(Annotated.ByMetaAnnotation.class).bad()).isEqualTo("leaks: leaked");
    }

    @Test
    void onAClass_holdsForItAndItsNestedClasses_andNearestWins() {
        assertThat(Outcomes.of(Annotated.OnAClass.class).bad()).isEqualTo("leaks: leaked, leaksToo: leaked");
    }

    @Test
    void onAClass_isInherited() {
        assertThat(Outcomes.of(Annotated.OnASuperclass.class).of("leaksBelow")).isEqualTo("leaked");
    }

    @Test
    void onAMethod_holdsForThatOneOnly() {
        assertThat(Outcomes.of(Annotated.OnAMethod.class).bad()).isEqualTo("leaks: leaked");
    }

    @Test
    void offOnTheClass_isOverruledOnAMethod() {
        assertThat(Outcomes.of(Annotated.OffOnTheClass.class).bad()).isEqualTo("leaks: leaked");
    }

    @Test
    void modeWarn_logsTheFailuresText() {
        var log = new CapturedLog();
        try (log) {
            Outcomes.of(Annotated.OnAClass.class);
        }
        assertThat(log.text()).contains("1 job leaked from Annotated.OnAClass.leaksWithAWarning");
    }

    @Test
    void scopeClass_letsJobsOutliveTests_butNotTheClass() {
        Outcomes outcomes = Outcomes.of(Annotated.ClassScope.class);
        assertThat(outcomes.bad()).isEqualTo("ClassScope: leaked");
        assertThat(outcomes.thrown("ClassScope")).hasMessageContaining("Annotated.ClassScope.begins");
    }

    @Test
    void scopeClass_withCleanUpAfterAll_isClean() {
        assertThat(Outcomes.of(Annotated.ClassScopeCleanedUp.class).bad()).isEmpty();
    }

    @Test
    void after_cancelsAndCloses_orLeaves() throws InterruptedException {
        assertThat(Outcomes.of(Annotated.Afterwards.class).bad())
                .contains("cancels: leaked", "closes: leaked", "leaves: leaked");
        assertThat(Objects.requireNonNull(Annotated.Afterwards.cancelled).isDone())
                .isTrue();
        assertThat(Objects.requireNonNull(Annotated.Afterwards.opened).isClosed())
                .isTrue();
        Job<?> left = Objects.requireNonNull(Annotated.Afterwards.left);
        assertThat(left.isDone()).isFalse();
        left.scheduler().cancel();
        left.scheduler().close();
    }

    @Test
    void failures_failOrAreReportedOrIgnored() {
        var log = new CapturedLog();
        Outcomes outcomes;
        try (log) {
            outcomes = Outcomes.of(Annotated.FailuresOfJobs.class);
        }
        assertThat(outcomes.bad()).contains("fails: leaked", "reportsBesideALeak: leaked");
        assertThat(outcomes.of("reports")).isEqualTo("ok");
        assertThat(outcomes.of("ignores")).isEqualTo("ok");
        assertThat(outcomes.of("isObserved")).isEqualTo("ok");
        assertThat(outcomes.thrown("fails"))
                .hasMessageStartingWith("1 failure that nobody waited for in Annotated.FailuresOfJobs.fails")
                .hasMessageContaining("card declined");
        assertThat(outcomes.thrown("reportsBesideALeak")).hasMessageContaining("card declined");
        assertThat(log.text())
                .contains("nobody waited for in Annotated.FailuresOfJobs.reports")
                .doesNotContain("nobody waited for in Annotated.FailuresOfJobs.ignores");
    }

    /// The join came too late to own the failure, but the test failed with it.
    @Test
    void failures_thatTheTestFailedWith_areNotReported() {
        Outcomes outcomes = Outcomes.of(Annotated.FailuresOfJobs.class);
        assertThat(outcomes.thrown("failsWithIt"))
                .isInstanceOf(JobFailedException.class)
                .hasNoSuppressedExceptions();
        assertThat(outcomes.thrown("failsWithOneOfTwo").getSuppressed())
                .singleElement()
                .asString()
                .contains("1 failure that nobody waited for")
                .contains("FailuresOfJobs.failsWithOneOfTwo/other, thrown at");
    }

    @Test
    void allowed_areNeitherReportedNorCancelled() {
        Outcomes outcomes = Outcomes.of(Annotated.Allowing.class);
        assertThat(outcomes.of("leaksWhatMayLeak")).isEqualTo("ok");
        assertThat(outcomes.of("leaksSeveral")).isEqualTo("ok");
        assertThat(outcomes.of("opensASchedulerForThem")).isEqualTo("ok");
        assertThat(outcomes.of("opensASchedulerOfAnAllowedName")).isEqualTo("ok");
        assertThat(outcomes.of("leaksSomethingElse")).isEqualTo("leaked");
        assertThat(outcomes.of("leaksOneCharacterTooMany")).isEqualTo("leaked");
        Scheduler background = Objects.requireNonNull(Annotated.Allowing.background);
        for (Scheduler open : Scheduler.all()) {
            if (open.name().equals("own") || open.name().equals("metrics-scheduler") || open == background) {
                assertThat(open.isClosed()).isFalse();
                open.cancel();
                open.close();
            }
        }
    }

    @Test
    void expected_failsWhenItDoesNotLeak() {
        Outcomes outcomes = Outcomes.of(Annotated.Expecting.class);
        assertThat(outcomes.of("leaksAsExpected")).isEqualTo("ok");
        assertThat(outcomes.of("leaksSomeScheduler")).isEqualTo("ok");
        assertThat(outcomes.of("leaksByMetaAnnotation")).isEqualTo("ok");
        assertThat(outcomes.thrown("leaksFewer"))
                .hasMessageStartingWith("Annotated.Expecting.leaksFewer was expected to leak 2 jobs, but 1 job leaked");
        assertThat(outcomes.thrown("leaksNothing"))
                .hasMessageStartingWith(
                        "Annotated.Expecting.leaksNothing was expected to leak jobs, but nothing leaked")
                .hasMessageContaining("no close yet");
    }

    @Test
    void expected_isOfTheTest_thoughTheScopeIsTheClass() {
        Outcomes outcomes = Outcomes.of(Annotated.ExpectingInClassScope.class);
        assertThat(outcomes.bad()).isEqualTo("leaksNothing: leaked");
    }

    @Test
    void argumentOfAParameterizedTest_isNotInjected() {
        assertThat(Outcomes.of(Annotated.Arguments.class).bad()).isEmpty();
    }

    @Test
    void wrongSettings_nameThemselves() {
        Outcomes outcomes = Outcomes.of(Annotated.Wrong.class);
        assertThat(outcomes.of("negativeGrace")).contains("@NoLeakedJobs: graceMillis must not be negative: -1");
        assertThat(outcomes.of("reportsNone")).contains("@NoLeakedJobs: maxReported must be positive: 0");
        assertThat(outcomes.of("allowsWithoutAReason")).contains("@AllowLeakedJobs: reason must not be blank");
        assertThat(outcomes.of("expectsWithoutAReason")).contains("@ExpectLeakedJobs: reason must not be blank");
    }

    @Test
    void autoDetection_watchesTestsWithoutAnAnnotation() {
        var kit = Kit.autoDetected(Annotated.Plain.class).configurationParameter("jobtree.leaks.grace", "20");
        assertThat(Outcomes.of(kit).bad()).isEqualTo("leaks: leaked");
    }

    @Test
    void autoDetection_modeOff_watchesNothing() {
        var kit = Kit.autoDetected(Annotated.Plain.class).configurationParameter("jobtree.leaks.mode", "off");
        assertThat(Outcomes.of(kit).bad()).isEmpty();
        closeLeftOpen("plain");
    }

    @Test
    void autoDetection_modeWarn_failsNothing() {
        var kit = Kit.autoDetected(Annotated.Plain.class)
                .configurationParameter("jobtree.leaks.mode", "warn")
                .configurationParameter("jobtree.leaks.grace", "20");
        assertThat(Outcomes.of(kit).bad()).isEmpty();
    }

    @Test
    void autoDetection_annotationWinsOverParameters() {
        var kit =
                Kit.autoDetected(Annotated.ByMetaAnnotation.class).configurationParameter("jobtree.leaks.mode", "off");
        assertThat(Outcomes.of(kit).bad()).isEqualTo("leaks: leaked");
    }

    @Test
    void wrongParameters_nameThemselves() {
        assertThat(Outcomes.of(Kit.engine(Annotated.OnAMethod.class)
                                .configurationParameter("jobtree.leaks.grace", "soon"))
                        .of("leaks"))
                .contains("jobtree.leaks.grace must be a number of milliseconds: soon");
        assertThat(Outcomes.of(Kit.engine(Annotated.OnAMethod.class)
                                .configurationParameter("jobtree.leaks.sites", "some"))
                        .of("leaks"))
                .contains("jobtree.leaks.sites must be one of [off, auto, full]: some");
    }

    @Test
    void sitesOff_saysSo() {
        var kit = Kit.engine(Annotated.OnAMethod.class).configurationParameter("jobtree.leaks.sites", "off");
        assertThat(Outcomes.of(kit).thrown("leaks")).hasMessageContaining("not recorded: jobtree.leaks.sites is off");
    }

    private static void closeLeftOpen(String name) {
        for (Scheduler open : Scheduler.all()) {
            if (open.name().equals(name)) {
                open.cancel();
                open.close();
            }
        }
    }
}
