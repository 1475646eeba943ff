package io.jobtree.scheduler;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/// The scheduler's log, `io.jobtree.scheduler`, with a net below it: a logger that throws never harms a
/// job.
final class Log {
    private static volatile boolean exiting;

    private Log() {}

    /// From now on errors go to the error stream too: java.util.logging takes its handlers down while the JVM
    /// exits, without a notice.
    static void beginExit() {
        exiting = true;
    }

    static void handlerThrew(JobImpl<?> job, Throwable failure, Throwable thrown) {
        try {
            logHandler(job, failure, thrown);
        } catch (Throwable noMemory) {
            // The job goes on.
        }
    }

    @SuppressWarnings("ReferenceEquality") // an exception may have an equals that throws
    private static void logHandler(JobImpl<?> job, Throwable failure, Throwable thrown) {
        var both = new IllegalStateException(
                "Failure handler threw " + Text.of(thrown) + " when called for " + job, failure);
        if (thrown != failure) {
            both.addSuppressed(thrown);
        }
        log(Level.ERROR, "A failure handler threw; the job and the scheduler go on", both);
    }

    static void hookNotCalled(JobImpl<?> job, Throwable noMemory) {
        try {
            log(Level.ERROR, "The observers of " + job + " could not be called", noMemory);
        } catch (Throwable stillNone) {
            // The job goes on.
        }
    }

    static void interruptFailed(JobImpl<?> job, Throwable thrown) {
        try {
            log(
                    Level.WARNING,
                    "The interrupt of " + job + " threw, by the channel that its body uses; the job stays cancelled",
                    thrown);
        } catch (Throwable noMemory) {
            // The job goes on.
        }
    }

    static void log(Level level, String message, @Nullable Throwable thrown) {
        try {
            if (exiting && level == Level.ERROR) {
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
            System.err.println(level + " " + message + (thrown == null ? "" : ": " + Text.of(thrown))
                    + " (and the logger threw " + Text.of(broken) + ")");
        } catch (Throwable hopeless) {
            // There is nowhere left to say it.
        }
    }
}
