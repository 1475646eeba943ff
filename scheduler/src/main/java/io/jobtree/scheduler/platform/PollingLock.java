package io.jobtree.scheduler.platform;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A lock for a few steps that neither wait nor call anyone, and that each thread tries for by itself until it has it.
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

    public PollingLock lock() {
        if (!HELD.compareAndSet(this, false, true)) {
            poll();
        }
        return this;
    }

    private void poll() {
        boolean interrupted = false;
        for (int round = -SPINS; held || !HELD.compareAndSet(this, false, true); round++) {
            if (round < 0) {
                Thread.onSpinWait();
            } else {
                interrupted |= Backoff.pause(round);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Lets go of it.
    @Override
    public void close() {
        held = false;
    }
}
