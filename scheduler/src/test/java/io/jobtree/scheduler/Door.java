package io.jobtree.scheduler;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Holds threads until it is opened, once and for all.
final class Door {
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch latch = new CountDownLatch(1);

    void open() {
        latch.countDown();
    }

    boolean isOpen() {
        return latch.getCount() == 0;
    }

    /// Waits until it is open.
    void pass() throws InterruptedException {
        if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the door stayed shut");
        }
    }

    /// Waits until it is open, whatever interrupts come; their number is the result, and the flag is clear
    /// afterwards.
    int passIgnoringInterrupts() {
        var interrupts = 0;
        var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                if (!latch.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    throw new AssertionError("the door stayed shut");
                }
                return Thread.interrupted() ? interrupts + 1 : interrupts;
            } catch (InterruptedException counted) {
                interrupts++;
            }
        }
    }

    /// Whether it stays shut for a moment: long enough for a bug to open it, short enough for a test.
    boolean staysShut() throws InterruptedException {
        return !latch.await(50, TimeUnit.MILLISECONDS);
    }
}
