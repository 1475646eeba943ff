package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.TestForms;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What is left behind is found in tests of all forms.
final class TestFormsTest {
    @AfterEach
    void end() {
        TestForms.end();
    }

    @Tag("slow")
    @Test
    void workerOfTheOuterClassesPool_isNotTheNestedClasses() {
        assertThat(Outcomes.run(TestForms.SharesAPoolWithItsNestedClass.class).bad())
                .isEmpty();
    }

    @Test
    void threadThatSleeps_hasTimeUntilItsClassIsOver() {
        assertThat(Outcomes.run(TestForms.TellsASleeperToEnd.class).bad()).isEmpty();
        Outcomes outcomes = Outcomes.run(TestForms.LeavesASleeper.class);
        assertThat(outcomes.bad()).isEqualTo("LeavesASleeper: leaked");
        assertThat(outcomes.thrown("LeavesASleeper"))
                .hasMessageContaining("thread \"sleeper\"")
                .hasMessageContaining("in        TestForms.LeavesASleeper.sleeps");
    }

    @Test
    void defaultMethodOfAnInterface_isTheTestsOwnCode() {
        Outcomes outcomes = Outcomes.run(TestForms.IsTestedByItsInterface.class);
        assertThat(outcomes.bad()).isEqualTo("IsTestedByItsInterface: leaked");
        assertThat(outcomes.thrown("IsTestedByItsInterface"))
                .hasMessageContaining("ThreadPoolExecutor 'of-the-interface-%d'")
                .hasMessageContaining("TestForms.IsTestedByItsInterface.leavesAPool");
    }

    @Test
    void constructorThatFails_isChecked() {
        Outcomes outcomes = Outcomes.run(TestForms.FailsInItsConstructor.class);
        assertThat(outcomes.bad()).isEqualTo("isNeverRun: failed: as it should");
        assertThat(outcomes.thrown("isNeverRun").getSuppressed())
                .singleElement()
                .extracting(Throwable::getMessage)
                .asString()
                .contains("thread \"of-the-constructor\"");
    }

    @Tag("slow")
    @Test
    void codeThatRanOutOfTime_andGoesOn_isTheTests() throws Exception {
        assertThat(Outcomes.run(TestForms.RunsOutOfTime.class).thrown("RunsOutOfTime"))
                .hasMessageStartingWith("1 open executor leaked from TestForms.RunsOutOfTime")
                .hasMessageContaining("TestForms.RunsOutOfTime.goesOn")
                .hasMessageContaining("let the code that ran out of time used at TestForms.java:");
        assertThat(ChildJvm.runWithAgent(TestForms.RunsOutOfTime.class))
                .contains("goesOn(): 1 open executor leaked")
                .contains("isDoneInTime(): ok");
    }

    @Test
    void testThatRanOutOfTime_andGoesOn_isReported() {
        Outcomes outcomes = Outcomes.run(TestForms.RunsOutOfItsTimeout.class);
        assertThat(outcomes.bad())
                .isEqualTo("goesOn: failed: goesOn() timed out after 200 milliseconds, RunsOutOfItsTimeout: leaked");
        assertThat(outcomes.thrown("RunsOutOfItsTimeout"))
                .hasMessageStartingWith("1 open executor leaked from TestForms.RunsOutOfItsTimeout")
                .hasMessageContaining("TestForms.RunsOutOfItsTimeout.goesOn");
    }

    /// In a JVM of its own, for a dump is taken when the run is over.
    @Tag("slow")
    @Test
    void virtualThread_whoseIdIsNotNextToThatOfItsRecord_isReportedOnce_inParallel() throws Exception {
        assertThat(ChildJvm.run(
                        List.of(),
                        List.of(
                                "junit.jupiter.execution.parallel.enabled=true",
                                "junit.jupiter.execution.parallel.mode.default=concurrent"),
                        TestForms.LeavesAVirtualThreadAmongOthers.class))
                .contains("leaves(): 1 virtual thread leaked")
                .contains("JUnit Jupiter(): ok");
    }

    @Tag("slow")
    @Test
    void poolThatAnExtensionGives_failsNothing() throws Exception {
        assertThat(Outcomes.run(TestForms.IsGivenAPool.class).bad()).isEmpty();
        assertThat(ChildJvm.runWithAgent(TestForms.IsGivenAPool.class)).doesNotContain("leaked");
    }

    @Tag("slow")
    @Test
    void poolOfAStaticMethod_isTheTests_thoughThereIsAnExtension_withTheAgent() throws Exception {
        assertThat(ChildJvm.runWithAgent(TestForms.LeavesAPoolBesideAnExtension.class))
                .contains("leaves(): 1 open executor leaked")
                .contains("ThreadPoolExecutor 'beside-%d'");
    }
}
