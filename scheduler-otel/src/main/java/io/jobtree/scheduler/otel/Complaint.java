package io.jobtree.scheduler.otel;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/// Says once that something a user gave to the builder throws; jobs and their spans go on without it.
final class Complaint {
    private static final System.Logger LOGGER = System.getLogger(Keys.INSTRUMENTATION);

    private final AtomicBoolean made = new AtomicBoolean();

    void about(String what, RuntimeException broken) {
        if (made.compareAndSet(false, true)) {
            LOGGER.log(Level.WARNING, "JobTelemetry: " + what + " threw; done without, and not logged again", broken);
        }
    }
}
