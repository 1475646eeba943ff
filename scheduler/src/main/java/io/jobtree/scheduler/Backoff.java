package io.jobtree.scheduler;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for another thread that is amid a few steps, and that wakes nobody when it has done them.
///
/// It yields only a few times: virtual threads that yield to each other for ever keep their carriers, and the
/// one that they wait for may need one.
final class Backoff {
    private static final int YIELDS = 8;
    private static final long PAUSE_NANOS = 50_000;

    /// How long to wait before something is tried again for which there was no memory, or no thread.
    static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private Backoff() {}

    /// Returns when the condition holds; interrupts are kept for later.
    static void until(BooleanSupplier condition) {
        within(Long.MAX_VALUE, condition);
    }

    /// As [#until], but at most for so long: whether the condition holds.
    static boolean within(long nanos, BooleanSupplier condition) {
        long start = System.nanoTime();
        boolean interrupted = false;
        boolean holds = condition.getAsBoolean();
        for (int round = 0; !holds && System.nanoTime() - start < nanos; round++) {
            interrupted |= pause(round);
            holds = condition.getAsBoolean();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return holds;
    }

    /// As [Waiting#untilDone], where there is no memory.
    static void untilDone(JobImpl<?> job) {
        boolean interrupted = false;
        for (int round = 0; !job.isDone(); round++) {
            interrupted |= pause(round);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits before something is tried again for which there was no memory, not even for this.
    static void rest() {
        try {
            LockSupport.parkNanos(Backoff.class, RETRY_NANOS);
        } catch (Throwable noMemory) {
            Thread.onSpinWait();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck")
    private static boolean pause(int round) {
        if (round < YIELDS) {
            Thread.yield();
            return false;
        }
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(Backoff.class, PAUSE_NANOS);
        return interrupted;
    }
}
