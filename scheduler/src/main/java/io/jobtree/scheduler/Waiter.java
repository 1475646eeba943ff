package io.jobtree.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread that waits for a job to be done. A waiter that claims owns the job's failure, if it is
/// still there to get it.
///
/// ```
/// WAITING -> DELIVERED    by the thread that ends the job
/// WAITING -> GONE         by the waiter: interrupted, or out of time
/// ```
class Waiter {
    private static final int WAITING = 0;
    private static final int DELIVERED = 1;
    private static final int GONE = 2;
    private static final VarHandle STATUS;

    static {
        try {
            STATUS = MethodHandles.lookup().findVarHandle(Waiter.class, "status", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable Thread thread;
    final boolean claims;

    /// The one that came before. Written before the waiter is shared.
    @Nullable
    Waiter next;

    private volatile int status = WAITING;

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

    /// Leaves; false if the outcome was delivered before.
    final boolean leave() {
        return STATUS.compareAndSet(this, WAITING, GONE);
    }

    /// Delivers; false if the waiter has left.
    final boolean deliver() {
        if (!STATUS.compareAndSet(this, WAITING, DELIVERED)) {
            return false;
        }
        wake();
        return true;
    }

    void wake() {
        LockSupport.unpark(thread);
    }
}
