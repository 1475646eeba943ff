package io.jobtree.proof.agent;

import java.util.concurrent.locks.LockSupport;

/// What the rewritten engine calls around its atomic steps: most often nothing happens, now and then the thread is
/// late.
public final class Delay {
    private static final int RATE = Integer.getInteger("jobtree.delays.rate", 60);

    /// Shared and racy: a lock or an atomic step here would put the engine's threads into an order.
    private static long state = 1;

    private Delay() {}

    /// Starts another sequence.
    public static void seed(long seed) {
        state = seed == 0 ? 1 : seed;
    }

    /// Called by the engine.
    @SuppressWarnings("ThreadPriorityCheck") // to let others pass is what it is for
    public static void point() {
        int dice = next();
        if (dice % RATE != 0) {
            return;
        }
        switch (dice / RATE % 8) {
            case 0, 1, 2 -> Thread.yield();
            case 3, 4 -> spin(2_000);
            case 5 -> spin(20_000);
            case 6 -> spin(100_000);
            default -> park();
        }
    }

    private static int next() {
        long next = state;
        next ^= next << 13;
        next ^= next >>> 7;
        next ^= next << 17;
        state = next;
        return (int) (next >>> 33);
    }

    /// Leaves a permit behind: it may have taken one that the engine is about to wait for.
    private static void park() {
        LockSupport.parkNanos(50_000);
        LockSupport.unpark(Thread.currentThread());
    }

    private static void spin(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
