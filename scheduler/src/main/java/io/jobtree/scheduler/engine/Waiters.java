package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Handles;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Those who wait for a job: a stack, newest first, in the job's own field.
///
/// Dekker: a waiter is added, then the state is read; the state says done, then the stack is read.
final class Waiters {
    /// So few that have left are not worth a sweep.
    private static final int FEW = 16;

    private static final VarHandle WAITERS =
            Handles.of(MethodHandles.lookup().in(JobImpl.class), "waiters", Waiter.class);
    private static final VarHandle LEFT = Handles.of(MethodHandles.lookup().in(Counts.class), "left", int.class);

    private Waiters() {}

    /// Counts of one stack, shared by all its waiters but the first. Waiters that were taken off the top count as
    /// standing until a sweep, so a sweep comes at half or earlier, never later.
    static final class Counts {
        /// About how many there are: of those that come at once some may not be counted.
        int standing = 1;

        /// How many have left since it was swept.
        volatile int left;
    }

    /// Adds a waiter; false if the job is done and will not wake it.
    static boolean add(JobImpl<?> job, Waiter waiter) {
        for (Waiter head = job.waiters; ; head = job.waiters) {
            if (job.isDone()) {
                return false;
            }
            if (head != null && head.hasLeft()) {
                WAITERS.compareAndSet(job, head, head.next);
                continue;
            }
            var counts = head == null ? null : countsOf(head);
            waiter.next = head;
            waiter.counts = counts;
            if (WAITERS.compareAndSet(job, head, waiter)) {
                if (counts != null) {
                    counts.standing++;
                }
                return !job.isDone() || !waiter.leave();
            }
        }
    }

    private static @Nullable Counts countsOf(Waiter head) {
        try {
            var known = head.counts;
            return known == null ? new Counts() : known;
        } catch (OutOfMemoryError noMemory) {
            // Those who leave are held a while longer.
            return null;
        }
    }

    /// Leaves; false if the outcome has been delivered. Those who have left are taken out when they are half of
    /// the stack: a constant number of steps for each.
    static boolean leave(JobImpl<?> job, Waiter waiter) {
        if (!waiter.leave()) {
            return false;
        }
        var head = job.waiters;
        var counts = head == null ? null : head.counts;
        if (head != null && counts != null) {
            int left = (int) LEFT.getAndAdd(counts, 1) + 1;
            if (left >= FEW && 2 * left >= counts.standing && LEFT.compareAndSet(counts, left, 0)) {
                sweep(head, counts);
            }
        }
        return true;
    }

    private static void sweep(Waiter head, Counts counts) {
        int stay = 0;
        for (var waiter = head; waiter != null; waiter = waiter.next) {
            waiter.skipLeft();
            stay++;
        }
        counts.standing = stay;
    }

    /// The job is as good as done, and is about to release its places: those who gave theirs up to wait for it
    /// ask now.
    static void requestBack(JobImpl<?> job) {
        for (var waiter = job.waiters; waiter != null; waiter = waiter.next) {
            waiter.requestBack();
        }
    }

    /// Wakes the waiters; true if one of them now has the failure.
    static boolean wakeAll(JobImpl<?> job) {
        boolean claimed = false;
        Waiter unwoken = null;
        if (job.waiters != null) {
            for (var waiter = (Waiter) WAITERS.getAndSet(job, null); waiter != null; ) {
                var next = waiter.next;
                boolean claims = waiter.claims();
                claimed |= waiter.deliver() && claims;
                // Who keeps a future is not to keep all that came before it.
                waiter.next = null;
                unwoken = waiter.addUnwoken(unwoken);
                waiter = next;
            }
        }
        // After all others, which what these run may wait for.
        while (unwoken != null) {
            unwoken = unwoken.wakeAtLast();
        }
        return claimed;
    }
}
