package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.OuterInstances;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What an outer class's instance holds may end with the outer class.
final class OuterInstancesTest {
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            classes = {OuterInstances.OfATestOfItsOwnInstance.class, OuterInstances.OfATestOfASharedInstance.class})
    void whatAnOuterInstanceHolds_mayEndWithTheOuterClass(Class<?> suite) throws Exception {
        assertThat(Outcomes.run(suite).bad()).isEmpty();
        assertThat(ChildJvm.runWithAgent(suite)).doesNotContain("leaked from");
    }
}
