package io.jobtree.scheduler.platform;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The clock of timeouts, which is monotonic, and its relation to the calendar.
///
/// Timeouts run on platform threads, `jobtree-timer`: jobs that compute on all carriers, and whatever blocks the
/// common pool, do not delay them. One is the clock, which only hands over; it starts with the first timeout, and ends
/// soon after the last. It has a runner carry out all that is due. That may meet user code in one place: the interrupt
/// of a job that waits in a channel of its own making. So where the runner does not get on, the clock has another go
/// on with the next.
///
/// Jobs add and cancel timeouts on virtual threads, and none of these may come before the clock in a queue for a lock,
/// as [PollingLock] tells: so the timeouts are kept where no lock is needed.
public final class Timers {
    private static volatile CalendarAnchor anchor = CalendarAnchor.take();

    /// How long one timeout may hold up the next.
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /// What a runner's thread has to start. One that was out of memory may never do so.
    private static final long START_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /// 146 years: two of them can be told apart by their difference.
    private static final long MOST_NANOS = Long.MAX_VALUE / 2;

    private static final ConcurrentSkipListSet<Timeout> PENDING = new ConcurrentSkipListSet<>();
    private static final AtomicLong ADDED = new AtomicLong();

    /// Whoever has it starts the clock, or ends it.
    private static final PollingLock CLOCK_LOCK = new PollingLock();

    private static volatile @Nullable Thread clock;

    /// When the clock wakes by itself.
    private static volatile long wakesAt;

    static {
        Handles.initialize(MethodHandles.lookup(), List.of(Timeout.class, Clock.class, Runner.class));
        // And what the JDK's set needs.
        var timeout = new Timeout(System.nanoTime(), () -> {});
        PENDING.add(timeout);
        var _ = first();
        timeout.cancel(false);
    }

    private Timers() {}

    /// Does something later, unless that is cancelled before.
    ///
    /// @return cancels it
    public static Future<?> after(long nanos, Runnable action) {
        var timeout = new Timeout(System.nanoTime() + Math.clamp(nanos, 0, MOST_NANOS), action);
        try {
            PENDING.add(timeout);
            // Dekker: after it is there. A clock that sleeps, or ends, looks for one after it has said so.
            ensureClockComes(timeout.at);
        } catch (Throwable noMemory) {
            timeout.cancel(false);
            throw noMemory;
        }
        return timeout;
    }

    private static void ensureClockComes(long at) {
        var running = clock;
        if (running != null) {
            if (at - wakesAt < 0) {
                LockSupport.unpark(running);
            }
            return;
        }
        try (var _ = CLOCK_LOCK.lock()) {
            if (clock == null) {
                var started = Threads.daemon("jobtree-timer", new Clock());
                started.start();
                clock = started;
            }
        }
    }

    /// The one that is due first; null if there is none.
    private static @Nullable Timeout first() {
        var all = PENDING.iterator();
        return all.hasNext() ? all.next() : null;
    }

    /// Something that is to be done at some time, unless it is cancelled before.
    private static final class Timeout implements Comparable<Timeout>, Future<@Nullable Void> {
        private static final VarHandle ACTION = Handles.of(MethodHandles.lookup(), "action", Runnable.class);

        private final long at;
        private final long number = ADDED.incrementAndGet();

        /// Null once somebody carries it out, or it is cancelled.
        private volatile @Nullable Runnable action;

        Timeout(long at, Runnable action) {
            this.at = at;
            this.action = action;
        }

        /// False where it is carried out already.
        @Override
        public boolean cancel(boolean mayInterrupt) {
            return take() != null;
        }

        /// Gives it to one caller, and null to the others.
        private @Nullable Runnable take() {
            var taken = action;
            boolean first = taken != null && ACTION.compareAndSet(this, taken, null);
            try {
                PENDING.remove(this);
            } catch (Throwable noMemory) {
                // Who finds it there tries again.
            }
            return first ? taken : null;
        }

        @Override
        public boolean isCancelled() {
            return isDone();
        }

        @Override
        public boolean isDone() {
            return action == null;
        }

        @Override
        public @Nullable Void get() {
            throw new UnsupportedOperationException("nobody waits for a timeout");
        }

        @Override
        public @Nullable Void get(long timeout, TimeUnit unit) {
            return get();
        }

        private boolean isDue() {
            return at - System.nanoTime() <= 0;
        }

        @Override
        public int compareTo(Timeout other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at - other.at, 0);
        }
    }

    /// Waits for the first timeout, and has it carried out.
    private static final class Clock implements Runnable {
        private @Nullable Runner runner;

        private static final int NONE = -1;

        /// How far the runner was, and since when.
        private int known = NONE;

        private long knownSince;

        @Override
        public void run() {
            // Whoever starts this has the lock until it is known.
            CLOCK_LOCK.lock().close();
            boolean goesOn = true;
            while (goesOn) {
                try {
                    goesOn = turn();
                } catch (Throwable noMemory) {
                    Retry.rest();
                }
            }
        }

        /// Waits for what comes next; false once the clock has ended.
        private boolean turn() {
            // Who interrupts all threads that it finds is not to keep this one from parking.
            var _ = Thread.interrupted();
            var first = first();
            if (first != null && first.isDue()) {
                ensureRunner();
                // Who has carried out all that is due ends this wait.
                wakesAt = System.nanoTime() + PATIENCE_NANOS;
                LockSupport.parkNanos(Timers.class, PATIENCE_NANOS);
                return true;
            }
            wakesAt = first == null ? System.nanoTime() + Threads.IDLE_NANOS : first.at;
            // Dekker: the set reads without order, and not before it was said when this wakes, or that it ends.
            VarHandle.fullFence();
            if (first() == first) {
                LockSupport.parkNanos(Timers.class, wakesAt - System.nanoTime());
            }
            return first != null || !PENDING.isEmpty() || !tryEnd();
        }

        private void ensureRunner() {
            var running = runner;
            if (running == null || running.isOver || isHeldUp(running)) {
                var next = new Runner(Thread.currentThread());
                var _ = Threads.onDaemon("jobtree-timer", null, next);
                runner = next;
                known = NONE;
            }
        }

        private boolean isHeldUp(Runner running) {
            int step = running.step;
            if (step != known) {
                known = step;
                knownSince = System.nanoTime();
                return false;
            }
            return System.nanoTime() - knownSince >= (step == 0 ? START_NANOS : PATIENCE_NANOS);
        }

        private static boolean tryEnd() {
            try (var _ = CLOCK_LOCK.lock()) {
                var self = clock;
                clock = null;
                VarHandle.fullFence();
                if (PENDING.isEmpty()) {
                    return true;
                }
                clock = self;
                return false;
            }
        }
    }

    /// Carries out what is due.
    private static final class Runner implements Runnable {
        private final Thread clock;

        /// Counts what it has begun, itself included. Written by its thread alone.
        private volatile int step;

        private volatile boolean isOver;

        Runner(Thread clock) {
            this.clock = clock;
        }

        @Override
        public void run() {
            int steps = 1;
            try {
                step = steps;
                for (var next = first(); next != null && next.isDue(); next = first()) {
                    var action = next.take();
                    if (action != null) {
                        step = ++steps;
                        carryOut(action);
                        // An interrupt may be a user's code, which interrupts this thread.
                        var _ = Thread.interrupted();
                    }
                }
            } finally {
                isOver = true;
                LockSupport.unpark(clock);
            }
        }

        /// A timeout is not lost for lack of memory: it comes when there is some.
        private static void carryOut(Runnable action) {
            try {
                Retry.runOnceThereIsMemory(action);
            } catch (Throwable thrown) {
                Log.log(System.Logger.Level.ERROR, "A timeout could not be carried out", thrown);
            }
        }
    }

    /// The moment of a reading of `nanoTime`, by the calendar as it is now: whoever asks compares it with that.
    public static Instant instant(long nanos) {
        var known = anchor;
        var followed = known.follow(CalendarAnchor.take());
        if (!followed.equals(known)) {
            anchor = followed;
        }
        return followed.at(nanos);
    }
}
