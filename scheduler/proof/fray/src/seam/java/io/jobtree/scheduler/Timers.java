package io.jobtree.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/// In place of the engine's: a timeout comes when Fray lets it, at once or late.
final class Timers {
    private Timers() {}

    static Future<?> after(Duration delay, Runnable action) {
        var timeout = new FutureTask<Void>(action, null);
        Thread.ofPlatform().daemon().start(timeout);
        return timeout;
    }

    static Instant instant(long nanos) {
        return Instant.EPOCH.plusNanos(nanos);
    }
}
