package io.jobtree.scheduler.otel.compat;

import io.jobtree.scheduler.otel.semconv.Instrumentation;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/// The log of this module, with a net below it: a logger that throws, and an exception that cannot be printed, cost
/// no span.
public final class Warnings {
    private static final System.Logger LOGGER = System.getLogger(Instrumentation.NAME);

    private Warnings() {}

    public static void log(String message, @Nullable Throwable thrown) {
        try {
            LOGGER.log(Level.WARNING, "JobTelemetry: " + message, thrown);
        } catch (Throwable broken) {
            toErrorStream(message, thrown, broken);
        }
    }

    private static void toErrorStream(String message, @Nullable Throwable thrown, Throwable broken) {
        try {
            // By their classes: what they say of themselves may be what throws.
            System.err.println("WARNING JobTelemetry: " + message + (thrown == null ? "" : ": " + name(thrown))
                    + " (and the logger threw " + name(broken) + ")");
        } catch (Throwable hopeless) {
            // There is nowhere left to say it.
        }
    }

    private static String name(Throwable thrown) {
        return thrown.getClass().getName();
    }
}
