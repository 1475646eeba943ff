package io.jobtree.scheduler;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// What only some jobs have, so that the others do not pay for it.
final class Extras {
    /// Bindings to add to those of the scope.
    ScopedValue.@Nullable Carrier carrier;

    /// What observers want to hear. Null before they were told of the job, and once its end was told.
    private volatile Observers.@Nullable Observation observation;

    /// Whether the job is a shielded one: it counts in no limit and no number of its scheduler.
    boolean shielded;

    /// For a shielded job: the job that waits for it and has lent it its places.
    @Nullable
    JobImpl<?> lender;

    /// Runs the timeout. Dekker: written before the state is read, read after the state says done.
    private volatile @Nullable Future<?> timer;

    Observers.@Nullable Observation observation() {
        return observation;
    }

    synchronized void observation(Observers.@Nullable Observation observation) {
        this.observation = observation;
    }

    /// Whoever takes it tells of the end.
    synchronized Observers.@Nullable Observation takeObservation() {
        var taken = observation;
        observation = null;
        return taken;
    }

    void timer(Future<?> timer) {
        this.timer = timer;
    }

    void cancelTimer() {
        var running = timer;
        if (running != null) {
            running.cancel(false);
            timer = null;
        }
    }
}
