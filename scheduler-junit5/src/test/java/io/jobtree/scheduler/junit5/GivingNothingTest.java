package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.GivingNothing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a test starts by an object of its own is its leak, whatever extensions it has, unless one of them may
/// have given it that object.
final class GivingNothingTest {
    @AfterEach
    void end() {
        GivingNothing.end();
    }

    @ParameterizedTest
    @ValueSource(classes = {GivingNothing.Counted.class, GivingNothing.Repeated.class})
    void whatATestStarts_whoseExtensionsGiveNothing_failsIt(Class<?> suite) throws Exception {
        assertThat(Outcomes.run(suite).bad()).containsAnyOf("leaves: leaked", "again: leaked");
        assertThat(ChildJvm.runWithAgent(suite)).contains("1 thread leaked from GivingNothing.");
    }

    @ParameterizedTest
    @ValueSource(classes = {GivingNothing.Given.class, GivingNothing.GivenByAnother.class})
    void whatATestStarts_whoseExtensionGetsAtItsInstance_isLogged(Class<?> suite) {
        try (var log = new CapturedLog()) {
            assertThat(Outcomes.run(suite).bad()).isEmpty();
            assertThat(log.text()).contains("Left when all tests were over").contains("left-server");
        }
    }
}
