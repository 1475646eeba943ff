package io.jobtree.scheduler.platform;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for another thread that is amid a few steps, and that wakes nobody when it has done them.
///
/// It yields only a few times: virtual threads that yield to each other for ever keep their carriers, and the
/// one that they wait for may need one.
public final class Backoff {
    private static final int YIELDS = 8;
    private static final long PAUSE_NANOS = 50_000;

    /// How long to wait before something is tried again for which there was no memory, or no thread.
    public static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /// How often that is tried, at most, where others wait for what comes after it.
    public static final int MOST_ATTEMPTS = 100;

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

    /// Waits before something is tried again for which there was no memory, not even for this.
    public static void rest() {
        try {
            if (Thread.currentThread().isVirtual()) {
                yieldFor(RETRY_NANOS);
            } else {
                LockSupport.parkNanos(Backoff.class, RETRY_NANOS);
            }
        } catch (Throwable noMemory) {
            Thread.onSpinWait();
        }
    }

    /// Whether something may be tried again that threw this, after a [#rest]: for want of memory, and not too often.
    public static boolean mayTryAgain(int attempt, Throwable thrown) {
        if (attempt >= MOST_ATTEMPTS || !(thrown instanceof OutOfMemoryError)) {
            return false;
        }
        rest();
        return true;
    }

    /// The JDK loses a virtual thread for whose timed wait it has no memory.
    private static void yieldFor(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            yieldOnce();
        }
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
