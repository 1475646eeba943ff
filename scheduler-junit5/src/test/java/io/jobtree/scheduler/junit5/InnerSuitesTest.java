package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.InnerSuites;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests that run other tests, both of which are checked.
final class InnerSuitesTest {
    @AfterEach
    void end() {
        InnerSuites.end();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                InnerSuites.AroundALeakingOne.class,
                InnerSuites.AroundAnAllowingOne.class,
                InnerSuites.AroundOneThatOpensAnExecutor.class
            })
    void whatAnInnerSuiteHasReported_isNotReportedAgain(Class<?> suite) throws Exception {
        assertThat(Outcomes.of(Kit.autoDetected(suite).configurationParameter("jobtree.leaks.grace", "20"))
                        .bad())
                .isEmpty();
        assertThat(ChildJvm.run(List.of("-javaagent:" + ChildJvm.agent()), List.of(), suite))
                .contains("JUnit Jupiter(): ok");
    }
}
