package io.jobtree.scheduler.platform;

import io.jobtree.scheduler.text.Texts;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/// The scheduler's log, `io.jobtree.scheduler`, with a net below it: a logger that throws never harms a
/// job.
public final class Log {
    private static volatile boolean exiting;

    private Log() {}

    /// From now on warnings and errors go to the error stream too: java.util.logging takes its handlers down while
    /// the JVM exits, without a notice.
    public static void beginExit() {
        exiting = true;
    }

    public static void handlerThrew(Object job, Throwable failure, Throwable thrown) {
        try {
            logHandler(job, failure, thrown);
        } catch (Throwable noMemory) {
            // The job goes on.
        }
    }

    @SuppressWarnings("ReferenceEquality") // an exception may have an equals that throws
    private static void logHandler(Object job, Throwable failure, Throwable thrown) {
        var both = new IllegalStateException(
                "Failure handler threw " + Texts.of(thrown) + " when called for " + job, failure);
        if (thrown != failure) {
            both.addSuppressed(thrown);
        }
        log(Level.ERROR, "A failure handler threw; the job and the scheduler go on", both);
    }

    public static void hookNotCalled(Object job, Throwable noMemory) {
        try {
            log(Level.ERROR, "The observers of " + job + " could not be called", noMemory);
        } catch (Throwable stillNone) {
            // The job goes on.
        }
    }

    public static void interruptFailed(Object job, Throwable thrown) {
        try {
            log(
                    Level.WARNING,
                    "The interrupt of " + job + " threw, by the channel that its body uses; the job stays cancelled",
                    thrown);
        } catch (Throwable noMemory) {
            // The job goes on.
        }
    }

    public static void log(Level level, String message, @Nullable Throwable thrown) {
        try {
            if (exiting && level.getSeverity() >= Level.WARNING.getSeverity()) {
                System.err.println(message);
                if (thrown != null) {
                    thrown.printStackTrace();
                }
            }
            // Not kept: it is the program that says when logging begins.
            System.getLogger("io.jobtree.scheduler").log(level, message, thrown);
        } catch (Throwable broken) {
            toErrorStream(level, message, thrown, broken);
        }
    }

    private static void toErrorStream(Level level, String message, @Nullable Throwable thrown, Throwable broken) {
        try {
            System.err.println(level + " " + message + (thrown == null ? "" : ": " + Texts.of(thrown))
                    + " (and the logger threw " + Texts.of(broken) + ")");
        } catch (Throwable hopeless) {
            // There is nowhere left to say it.
        }
    }
}
