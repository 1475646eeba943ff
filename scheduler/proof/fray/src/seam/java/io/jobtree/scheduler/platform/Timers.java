package io.jobtree.scheduler.platform;

import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/// In place of the engine's: a timeout comes when Fray lets it, at once or late.
public final class Timers {
    private Timers() {}

    public static Future<?> after(long nanos, Runnable action) {
        var timeout = new FutureTask<Void>(action, null);
        Thread.ofPlatform().daemon().start(timeout);
        return timeout;
    }

    public static Instant instant(long nanos) {
        return Instant.EPOCH.plusNanos(nanos);
    }
}
