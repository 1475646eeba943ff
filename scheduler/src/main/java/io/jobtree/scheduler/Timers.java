package io.jobtree.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// The clock of timeouts, which is monotonic, and its relation to the calendar.
final class Timers {
    @SuppressWarnings("TimeInStaticInitializer") // on purpose: the moment at which nanoTime was read too
    private static final Instant ANCHOR = Instant.now();

    private static final long ANCHOR_NANOS = System.nanoTime();

    private Timers() {}

    static Future<?> after(Duration delay, Runnable action) {
        return ForkJoinPool.commonPool().schedule(action, Checks.nanos(delay), TimeUnit.NANOSECONDS);
    }

    static Instant instant(long nanos) {
        return ANCHOR.plusNanos(nanos - ANCHOR_NANOS);
    }
}
