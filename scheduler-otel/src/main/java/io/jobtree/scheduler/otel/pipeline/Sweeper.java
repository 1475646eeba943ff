package io.jobtree.scheduler.otel.pipeline;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/// Has the running jobs of a telemetry looked at now and then, on one thread for the whole process, which is there
/// as long as there is something to look at.
final class Sweeper {
    private final Duration interval;
    private final WeakReference<InFlight> swept;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean closed;

    /// @param interval between two looks
    /// @param swept what looks; held weakly, so that a telemetry that nobody closes can be collected
    Sweeper(Duration interval, InFlight swept) {
        this.interval = interval;
        this.swept = new WeakReference<>(swept);
    }

    /// To be called where a job has started, after it can be found.
    void wake() {
        if (!scheduled.get() && !closed && scheduled.compareAndSet(false, true)) {
            schedule();
        }
    }

    /// Where there is no memory or no thread for that, the next job that starts tries again.
    private void schedule() {
        try {
            OneThread.LOGS.after(interval, this::sweep);
        } catch (Throwable noThread) {
            scheduled.set(false);
        }
    }

    private void sweep() {
        var inFlight = swept.get();
        if (inFlight == null || closed) {
            return;
        }
        if (look(inFlight)) {
            schedule();
            return;
        }
        scheduled.set(false);
        // A job that started before that found it scheduled.
        if (inFlight.areAnyRunning()) {
            wake();
        }
    }

    /// Whether there is something to look at again. What is thrown there ends no sweeping.
    private static boolean look(InFlight inFlight) {
        try {
            return inFlight.sweep() > 0;
        } catch (Throwable thrown) {
            inFlight.failed(thrown);
            return true;
        }
    }

    void close() {
        closed = true;
    }
}
