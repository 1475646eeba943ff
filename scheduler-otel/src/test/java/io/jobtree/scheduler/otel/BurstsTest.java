package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Nothing that a burst makes is lost without a word.
final class BurstsTest {
    @Tag("slow")
    @Test
    void flatRoots_keepTheirFailures_andTheRestIsCounted() {
        keepsFailures(Bursts.FLAT_ROOTS);
    }

    @Tag("full")
    @ParameterizedTest
    @EnumSource
    void burst_keepsFailures_andTheRestIsCounted(Bursts burst) {
        keepsFailures(burst);
    }

    private static void keepsFailures(Bursts burst) {
        var result = burst.measure(settings -> settings);

        assertThat(result.dropped()).as("spans that the processor dropped").isZero();
        assertThat(result.spans() + result.suppressed()).isEqualTo(result.ended());
        switch (burst) {
            // Roots are spans without a parent: what is missing at the end is in the metric alone.
            case FLAT_ROOTS, SMALL_TREES, FAILING_TREES ->
                assertThat(result.counted()).isLessThanOrEqualTo(result.suppressed());
            case OF_ONE_REQUEST, OF_ONE_JOB -> assertThat(result.counted()).isEqualTo(result.suppressed());
        }
        if (burst == Bursts.FAILING_TREES) {
            // More than the rate.
            assertThat(result.failures()).isGreaterThan(1_000);
        } else {
            assertThat(result.failures()).isEqualTo(burst.failing);
        }
        if (burst == Bursts.SMALL_TREES) {
            assertThat(result.roots()).isEqualTo(909);
        }
    }
}
