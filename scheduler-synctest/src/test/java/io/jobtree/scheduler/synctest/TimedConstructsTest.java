package io.jobtree.scheduler.synctest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The rows of the table in docs/virtual-time.md: each takes an hour on all clocks of the bubble, and none outside.
final class TimedConstructsTest {
    private static final Duration HOUR = Duration.ofHours(1);

    static Stream<Map.Entry<String, TimedConstructs.Construct>> rows() {
        return TimedConstructs.all().entrySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void takesAnHour(Map.Entry<String, TimedConstructs.Construct> row) throws Exception {
        takesAnHour(row.getValue(), 0);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    @Tag("full")
    void takesAnHour_aHundredTimes(Map.Entry<String, TimedConstructs.Construct> row) throws Exception {
        for (int seed = 0; seed < 100; seed++) {
            takesAnHour(row.getValue(), seed);
        }
    }

    private static void takesAnHour(TimedConstructs.Construct construct, long seed) throws Exception {
        Bubble.run(seed, () -> {
            Instant began = Instant.now();
            long nanos = System.nanoTime();
            long millis = System.currentTimeMillis();
            construct.run();
            assertThat(Duration.ofNanos(System.nanoTime() - nanos)).isEqualTo(HOUR);
            assertThat(Duration.ofMillis(System.currentTimeMillis() - millis)).isEqualTo(HOUR);
            assertThat(Duration.between(began, Instant.now())).isEqualTo(HOUR);
        });
    }
}
