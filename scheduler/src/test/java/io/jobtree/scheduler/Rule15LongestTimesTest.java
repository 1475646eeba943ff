package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("R15: with the longest times a close is over only when handlers are through")
final class Rule15LongestTimesTest {
    private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE);

    @Test
    void close_withTheLongestTimes_waitsForTheFailureHandler() {
        var through = new AtomicBoolean();
        var options = TestOptions.unlimited()
                .withWaitTimeout(LONGEST)
                .withCloseTimeout(LONGEST)
                .withFailureHandler((job, failure) -> {
                    sleep(Duration.ofMillis(1_500));
                    through.set(true);
                });
        var jobs = Scheduler.open(options);
        jobs.spawn("fails", () -> {
            throw new IllegalStateException("on purpose");
        });
        jobs.close();
        assertThat(through).isTrue();
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
