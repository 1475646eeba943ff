package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.DynamicTests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Dynamic tests share what their factory tears down, and may be steps of one test.
final class DynamicTestsTest {
    @AfterEach
    void end() {
        DynamicTests.end();
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            classes = {
                DynamicTests.EndsItInALaterTest.class,
                DynamicTests.EndsItAfterEach.class,
                DynamicTests.EndsItWithTheStream.class
            })
    void whatADynamicTestStarts_mayEndWithItsFactory(Class<?> suite) throws Exception {
        assertThat(Outcomes.run(suite).bad()).isEmpty();
        assertThat(ChildJvm.runWithAgent(suite)).doesNotContain("leaked from");
    }

    @Test
    void whatADynamicTestLeaves_failsTheFactory_andNamesTheTest() throws Exception {
        Outcomes outcomes = Outcomes.run(DynamicTests.LeavesAThread.class);
        assertThat(outcomes.bad()).isEqualTo("steps: leaked");
        assertThat(outcomes.thrown("steps"))
                .hasMessageStartingWith("1 thread leaked from DynamicTests.LeavesAThread.steps: \"left\", of"
                        + " DynamicTests.LeavesAThread.steps steps starts, created at");
        assertThat(ChildJvm.runWithAgent(DynamicTests.LeavesAThread.class)).containsOnlyOnce("leaked from");
    }
}
