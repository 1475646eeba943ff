package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Handles;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Those who wait for a job: a stack, newest first, in the job's own field.
///
/// Dekker: a waiter is added, then the state is read; the state says done, then the stack is read.
final class Waiters {
    /// So few that have left are not worth a sweep.
    private static final int FEW = 16;

    private static final VarHandle WAITERS =
            Handles.of(MethodHandles.lookup().in(JobImpl.class), "waiters", Waiter.class);
    private static final VarHandle LEFT = Handles.of(MethodHandles.lookup().in(Waiter.class), "left", int.class);

    private Waiters() {}

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
            waiter.next = head;
            waiter.depth = head == null ? 1 : head.depth + 1;
            waiter.left = head == null ? 0 : head.left;
            if (WAITERS.compareAndSet(job, head, waiter)) {
                return !job.isDone() || !waiter.leave();
            }
        }
    }

    /// Leaves; false if the outcome has been delivered. Those who have left are taken out when they are half of
    /// the stack: a constant number of steps for each.
    static boolean leave(JobImpl<?> job, Waiter waiter) {
        if (!waiter.leave()) {
            return false;
        }
        var head = job.waiters;
        if (head != null) {
            int left = (int) LEFT.getAndAdd(head, 1) + 1;
            if (left >= FEW && 2 * left >= head.depth && LEFT.compareAndSet(head, left, 0)) {
                sweep(head);
            }
        }
        return true;
    }

    private static void sweep(Waiter head) {
        int stay = 0;
        for (var waiter = head; waiter != null; waiter = waiter.next) {
            waiter.skipLeft();
            stay++;
        }
        head.depth = stay;
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
        if (job.waiters != null) {
            for (var waiter = (Waiter) WAITERS.getAndSet(job, null); waiter != null; waiter = waiter.next) {
                boolean claims = waiter.claims();
                claimed |= waiter.deliver() && claims;
            }
        }
        return claimed;
    }
}
