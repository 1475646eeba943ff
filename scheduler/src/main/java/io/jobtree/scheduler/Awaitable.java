package io.jobtree.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Those who wait for a job.
abstract sealed class Awaitable extends Admission permits Lifecycle {
    private static final VarHandle WAITERS;

    static {
        try {
            WAITERS = MethodHandles.lookup().findVarHandle(Awaitable.class, "waiters", Waiter.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Newest first. Dekker: a waiter is added, then the state is read; the state says done, then this
    /// is read.
    private volatile @Nullable Waiter waiters;

    Awaitable(Scope scope) {
        super(scope);
    }

    /// Adds someone who waits; false if the job is done and will not tell.
    final boolean add(Waiter waiter) {
        for (Waiter head = waiters; ; head = waiters) {
            if (isDone()) {
                return false;
            }
            if (head != null && head.hasLeft()) {
                WAITERS.compareAndSet(this, head, head.next);
                continue;
            }
            waiter.next = head;
            if (WAITERS.compareAndSet(this, head, waiter)) {
                return !isDone() || !waiter.leave();
            }
        }
    }

    /// Takes those out that have left: a job that is polled for months must not collect them.
    final void sweepWaiters() {
        for (var waiter = waiters; waiter != null; waiter = waiter.next) {
            waiter.skipLeft();
        }
    }

    /// The job is as good as done, and is about to release its places: those who gave theirs up to wait
    /// for it ask now.
    final void callWaitersBack() {
        for (var waiter = waiters; waiter != null; waiter = waiter.next) {
            waiter.callBack();
        }
    }

    /// Wakes who waits; true if one of them now owns the failure.
    final boolean wakeAll() {
        boolean claimed = false;
        if (waiters != null) {
            for (var waiter = (Waiter) WAITERS.getAndSet(this, null); waiter != null; waiter = waiter.next) {
                boolean claims = waiter.claims();
                claimed |= waiter.deliver() && claims;
            }
        }
        return claimed;
    }
}
