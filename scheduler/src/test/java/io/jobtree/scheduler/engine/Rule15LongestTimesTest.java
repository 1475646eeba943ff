package io.jobtree.scheduler.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.engine.Closing.Times;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R15: the longest wait and closeTimeout are long, also one after the other")
final class Rule15LongestTimesTest {
    @Test
    void longestTimes_leaveCenturies() {
        var times = new Times(System.nanoTime(), Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(times.allLeft()).isGreaterThan(TimeUnit.DAYS.toNanos(36_500));
        assertThat(times.allLeft(TimeUnit.SECONDS.toNanos(10))).isGreaterThan(TimeUnit.DAYS.toNanos(36_500));
        assertThat(times.waitLeft()).isGreaterThan(TimeUnit.DAYS.toNanos(20_000));
    }
}
