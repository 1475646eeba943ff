package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Carried;
import io.jobtree.scheduler.platform.Handles;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// What only some jobs have, so that the others do not pay for it.
final class Extras {
    // Whether observers have heard that the job was asked to stop: not before they have heard of its start, and then
    // from whichever thread comes first.
    private static final int NOT_STARTED = 0;
    private static final int STARTED = 1;
    private static final int CALLING = 2;
    private static final int CALLED = 3;

    private static final VarHandle CANCELLING = Handles.of(MethodHandles.lookup(), "cancelling", int.class);

    /// Shared mark: an observer has seen the job, and may keep it, but none wants to hear of it. Never written to.
    static final Extras KNOWN = new Extras();

    /// All bindings that were carried to the job; null where those of its scope are all, and nobody observes it.
    @Nullable
    Carried<?> carried;

    /// Whether the job is a shielded one: it counts in no limit and no number of its scheduler.
    boolean shielded;

    /// For a shielded job: the job that waits for it, and then for its places, or of which a fork does; null
    /// once that has ended.
    volatile @Nullable JobImpl<?> caller;

    /// What observers want to hear; null before they know the job.
    volatile Observers.@Nullable Observation observation;

    /// Runs the timeout. Dekker: written before the state is read, read after the state says done.
    volatile @Nullable Future<?> timer;

    private volatile int cancelling = NOT_STARTED;

    /// Calls `cancelling`.
    private volatile @Nullable Thread notifier;

    /// Observers have heard of the start. On the job's thread.
    void started() {
        CANCELLING.setRelease(this, STARTED);
    }

    /// Whether `cancelling` is yet to be called, and may be.
    boolean isCancellingUnheard() {
        return observation != null && cancelling == STARTED;
    }

    /// Whether the caller is the one who calls `cancelling`.
    boolean tryCallCancelling() {
        boolean claimed = cancelling == STARTED && CANCELLING.compareAndSet(this, STARTED, CALLING);
        if (claimed) {
            notifier = Thread.currentThread();
        }
        return claimed;
    }

    /// Whoever was to call it has, or could not: then the job's thread does.
    void endCancelling(boolean called, @Nullable Thread waiting) {
        if (notifier == Thread.currentThread()) {
            notifier = null;
            cancelling = called ? CALLED : STARTED;
            LockSupport.unpark(waiting);
        }
    }

    /// Waits for another thread that calls `cancelling` right now, so that hooks come in order; true if the
    /// caller is to call it. On the job's thread, whose interrupts came for the body.
    boolean awaitOrCallCancelling() {
        while (true) {
            if (tryCallCancelling()) {
                return true;
            }
            int now = cancelling;
            if (now == NOT_STARTED || now == CALLED) {
                return false;
            }
            if (now == CALLING) {
                LockSupport.park(this);
                Thread.interrupted();
            }
        }
    }

    /// The thread that calls `cancelling`, if the job's own, which has nothing else left to do, waits for that.
    @Nullable
    Thread awaitedNotifier(@Nullable Thread own) {
        return own != null && LockSupport.getBlocker(own) == this ? notifier : null;
    }

    void cancelTimer() {
        var running = timer;
        if (running != null) {
            try {
                running.cancel(false);
            } catch (Throwable noMemory) {
                // The waiters are yet to be woken. It comes, and finds a job that is done.
            }
            timer = null;
        }
    }
}
