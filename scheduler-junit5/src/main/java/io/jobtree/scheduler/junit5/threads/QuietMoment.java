package io.jobtree.scheduler.junit5.threads;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.jspecify.annotations.Nullable;

/// Takes thread dumps only while no virtual thread runs, and lets none begin to meanwhile.
///
/// Some JDKs may crash in `dumpThreads` when a virtual thread is mounted, unmounted or ends in the moment that it is
/// looked at (JDK-8364343, JDK-8392031). Parked ones are safe, but may wake up at any time: so threads of ours keep all
/// carriers while a dump is taken.
final class QuietMoment {
    /// For all tests of a run together, until there was a quiet moment again: a computing thread would else hold up
    /// every test. On a busy machine a thread that is about to park may wait for a processor for a while.
    private static final long MAX_WAIT_NANOS = 500_000_000;

    private static final long POLL_NANOS = 100_000;

    /// The same for carriers to be kept, and how long where they could not be the last time.
    private static final long MAX_KEEP_NANOS = 500_000_000;

    private static final long MAX_KEEP_AGAIN_NANOS = 20_000_000;
    private static final long KEEP_POLL_NANOS = 20_000;

    private final BooleanSupplier isQuiet;
    private final LongSupplier nanoTime;
    private final LongConsumer park;
    private long waitedNanos;
    private long maxKeepNanos = MAX_KEEP_NANOS;

    QuietMoment() {
        this(QuietMoment::isNow, System::nanoTime, LockSupport::parkNanos);
    }

    QuietMoment(BooleanSupplier isQuiet, LongSupplier nanoTime, LongConsumer park) {
        this.isQuiet = isQuiet;
        this.nanoTime = nanoTime;
        this.park = park;
    }

    /// A dump; null if there is no quiet moment.
    synchronized @Nullable ThreadDump dump() {
        return isReached() ? whileNoneRuns() : null;
    }

    private @Nullable ThreadDump whileNoneRuns() {
        var carriers = new Carriers();
        try {
            boolean areKept = carriers.areKept(maxKeepNanos);
            maxKeepNanos = areKept ? MAX_KEEP_NANOS : MAX_KEEP_AGAIN_NANOS;
            return areKept ? ThreadDump.take() : null;
        } finally {
            carriers.release();
        }
    }

    /// All carriers of virtual threads but the caller's own, each with a thread that spins.
    static final class Carriers {
        private final AtomicInteger kept = new AtomicInteger();
        private volatile boolean released;

        /// False if somebody else has one, and keeps it for so long.
        boolean areKept(long nanos) {
            int others = ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class)
                            .getParallelism()
                    - (Thread.currentThread().isVirtual() ? 1 : 0);
            for (int i = 0; i < others; i++) {
                Thread.ofVirtual().inheritInheritableThreadLocals(false).start(this::keep);
            }
            long start = System.nanoTime();
            while (kept.get() < others) {
                if (System.nanoTime() - start > nanos) {
                    return false;
                }
                LockSupport.parkNanos(KEEP_POLL_NANOS);
            }
            return true;
        }

        /// Does not give its carrier up, not even by a yield.
        private void keep() {
            kept.incrementAndGet();
            while (!released) {
                Thread.onSpinWait();
            }
        }

        void release() {
            released = true;
        }
    }

    synchronized boolean isReached() {
        long start = nanoTime.getAsLong();
        while (!isQuiet.getAsBoolean()) {
            if (waitedNanos + nanoTime.getAsLong() - start > MAX_WAIT_NANOS
                    || Thread.currentThread().isInterrupted()) {
                waitedNanos += nanoTime.getAsLong() - start;
                return false;
            }
            park.accept(POLL_NANOS);
        }
        waitedNanos = 0;
        return true;
    }

    private static boolean isNow() {
        var threads = ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
        int self = Thread.currentThread().isVirtual() ? 1 : 0;
        return threads.getMountedVirtualThreadCount() <= self && threads.getQueuedVirtualThreadCount() == 0;
    }
}
