package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Backoff;
import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.Threads;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread that waits for a job to be done. A waiter that claims gets the job's failure, if it is still there
/// then.
///
/// ```
/// WAITING -> REQUESTING -> REQUESTED  by the thread that ends the job: requests the waiter's places, then is done
/// WAITING | REQUESTED -> DELIVERED    by that thread: done
/// WAITING | REQUESTED -> GONE         by the waiter: interrupted, or out of time
/// ```
class Waiter {
    private static final int WAITING = 0;
    private static final int REQUESTING = 1;
    private static final int REQUESTED = 2;
    private static final int DELIVERED = 3;
    private static final int GONE = 4;
    private static final VarHandle STATUS = Handles.of(MethodHandles.lookup(), "status", int.class);

    /// Null once it has left: it may be held for a while.
    private @Nullable Thread thread;

    private final boolean claims;

    /// The one that came before. Written before the waiter is shared, then by those who skip.
    @Nullable
    Waiter next;

    /// Of the stack that it was added to; null for the first one. Written before the waiter is shared.
    Waiters.@Nullable Counts counts;

    private volatile int status = WAITING;

    /// The job that waits, and the places that it gave up. The job is written before the places, which are
    /// written by its thread.
    private @Nullable JobImpl<?> waiting;

    private volatile int gaveUp;

    /// Which places were requested. Written between REQUESTING and REQUESTED.
    private int requested;

    Waiter(@Nullable Thread thread, boolean claims) {
        this.thread = thread;
        this.claims = claims;
    }

    final boolean isDelivered() {
        return status == DELIVERED;
    }

    final boolean hasLeft() {
        return status == GONE;
    }

    /// Which places were requested; to be read once it is delivered or has left.
    final int requested() {
        return requested;
    }

    /// Whether a failure that came now would be its own.
    boolean claims() {
        return claims;
    }

    /// Leaves; false if the outcome is delivered. Not while its places are being requested.
    final boolean leave() {
        boolean interrupted = false;
        boolean left = false;
        int round = 0;
        for (int now = status; now != DELIVERED && now != GONE; now = status) {
            if (now == REQUESTING) {
                interrupted |= Backoff.pause(round++);
            } else if (STATUS.compareAndSet(this, now, GONE)) {
                forget();
                left = true;
            }
        }
        if (interrupted) {
            Threads.interruptAgain();
        }
        return left;
    }

    /// Nobody wakes it any more, and it is to hold nothing.
    void forget() {
        thread = null;
        waiting = null;
    }

    /// Takes those out that came right before it and have left. Whatever the order of several that
    /// write, the link leads to all who have not left.
    final void skipLeft() {
        var before = next;
        while (before != null && before.hasLeft()) {
            before = before.next;
        }
        next = before;
    }

    /// The waiting job has given up its places.
    final void gaveUp(@Nullable JobImpl<?> job, int held) {
        waiting = job;
        gaveUp = held;
    }

    /// Requests the places of the waiting job, if it gave up any.
    final void requestBack() {
        int held = gaveUp;
        var job = waiting;
        if (held != 0 && job != null && STATUS.compareAndSet(this, WAITING, REQUESTING)) {
            try {
                int scope = held & JobImpl.HOLDS_SCOPE;
                requested = scope;
                // The scope's first, and the other once it has that: its link is in one queue at a time.
                if (scope == 0 || Places.requestBack(job, scope)) {
                    requested = held;
                    Places.requestBack(job, held & ~scope);
                }
            } finally {
                status = REQUESTED;
            }
        }
    }

    /// Delivers; false if the waiter has left.
    final boolean deliver() {
        for (int now = status; now != GONE; now = status) {
            if (STATUS.compareAndSet(this, now, DELIVERED)) {
                wake();
                return true;
            }
        }
        return false;
    }

    void wake() {
        LockSupport.unpark(thread);
    }

    /// If there was no memory to wake it, puts it in front of others of that kind; gives the first of them.
    @Nullable
    Waiter addUnwoken(@Nullable Waiter others) {
        return others;
    }

    /// Wakes it then; gives the next of them.
    @Nullable
    Waiter wakeAtLast() {
        return null;
    }
}
