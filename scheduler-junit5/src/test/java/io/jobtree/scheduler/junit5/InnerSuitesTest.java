package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.InnerSuites;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests that run other tests, both of which are checked.
final class InnerSuitesTest {
    @AfterEach
    void end() {
        InnerSuites.end();
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            classes = {
                InnerSuites.AroundALeakingOne.class,
                InnerSuites.AroundAnAllowingOne.class,
                InnerSuites.AroundOneThatOpensAnExecutor.class
            })
    void whatAnInnerSuiteHasReported_isNotReportedAgain(Class<?> suite) throws Exception {
        assertThat(Outcomes.run(suite).bad()).isEmpty();
        assertThat(ChildJvm.runWithAgent(suite)).contains("JUnit Jupiter(): ok");
    }
}
