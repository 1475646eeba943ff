package io.jobtree.scheduler.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.junit5.fixture.Many;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("full")
final class ManyThreadsTest {
    @AfterAll
    static void end() {
        Many.end();
    }

    @Test
    void veryManyThreads_areSampled() {
        Outcomes outcomes = Outcomes.of(Kit.autoDetected(Many.class));
        assertThat(outcomes.bad()).isEqualTo("leavesVeryMany: leaked");
        assertThat(outcomes.thrown("leavesVeryMany"))
                .hasMessageContaining("SAMPLED: ")
                .hasMessageContaining("Many.leavesVeryMany(Many.java:")
                .hasMessageMatching("(?s)at least 2\\d{4} virtual threads leaked from Many\\.leavesVeryMany.*");
    }
}
