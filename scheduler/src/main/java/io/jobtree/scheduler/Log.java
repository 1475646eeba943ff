package io.jobtree.scheduler;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/// The scheduler's log, `io.jobtree.scheduler`, with a net below it: a logger that throws never harms a
/// job.
final class Log {
    private static final System.Logger LOGGER = System.getLogger("io.jobtree.scheduler");

    private Log() {}

    static void handlerThrew(Job<?> job, Throwable failure, Throwable thrown) {
        var both = new IllegalStateException("Failure handler threw " + thrown + " when told of " + job, failure);
        both.addSuppressed(thrown);
        log(Level.ERROR, "A failure handler threw; the job and the scheduler go on", both);
    }

    static void log(Level level, String message, @Nullable Throwable thrown) {
        try {
            LOGGER.log(level, message, thrown);
        } catch (RuntimeException | Error broken) {
            System.err.println(level + " " + message + (thrown == null ? "" : ": " + thrown) + " (and the logger threw "
                    + broken + ")");
        }
    }
}
