package io.jobtree.scheduler.synctest.runtime;

import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Something that happens when the clock gets there.
final class Timer<V> extends FutureTask<V> implements ScheduledFuture<V> {
    enum Kind {
        /// Something for the JDK itself, which does not block: the driver does it.
        WAKE_UP,
        /// Something of the user's, which gets a thread.
        TASK,
        /// The same for what outlives a bubble.
        LASTING_TASK
    }

    private final Simulation simulation;
    private final long sequence;

    private final Kind kind;

    private long at;

    /// Zero: once. Positive: at that rate. Negative: that long after each run.
    private final long period;

    Timer(Simulation simulation, Callable<V> action, long delay, long period, long sequence, Kind kind) {
        super(action);
        this.simulation = simulation;
        this.at = simulation.clock().elapsed() + Math.max(delay, 0);
        this.period = period;
        this.sequence = sequence;
        this.kind = kind;
    }

    long at() {
        return at;
    }

    boolean isLasting() {
        return kind == Kind.LASTING_TASK;
    }

    void fire() {
        if (kind == Kind.WAKE_UP) {
            run();
        } else {
            simulation.start("timer", this);
        }
    }

    @Override
    public void run() {
        if (period == 0) {
            super.run();
        } else if (runAndReset()) {
            at = period > 0 ? at + period : simulation.clock().elapsed() - period;
            simulation.timers().add(this);
        }
    }

    @Override
    protected void done() {
        simulation.timers().remove(this);
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(at - simulation.clock().elapsed(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        if (other instanceof Timer<?> timer) {
            int byTime = Long.compare(at, timer.at);
            return byTime != 0 ? byTime : Long.compare(sequence, timer.sequence);
        }
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
