package io.jobtree.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// What only some jobs have, so that the others do not pay for it.
final class Extras {
    private static final VarHandle OBSERVATION;

    static {
        try {
            OBSERVATION =
                    MethodHandles.lookup().findVarHandle(Extras.class, "observation", Observers.Observation.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

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

    void observation(Observers.Observation observation) {
        this.observation = observation;
    }

    /// Whoever takes it tells of the end.
    Observers.@Nullable Observation takeObservation() {
        return (Observers.Observation) OBSERVATION.getAndSet(this, null);
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
