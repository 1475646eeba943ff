package io.jobtree.scheduler;

import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// What only some jobs have, so that the others do not pay for it.
final class Extras {
    /// Bindings to add to those of the scope.
    ScopedValue.@Nullable Carrier carrier;

    /// Whether the job is a shielded one: it counts in no limit and no number of its scheduler.
    boolean shielded;

    /// For a shielded job: the job that waits for it, if one does.
    @Nullable
    JobImpl<?> caller;

    /// What observers want to hear; null before they know the job.
    private volatile Observers.@Nullable Observation observation;

    /// Runs the timeout. Dekker: written before the state is read, read after the state says done.
    private volatile @Nullable Future<?> timer;

    Observers.@Nullable Observation observation() {
        return observation;
    }

    void observation(Observers.Observation observation) {
        this.observation = observation;
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
