package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.JobObservation;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/// Of a job that is not observed otherwise: the spawner's context is current in its body, with baggage and all.
final class CarriedContext implements JobObservation {
    private final Context context;
    private @Nullable Scope current;

    CarriedContext(Context context) {
        this.context = context;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed by stopped.
    public void starting() {
        current = context.makeCurrent();
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed by the scheduler.
    public AutoCloseable makeCurrent() {
        return context.makeCurrent();
    }

    @Override
    public void stopped() {
        if (current != null) {
            current.close();
            current = null;
        }
    }
}
