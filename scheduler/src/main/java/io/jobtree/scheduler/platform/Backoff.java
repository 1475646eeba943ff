package io.jobtree.scheduler.platform;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for another thread that is amid a few steps, and that wakes nobody when it has done them.
///
/// It yields only a few times: virtual threads that yield to each other for ever keep their carriers, and the
/// one that they wait for may need one.
public final class Backoff {
    private static final int YIELDS = 8;
    private static final long PAUSE_NANOS = 50_000;

    private Backoff() {}

    /// Returns when the condition holds; interrupts are kept for later.
    public static void until(BooleanSupplier condition) {
        within(Long.MAX_VALUE, condition);
    }

    /// As [#until], but at most for so long: whether the condition holds.
    public static boolean within(long nanos, BooleanSupplier condition) {
        long start = System.nanoTime();
        boolean interrupted = false;
        boolean holds = condition.getAsBoolean();
        for (int round = 0; !holds && System.nanoTime() - start < nanos; round++) {
            interrupted |= pause(round);
            holds = condition.getAsBoolean();
        }
        if (interrupted) {
            Threads.interruptAgain();
        }
        return holds;
    }

    /// Waits a moment, without memory of its own; the JDK takes some where a virtual thread parks for a time.
    ///
    /// @param round how often it has been called before; the first ones yield
    /// @return whether the thread was interrupted; its flag is clear
    public static boolean pause(int round) {
        boolean interrupted = round >= YIELDS && Thread.interrupted();
        yieldOrPark(round);
        return interrupted;
    }

    /// The same for one that is not interrupted, or whose flag is not to be cleared: such a platform thread does not
    /// park, and yields alone.
    static void yieldOrPark(int round) {
        yieldOnce();
        if (round >= YIELDS) {
            LockSupport.parkNanos(Backoff.class, PAUSE_NANOS);
        }
    }

    /// Gives others a turn on this thread's carrier, which a virtual thread keeps until it waits, or where there is no
    /// memory for that.
    @SuppressWarnings("ThreadPriorityCheck")
    public static void yieldOnce() {
        try {
            Thread.yield();
        } catch (OutOfMemoryError noMemory) {
            Thread.onSpinWait();
        }
    }
}
