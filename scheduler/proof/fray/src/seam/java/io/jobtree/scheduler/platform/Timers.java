package io.jobtree.scheduler.platform;

import java.time.Instant;
import java.util.concurrent.FutureTask;

/// In place of the engine's: a timeout comes when Fray lets it, at once or late.
public final class Timers {
    private Timers() {}

    public static Timeout after(long nanos, Runnable action) {
        var timeout = new Timeout(action);
        Thread.ofPlatform().daemon().start(timeout.task);
        return timeout;
    }

    public static final class Timeout {
        private final FutureTask<Void> task;

        private Timeout(Runnable action) {
            task = new FutureTask<>(action, null);
        }

        public void cancel() {
            task.cancel(false);
        }
    }

    public static Instant instant(long nanos) {
        return Instant.EPOCH.plusNanos(nanos);
    }
}
