package io.jobtree.scheduler.platform;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A lock for a few steps that neither wait nor call a user's code, and that each thread tries for by itself until it
/// has it.
///
/// A thread that leaves a monitor, or a lock of the JDK, wakes the one that has waited longest, and no other.
/// Where that is a virtual thread, and jobs that yield to each other keep all carriers, it comes late or never, and
/// with it whoever waits behind it, platform threads among them.
///
/// Not reentrant. To be closed by whoever has it: `try (var _ = lock.lock())`.
public final class PollingLock implements AutoCloseable {
    private static final int SPINS = 100;

    private static final VarHandle HELD = Handles.of(MethodHandles.lookup(), "held", boolean.class);

    private volatile boolean held;

    /// Whether the holder was interrupted before it had the lock. Guarded by it.
    private boolean interrupted;

    public PollingLock lock() {
        if (!HELD.compareAndSet(this, false, true)) {
            interrupted = poll();
        }
        return this;
    }

    /// Who is interrupted does not park. A virtual thread has to, or it keeps its carrier from the holder: so its
    /// interrupt is kept for later. A platform thread's stays: to set it again may be a user's code.
    private boolean poll() {
        boolean virtual = Thread.currentThread().isVirtual();
        boolean kept = false;
        for (int round = -SPINS; held || !HELD.compareAndSet(this, false, true); round++) {
            if (round < 0) {
                Thread.onSpinWait();
            } else {
                kept |= virtual && Thread.interrupted();
                pause(round);
            }
        }
        return kept;
    }

    private static void pause(int round) {
        try {
            Backoff.yieldOrPark(round);
        } catch (Throwable noMemory) {
            // A virtual thread needs some. No step is left out for that.
            Thread.onSpinWait();
        }
    }

    /// Lets go of it.
    @Override
    public void close() {
        boolean again = interrupted;
        interrupted = false;
        held = false;
        if (again) {
            Threads.interruptAgain();
        }
    }
}
