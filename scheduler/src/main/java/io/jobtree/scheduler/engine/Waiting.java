package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.platform.Backoff;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Stack;
import io.jobtree.scheduler.platform.Threads;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// How a thread waits for a job, and what a job gives up meanwhile.
public final class Waiting {
    /// As long as it takes.
    static final long FOREVER = Long.MAX_VALUE;

    private Waiting() {}

    /// Waits until the job is done, as one who gets its failure or not; false if the time ran out.
    static boolean until(JobImpl<?> job, long nanos, boolean claims) throws InterruptedException {
        if (job.isDone()) {
            return true;
        }
        Stack.ensureRoom();
        job.root().ensureWhole();
        var parent = job.parentOrNull();
        var current = parent != null && parent.isOnItsThread() ? parent : JobImpl.currentOrNull();
        ensureNotBelow(current, job);
        ensureNotInterrupted(job);
        var waiter = new Waiter(Thread.currentThread(), claims);
        if (!Waiters.add(job, waiter)) {
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
        var before = self.waitsFor;
        self.waitsFor = job;
        try {
            Places.release(self.holding, held);
            if (parent == self && !job.isBranch()) {
                letRun(waiter);
            }
            return park(job, waiter, start, nanos);
        } finally {
            // Also where no wait was possible: places that were taken back are not to be requested any more.
            if (!waiter.isDelivered()) {
                Waiters.leave(job, waiter);
            }
            end(self, held, waiter.requested(), before);
        }
    }

    /// The wait is over, also where the stack has no room for the wait for the places.
    private static void end(JobImpl<?> self, int held, int requested, @Nullable Object waitedFor) {
        try {
            Places.takeBack(self, held, requested);
        } finally {
            self.waitsFor = waitedFor;
        }
    }

    /// Waits with a waiter that the job knew before it started, for a job that has the places of the waiting
    /// one.
    static void untilDelivered(@Nullable JobImpl<?> self, JobImpl<?> job, Waiter waiter) throws InterruptedException {
        var before = self == null ? null : self.waitsFor;
        if (self != null) {
            self.waitsFor = job;
        }
        try {
            park(job, waiter, 0, FOREVER);
        } finally {
            if (self != null) {
                self.waitsFor = before;
            }
        }
    }

    /// Something that waits.
    ///
    /// @param <T> the type of what came of it
    /// @param <E> what else than a RuntimeException it throws
    @FunctionalInterface
    public interface Wait<T extends @Nullable Object, E extends Exception> {
        /// Waits.
        ///
        /// @return what came of it
        /// @throws E if the wait came to nothing
        T await() throws E;
    }

    /// Calls something that waits: the job that this thread runs gives its places up meanwhile.
    ///
    /// @param what what it waits for, for pictures
    /// @param wait the wait
    /// @param <T> the type of what came of it
    /// @param <E> what else than a RuntimeException it throws
    /// @return what came of it
    /// @throws E if the wait came to nothing
    public static <T extends @Nullable Object, E extends Exception> T whileWithoutPlaces(Object what, Wait<T, E> wait)
            throws E {
        return whileWithoutPlaces(what, null, wait);
    }

    /// As above, for a wait that ends with a job, or before: that job requests the places back as it ends.
    static <T extends @Nullable Object, E extends Exception> T whileWithoutPlaces(
            Object what, @Nullable JobImpl<?> awaited, Wait<T, E> wait) throws E {
        var self = JobImpl.ofThisThread();
        if (self == null) {
            return wait.await();
        }
        Stack.ensureRoom();
        var waiter = new Waiter(Thread.currentThread(), false);
        int held = self.takeHeld();
        waiter.gaveUp(self, held);
        var before = self.waitsFor;
        self.waitsFor = what;
        boolean added = false;
        try {
            added = awaited != null && Waiters.add(awaited, waiter);
            Places.release(self.holding, held);
            return wait.await();
        } finally {
            if (added && awaited != null) {
                Waiters.leave(awaited, waiter);
            }
            end(self, held, waiter.requested(), before);
        }
    }

    /// The child's thread, if this one has just started it, stands in this carrier's queue: a yield may save a
    /// wake-up. A child with children of its own will hardly be done by then.
    private static void letRun(Waiter waiter) {
        if (!waiter.isDelivered()) {
            Backoff.yieldOnce();
        }
    }

    /// Waits for a job that the calling thread does not have to give up places for; false if the time ran out.
    static boolean park(JobImpl<?> job, Waiter waiter, long start, long nanos) throws InterruptedException {
        try {
            while (!waiter.isDelivered()) {
                long left = nanos == FOREVER ? FOREVER : nanos - (System.nanoTime() - start);
                boolean interrupted = Thread.currentThread().isInterrupted();
                // If the outcome came first the interrupt stays for later: the outcome, and a failure in it, is ours.
                if ((interrupted || left <= 0) && Waiters.leave(job, waiter)) {
                    ensureNotInterrupted(job);
                    if (interrupted) {
                        // By its own word: a thread's class may have its own `isInterrupted`.
                        throw interrupted(job);
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
        } catch (Throwable noWait) {
            // To park takes stack too, and the more the deeper it is; and a thread's class may be a user's.
            if (Waiters.leave(job, waiter) || waiter.hasLeft()) {
                throw noWait;
            }
            // The outcome came first: nobody else gets a failure in it.
            return true;
        }
    }

    static void ensureNotInterrupted(Object awaited) throws InterruptedException {
        if (Thread.interrupted()) {
            throw interrupted(awaited);
        }
    }

    private static InterruptedException interrupted(Object awaited) {
        return new InterruptedException(awaited + ": interrupted while waiting for it");
    }

    /// Waits until the job is done, without getting its failure; interrupts are kept for later.
    static void untilDone(JobImpl<?> job) {
        var waiter = addedOnceThereIsMemory(job);
        boolean interrupted = false;
        while (waiter != null && !waiter.isDelivered()) {
            LockSupport.park(job);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Threads.interruptAgain();
        }
    }

    /// Null if the job is done.
    private static @Nullable Waiter addedOnceThereIsMemory(JobImpl<?> job) {
        while (!job.isDone()) {
            try {
                var waiter = new Waiter(Thread.currentThread(), false);
                return Waiters.add(job, waiter) ? waiter : null;
            } catch (OutOfMemoryError noMemory) {
                Retry.rest();
            }
        }
        return null;
    }

    /// Throws what a wait would throw at once.
    ///
    /// @param job the one to wait for
    /// @throws IllegalStateException if the job calls it that it waits for, or one below that
    public static void ensureMayWait(Job<?> job) {
        if (job instanceof JobImpl<?> known && !known.isDone()) {
            ensureNotBelow(JobImpl.currentOrNull(), known);
        }
    }

    /// Throws IllegalStateException if the current job is the one to wait for, or below it, or if this thread
    /// is yet to start it.
    static void ensureNotBelow(@Nullable JobImpl<?> current, JobImpl<?> job) {
        if (job.isBeingSpawnedHere()) {
            throw new IllegalStateException(
                    job + " cannot be waited for by an observer that hears of its spawn: it starts after that");
        }
        // A shielded one is as good as a child of the job that waits for it.
        for (var own = current; own != null; own = own.callerOfShield()) {
            for (JobImpl<?> above = own; above != null && above.depth() >= job.depth(); above = above.parentOrNull()) {
                if (above == job) {
                    throw new IllegalStateException(
                            current == job
                                    ? job + " cannot wait for itself"
                                    : current + " cannot wait for " + job
                                            + ", which is above it and waits for it to end");
                }
            }
        }
    }

    /// Throws IllegalStateException if the current job is in the scope, or below one that is. Not for a job that
    /// is done, whose failure handler may wait.
    static void ensureNotIn(Scope scope) {
        for (var current = JobImpl.currentOrNull(); current != null; current = current.callerOfShield()) {
            ensureNotIn(scope, current);
        }
    }

    private static void ensureNotIn(Scope scope, JobImpl<?> current) {
        for (JobImpl<?> above = current; above != null && above.depth() >= scope.depth; above = above.parentOrNull()) {
            if (above.scope() == scope && !above.isDone()) {
                throw new IllegalStateException(current + " cannot wait for " + scope.title()
                        + " to be idle; it is one of its jobs, or below one");
            }
        }
    }
}
