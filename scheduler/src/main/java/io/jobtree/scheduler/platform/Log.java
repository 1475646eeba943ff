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
        logAbout(Level.ERROR, "The observers of ", job, " could not be called", noMemory);
    }

    public static void interruptFailed(Object job, Throwable thrown) {
        var after = " threw, by the channel that its body uses; the job stays cancelled";
        logAbout(Level.WARNING, "The interrupt of ", job, after, thrown);
    }

    /// Where the text is `before`, what it is about, and `after`, and there may be no memory for it.
    public static void logAbout(Level level, String before, Object about, String after, Throwable thrown) {
        try {
            log(level, before + about + after, thrown);
        } catch (Throwable noMemory) {
            // The jobs go on.
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
