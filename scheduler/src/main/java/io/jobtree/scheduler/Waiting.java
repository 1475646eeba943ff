package io.jobtree.scheduler;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// How a thread waits for a job, and what a job gives up meanwhile.
final class Waiting {
    /// As long as it takes.
    static final long FOREVER = Long.MAX_VALUE;

    private Waiting() {}

    /// Waits until the job is done, as one who owns its failure or not; false if the time ran out.
    static boolean until(JobImpl<?> job, long nanos, boolean claims) throws InterruptedException {
        if (job.isDone()) {
            return true;
        }
        var parent = job.parentOrNull();
        var current = parent != null && parent.isOnItsThread() ? parent : JobImpl.currentOrNull();
        ensureNotBelow(current, job);
        if (Thread.interrupted()) {
            throw new InterruptedException(job + ": interrupted before the wait for it");
        }
        var waiter = new Waiter(Thread.currentThread(), claims);
        if (!job.add(waiter)) {
            return true;
        }
        long start = nanos == FOREVER ? 0 : System.nanoTime();
        if (current == null || !current.isOnItsThread()) {
            return park(job, waiter, start, nanos);
        }
        var self = current;
        int held = self.takeHeld();
        // Before the release: the job may start by it, and be over at once.
        waiter.gaveUp(self, held);
        self.release(held);
        self.waitsFor = job;
        try {
            if (parent == self && !job.isBranch()) {
                letRun(waiter);
            }
            return park(job, waiter, start, nanos);
        } finally {
            self.retake(held, waiter.wasCalledBack());
            self.waitsFor = null;
        }
    }

    /// Waits with a waiter that the job knew before it started, and places that it was lent.
    static void untilDelivered(JobImpl<?> job, Waiter waiter) throws InterruptedException {
        var self = JobImpl.ofThisThread();
        if (self != null) {
            self.waitsFor = job;
        }
        try {
            park(job, waiter, 0, FOREVER);
        } finally {
            if (self != null) {
                self.waitsFor = null;
            }
        }
    }

    /// The child's thread, if this one has just started it, stands in this carrier's queue: a yield may
    /// save a wake-up. A child with children of its own will hardly be done by then.
    @SuppressWarnings("ThreadPriorityCheck")
    private static void letRun(Waiter waiter) {
        if (!waiter.isDelivered()) {
            Thread.yield();
        }
    }

    private static boolean park(JobImpl<?> job, Waiter waiter, long start, long nanos) throws InterruptedException {
        while (!waiter.isDelivered()) {
            long left = nanos == FOREVER ? FOREVER : nanos - (System.nanoTime() - start);
            boolean interrupted = Thread.currentThread().isInterrupted();
            // If the outcome came first the interrupt stays for later: the outcome, and a failure in
            // it, is ours.
            if ((interrupted || left <= 0) && waiter.leave()) {
                job.sweepWaiters();
                if (interrupted) {
                    Thread.interrupted();
                    throw new InterruptedException(job + ": interrupted during the wait for it");
                }
                return false;
            }
            if (nanos == FOREVER) {
                LockSupport.park(job);
            } else {
                LockSupport.parkNanos(job, left);
            }
        }
        return true;
    }

    /// Waits until the job is done, without owning its failure; interrupts are kept for later.
    static void untilDone(JobImpl<?> job) {
        var waiter = new Waiter(Thread.currentThread(), false);
        if (!job.add(waiter)) {
            return;
        }
        boolean interrupted = false;
        while (!waiter.isDelivered()) {
            LockSupport.park(job);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Throws IllegalStateException if the current job is the one to wait for, or below it.
    static void ensureNotBelow(@Nullable JobImpl<?> current, JobImpl<?> job) {
        for (var above = current; above != null && above.depth() >= job.depth(); above = above.parentOrNull()) {
            if (above == job) {
                throw new IllegalStateException(
                        current == job
                                ? job + " cannot wait for itself"
                                : current + " cannot wait for " + job + ", which is above it and waits for it to end");
            }
        }
    }
}
