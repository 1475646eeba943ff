package io.jobtree.scheduler.junit5.threads;

import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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
    @Nullable
    ThreadDump dump() {
        // A virtual thread that writes a file has the JDK wake up one more carrier.
        return Thread.currentThread().isVirtual() ? onPlatformThread() : dumpHere();
    }

    private synchronized @Nullable ThreadDump dumpHere() {
        return isReached() ? whileNoneRuns() : null;
    }

    private @Nullable ThreadDump onPlatformThread() {
        var dump = new FutureTask<@Nullable ThreadDump>(this::dumpHere);
        Thread.ofPlatform().daemon().inheritInheritableThreadLocals(false).start(dump);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return dump.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("no thread dump", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
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

    /// All carriers of virtual threads, each with a thread that spins.
    static final class Carriers {
        private static final Set<Thread.State> PARKED = Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

        private final AtomicInteger kept = new AtomicInteger();
        private volatile boolean released;

        /// False if somebody else has one, and keeps it for so long.
        boolean areKept(long nanos) {
            var scheduler = ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
            int atOnce = scheduler.getParallelism();
            // More may run for a while where one has blocked. What such a carrier takes next is kept too.
            int all = Math.max(atOnce, scheduler.getPoolSize());
            for (int i = 0; i < all; i++) {
                Thread.ofVirtual().inheritInheritableThreadLocals(false).start(this::keep);
            }
            long start = System.nanoTime();
            while (kept.get() < atOnce || isAnyOtherActive(scheduler)) {
                if (System.nanoTime() - start > nanos) {
                    return false;
                }
                LockSupport.parkNanos(KEEP_POLL_NANOS);
            }
            return true;
        }

        /// Once as many are kept as may run at once, no carrier that is parked and was not woken up before is. One that
        /// was is active, and parked for the operating system; one that is about to park is not, and runs.
        private boolean isAnyOtherActive(VirtualThreadSchedulerMXBean scheduler) {
            long running = PlatformThreads.alive().stream()
                    .filter(thread -> thread.getClass().getName().equals(PlatformThreads.CARRIER)
                            && !PARKED.contains(thread.getState()))
                    .count();
            return Math.max(running, scheduler.getMountedVirtualThreadCount()) > kept.get();
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
        return threads.getMountedVirtualThreadCount() == 0 && threads.getQueuedVirtualThreadCount() == 0;
    }
}
