package io.jobtree.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/// In place of the engine's: a timeout comes when Fray lets it, at once or late.
final class Timers {
    private Timers() {}

    static Future<?> after(Duration delay, Runnable action) {
        return after(Checks.nanos(delay), action);
    }

    static Future<?> after(long nanos, Runnable action) {
        var timeout = new FutureTask<Void>(action, null);
        Thread.ofPlatform().daemon().start(timeout);
        return timeout;
    }

    static void retry(Runnable action, long nanos) {
        after(nanos, action);
    }

    static Instant instant(long nanos) {
        return Instant.EPOCH.plusNanos(nanos);
    }
}
