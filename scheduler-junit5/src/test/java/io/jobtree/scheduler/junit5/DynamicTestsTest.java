package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.DynamicTests;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Dynamic tests share what their factory tears down, and may be steps of one test.
final class DynamicTestsTest {
    @AfterEach
    void end() {
        DynamicTests.end();
    }

    private static Outcomes run(Class<?> suite) {
        return Outcomes.of(Kit.autoDetected(suite).configurationParameter("jobtree.leaks.grace", "20"));
    }

    private static String runWithAgent(Class<?> suite) throws Exception {
        return ChildJvm.run(List.of("-javaagent:" + ChildJvm.agent()), List.of(), suite);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                DynamicTests.EndsItInALaterTest.class,
                DynamicTests.EndsItAfterEach.class,
                DynamicTests.EndsItWithTheStream.class
            })
    void whatADynamicTestStarts_mayEndWithItsFactory(Class<?> suite) throws Exception {
        assertThat(run(suite).bad()).isEmpty();
        assertThat(runWithAgent(suite)).doesNotContain("leaked from");
    }

    @Test
    void whatADynamicTestLeaves_failsTheFactory_andNamesTheTest() throws Exception {
        Outcomes outcomes = run(DynamicTests.LeavesAThread.class);
        assertThat(outcomes.bad()).isEqualTo("steps: leaked");
        assertThat(outcomes.thrown("steps"))
                .hasMessageStartingWith("1 thread leaked from DynamicTests.LeavesAThread.steps: \"left\", of"
                        + " DynamicTests.LeavesAThread.steps steps starts, created at");
        assertThat(runWithAgent(DynamicTests.LeavesAThread.class)).containsOnlyOnce("leaked from");
    }
}
