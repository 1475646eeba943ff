package io.jobtree.scheduler.platform;

import io.jobtree.scheduler.platform.Failures.Connection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Suppresses a later failure on the first one, on a thread of its own: exceptions are objects of users, whose monitors
/// somebody may hold for long, and whose `getCause` may hang. Who is given up changes nothing any more.
final class Suppression implements Runnable {
    /// What a thread has to begin with it, on a busy machine.
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(1);

    /// How long the one who has a failure to suppress waits for that, once it has begun.
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// How long it waits for one lock before it looks whether that is still the one.
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /// How many are suppressed on one.
    static final int MOST = 16;

    /// Jobs may share exceptions, and what is looked at is to be so when it is changed. Another one takes its place
    /// where whoever has it hangs, and was given up; what was looked at under the former changes nothing then.
    private static volatile ReentrantLock looking = new ReentrantLock();

    /// Whoever has it changes an exception, or which lock it is.
    private static final PollingLock CHANGING = new PollingLock();

    private final Throwable first;
    private final Throwable later;

    /// Takes the lock's place where this hangs under it; made while there is memory.
    private final ReentrantLock successor = new ReentrantLock();

    /// The lock under which it looks at the two; null before and after that.
    private volatile @Nullable ReentrantLock held;

    /// Guarded by CHANGING.
    private boolean givenUp;

    /// Whether the first has it. What is not seen in time goes to the handler too.
    private volatile boolean taken;

    private Suppression(Throwable first, Throwable later) {
        this.first = first;
        this.later = later;
    }

    /// Suppresses it, unless the two are connected already: a cycle would hang whoever walks it.
    ///
    /// @return false where the first does not take it, or not in time
    static boolean tryTo(Throwable first, Throwable later) {
        var suppression = new Suppression(first, later);
        boolean isOver = false;
        try {
            var over = Threads.onDaemon("jobtree-suppressor", null, suppression);
            var _ = Backoff.within(START_NANOS, () -> suppression.held != null || over.isDone());
            isOver = Backoff.within(PATIENCE_NANOS, over::isDone);
        } catch (Throwable noMemory) {
            // Then it is given up, unless it was quick.
        }
        return suppression.settle(isOver);
    }

    /// Whether it was done; else it is given up, and so is who keeps it from beginning.
    private boolean settle(boolean isOver) {
        try (var _ = CHANGING.lock()) {
            givenUp = true;
            if (!isOver && (held == null || looking.equals(held))) {
                looking = successor;
            }
            return taken;
        }
    }

    @Override
    public void run() {
        var lock = lockOrNull();
        if (lock == null) {
            return;
        }
        try {
            if (begin(lock)) {
                take();
            }
        } finally {
            held = null;
            lock.unlock();
        }
    }

    private static @Nullable ReentrantLock lockOrNull() {
        long start = System.nanoTime();
        try {
            while (System.nanoTime() - start < START_NANOS) {
                // The one it is now: whoever hangs keeps the former.
                var lock = looking;
                if (lock.tryLock(TURN_NANOS, TimeUnit.NANOSECONDS)) {
                    return lock;
                }
            }
        } catch (InterruptedException e) {
            // Its thread's own affair.
        }
        return null;
    }

    /// False where it was given up before: nobody would give it up once more.
    private boolean begin(ReentrantLock lock) {
        try (var _ = CHANGING.lock()) {
            held = givenUp ? null : lock;
            return !givenUp;
        }
    }

    /// Has whoever gets the first get the later one too.
    private void take() {
        var there = Failures.connection(later, first);
        var back = Failures.connection(first, later);
        if (there == Connection.FOUND || back == Connection.FOUND) {
            taken = true;
        } else if (there == Connection.NONE && back == Connection.NONE) {
            add();
        }
    }

    private void add() {
        // Before the other, for it may be long in coming.
        synchronized (first) {
            try (var _ = CHANGING.lock()) {
                int before = first.getSuppressed().length;
                if (before < MOST && !givenUp && looking.equals(held)) {
                    first.addSuppressed(later);
                    // One that was made so, or by a JVM out of memory, takes none.
                    taken = first.getSuppressed().length > before;
                }
            }
        }
    }
}
