package io.jobtree.scheduler.junit5.threads;

import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.jspecify.annotations.Nullable;

/// Takes thread dumps only while no virtual thread runs.
///
/// Some JDKs may crash in `dumpThreads` when a virtual thread is mounted, unmounted or ends in the moment that it is
/// looked at (JDK-8364343, JDK-8392031). Parked ones are safe.
final class QuietMoment {
    /// For all tests of a run together, until there was a quiet moment again: a computing thread would else hold up
    /// every test.
    private static final long MAX_WAIT_NANOS = 40_000_000;

    private static final long POLL_NANOS = 100_000;

    private long waitedNanos;

    /// A dump; null if there is no quiet moment.
    synchronized @Nullable ThreadDump dump() {
        return isReached() ? ThreadDump.take() : null;
    }

    private boolean isReached() {
        var threads = ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
        int self = Thread.currentThread().isVirtual() ? 1 : 0;
        long start = System.nanoTime();
        while (threads.getMountedVirtualThreadCount() > self || threads.getQueuedVirtualThreadCount() > 0) {
            if (waitedNanos + System.nanoTime() - start > MAX_WAIT_NANOS
                    || Thread.currentThread().isInterrupted()) {
                waitedNanos += System.nanoTime() - start;
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        waitedNanos = 0;
        return true;
    }
}
