package io.jobtree.scheduler.platform;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Suppresses a later failure on the first one, on a thread of its own: exceptions are objects of users, whose monitors
/// somebody may hold for long, and whose `getCause` may hang. Who is given up changes nothing any more.
final class Suppression implements Runnable {
    /// How long the one who has a failure to suppress waits for that.
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// How many are suppressed on one.
    static final int MOST = 16;

    private static final int WAITING = 0;
    private static final int BEGUN = 1;
    private static final int GIVEN_UP = 2;
    private static final VarHandle STATUS = Handles.of(MethodHandles.lookup(), "status", int.class);

    /// Jobs may share exceptions, and what is looked at is to be so when it is changed. Another one takes its place
    /// where whoever has it hangs, and was given up.
    private static volatile ReentrantLock looking = new ReentrantLock();

    private final Throwable first;
    private final Throwable later;
    private volatile int status = WAITING;
    private volatile @Nullable ReentrantLock held;
    private boolean taken;

    private Suppression(Throwable first, Throwable later) {
        this.first = first;
        this.later = later;
    }

    /// Suppresses it, unless there are enough of them, or the two are connected already: a cycle would hang whoever
    /// walks it.
    ///
    /// @return false where the first does not take it, or not in time
    static boolean tryTo(Throwable first, Throwable later) {
        var suppression = new Suppression(first, later);
        Future<?> over;
        try {
            over = Threads.onDaemon("jobtree-suppressor", null, suppression);
        } catch (Throwable noThread) {
            return false;
        }
        if (!Backoff.within(PATIENCE_NANOS, over::isDone) && suppression.giveUp()) {
            return false;
        }
        Backoff.until(over::isDone);
        return suppression.taken;
    }

    /// False where it is about to be over.
    private boolean giveUp() {
        boolean given = STATUS.compareAndSet(this, WAITING, GIVEN_UP);
        if (given && isIdentical(held, looking)) {
            looking = new ReentrantLock();
        }
        return given;
    }

    @SuppressWarnings("ReferenceEquality") // the very lock
    private static boolean isIdentical(@Nullable ReentrantLock one, ReentrantLock other) {
        return one == other;
    }

    @Override
    public void run() {
        var lock = looking;
        if (!tryLock(lock)) {
            return;
        }
        try {
            // Dekker: before it is looked whether this was given up.
            held = lock;
            taken = status == WAITING && (isConnected() || tryAdd());
        } finally {
            lock.unlock();
        }
    }

    private static boolean tryLock(ReentrantLock lock) {
        try {
            return lock.tryLock(PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    private boolean isConnected() {
        return Failures.leadsTo(later, first) || Failures.leadsTo(first, later);
    }

    private boolean tryAdd() {
        synchronized (first) {
            if (!STATUS.compareAndSet(this, WAITING, BEGUN)) {
                return false;
            }
            if (first.getSuppressed().length < MOST) {
                first.addSuppressed(later);
            }
            // One that was made so, or by a JVM out of memory, has none.
            return first.getSuppressed().length > 0;
        }
    }
}
