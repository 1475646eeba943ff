package io.jobtree.scheduler.platform;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Tries again what found no memory, or no thread.
///
/// Memory is often out for a moment only: until the collector is through, or another thread has
/// failed and let go of what it had. So a step that nobody else would do is not given up for that:
/// it is tried until there is memory, or for about a second at most where others wait for what
/// comes after it.
public final class Retry {
    /// How long to wait before the next try.
    public static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /// How many tries there are, at most, where others wait for what comes after.
    public static final int MOST_ATTEMPTS = 100;

    private Retry() {}

    /// Runs something that may be repeated, until there is memory for it.
    public static void runOnceThereIsMemory(Runnable task) {
        while (true) {
            try {
                task.run();
                return;
            } catch (OutOfMemoryError noMemory) {
                rest();
            }
        }
    }

    /// Whether something may be tried again that threw this, after a [#rest]: for want of memory,
    /// and not too often.
    public static boolean mayTryAgain(int attempt, Throwable thrown) {
        if (attempt >= MOST_ATTEMPTS || !(thrown instanceof OutOfMemoryError)) {
            return false;
        }
        rest();
        return true;
    }

    /// Waits before the next try, where there may be no memory even for that.
    public static void rest() {
        long start = System.nanoTime();
        try {
            // The JDK loses a virtual thread for whose timed wait it has no memory.
            if (!Thread.currentThread().isVirtual()) {
                LockSupport.parkNanos(Retry.class, REST_NANOS);
            }
        } catch (Throwable noMemory) {
            Thread.onSpinWait();
        }
        // Also for a thread that is interrupted, or was unparked before, and so does not park.
        while (System.nanoTime() - start < REST_NANOS) {
            Backoff.yieldOnce();
        }
    }
}
