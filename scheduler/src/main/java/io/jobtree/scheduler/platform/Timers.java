package io.jobtree.scheduler.platform;

import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The clock of timeouts, which is monotonic, and its relation to the calendar.
///
/// Timeouts run on platform threads of their own, `jobtree-timer`: jobs that compute on all carriers, and
/// whatever blocks the common pool, do not delay them. A timeout cancels, which meets user code in one place:
/// the interrupt of a job that waits in a channel of its own making. So while one is under way there is always
/// another thread for the next.
public final class Timers {
    private static volatile CalendarAnchor anchor = CalendarAnchor.take();

    private static final Object LOCK = new Object();
    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    /// How many are under way. Guarded by LOCK.
    private static int busy;

    private Timers() {}

    /// Its threads start with the first timeout, and end soon after the last.
    private static ScheduledThreadPoolExecutor clock() {
        var clock = new ScheduledThreadPoolExecutor(1, task -> Threads.daemon("jobtree-timer", task));
        clock.setRemoveOnCancelPolicy(true);
        clock.setKeepAliveTime(Threads.IDLE_MILLIS, TimeUnit.MILLISECONDS);
        clock.allowCoreThreadTimeOut(true);
        return clock;
    }

    public static Future<?> after(long nanos, Runnable action) {
        return CLOCK.schedule(() -> run(action), nanos, TimeUnit.NANOSECONDS);
    }

    private static void run(Runnable action) {
        begin();
        try {
            carryOut(action);
        } finally {
            end();
        }
    }

    /// Has one more thread there, which does not end for want of work: the pool makes no other in its place as
    /// long as this one is left, which may hang.
    private static void begin() {
        synchronized (LOCK) {
            busy++;
            try {
                CLOCK.allowCoreThreadTimeOut(false);
                if (busy >= CLOCK.getCorePoolSize()) {
                    CLOCK.setCorePoolSize(busy + 1);
                }
            } catch (Throwable noThread) {
                // There is one less to spare.
            }
        }
    }

    private static void end() {
        synchronized (LOCK) {
            if (--busy == 0) {
                CLOCK.allowCoreThreadTimeOut(true);
                CLOCK.setCorePoolSize(1);
            }
        }
    }

    /// A timeout is not lost for lack of memory: it comes when there is some.
    private static void carryOut(Runnable action) {
        while (true) {
            try {
                action.run();
                return;
            } catch (OutOfMemoryError noMemory) {
                Backoff.rest();
            } catch (Throwable thrown) {
                Log.log(System.Logger.Level.ERROR, "A timeout could not be carried out", thrown);
                return;
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
