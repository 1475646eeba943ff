package io.jobtree.scheduler;

import java.time.Duration;

/// Options whose close does not hold a failing test up for long.
final class TestOptions {
    static final Duration LONG = Duration.ofSeconds(30);
    static final Duration SHORT = Duration.ofMillis(30);

    private TestOptions() {}

    static SchedulerOptions unlimited() {
        return SchedulerOptions.named("test").withoutLimit().withWaitTimeout(Duration.ofSeconds(10));
    }

    static SchedulerOptions limit(int limit) {
        return unlimited().withLimit(limit);
    }
}
