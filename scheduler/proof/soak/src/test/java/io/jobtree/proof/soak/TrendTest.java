package io.jobtree.proof.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class TrendTest {
    private static Trend noisy(double growth) {
        var random = new Random(1);
        var samples = new ArrayList<Double>();
        for (int i = 0; i < 70; i++) {
            samples.add(20 + growth * i / 69 + random.nextGaussian() / 10);
        }
        return Trend.of(samples);
    }

    @Test
    void of_findsTheGrowthUnderNoise() {
        assertThat(noisy(3).growth()).isCloseTo(3, within(0.2));
        assertThat(noisy(0).growth()).isCloseTo(0, within(0.2));
    }

    @Test
    void isFlat_isFalseForWhatGrows() {
        assertThat(noisy(3).isFlat(1)).isFalse();
        assertThat(noisy(0).isFlat(1)).isTrue();
    }
}
