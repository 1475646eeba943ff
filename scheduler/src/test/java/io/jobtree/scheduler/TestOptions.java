package io.jobtree.scheduler;

import java.time.Duration;

/// Options whose close does not hold a failing test up for long.
final class TestOptions {
    static final Duration LONG = Duration.ofSeconds(30);
    static final Duration SHORT = Duration.ofMillis(30);

    /// Tag of tests that are run with fresh threads only: for those, thread reuse is otherwise, or nothing new.
    static final String FRESH_THREADS = "fresh-threads";

    /// Whether this run of the tests lets threads be reused; it is run once with and once without.
    static final boolean REUSE = Boolean.getBoolean("jobtree.test.reuse");

    private TestOptions() {}

    /// Default options, in the mode of this run.
    static SchedulerOptions named(String name) {
        var options = SchedulerOptions.named(name);
        return REUSE ? options.withThreadReuse() : options;
    }

    static SchedulerOptions unlimited() {
        return named("test").withoutLimit().withWaitTimeout(Duration.ofSeconds(10));
    }

    static SchedulerOptions limit(int limit) {
        return unlimited().withLimit(limit);
    }
}
