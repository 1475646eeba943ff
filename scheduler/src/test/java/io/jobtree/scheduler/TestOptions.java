package io.jobtree.scheduler;

import io.jobtree.scheduler.engine.EngineView;
import java.time.Duration;

/// Options for tests: none of the times in them runs out where a test does not want it.
final class TestOptions {
    static final Duration LONG = Duration.ofSeconds(30);
    static final Duration SHORT = Duration.ofMillis(30);

    private static final Duration DEADLINE = Duration.ofHours(1);

    /// Tag of tests that are run with fresh threads only: for those, thread reuse is otherwise, or nothing new.
    static final String FRESH_THREADS = "fresh-threads";

    /// Whether this run of the tests lets threads be reused; it is run once with and once without.
    static final boolean REUSE = Boolean.getBoolean("jobtree.test.reuse");

    private TestOptions() {}

    /// Default options, in the mode of this run.
    static SchedulerOptions named(String name) {
        var options = SchedulerOptions.named(name).withCloseTimeout(LONG);
        return REUSE ? options.withThreadReuse() : options;
    }

    static SchedulerOptions unlimited() {
        return named("test").withoutLimit().withWaitTimeout(Duration.ofSeconds(10));
    }

    /// A timeout that runs out when [#passDeadline] says so.
    static JobOptions withDeadline(String name) {
        return JobOptions.named(name).withTimeout(DEADLINE);
    }

    /// Lets the timeout run out.
    static void passDeadline(Job<?> job) {
        EngineView.timeOut(job, DEADLINE);
    }

    static SchedulerOptions limit(int limit) {
        return unlimited().withLimit(limit);
    }
}
