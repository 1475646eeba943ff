package io.jobtree.scheduler.junit5.find;

import java.util.List;
import java.util.concurrent.ExecutorService;

/// Asks threads and executors whose classes may be a user's: what such a method throws is not to end the check.
public final class ForeignObjects {
    private ForeignObjects() {}

    /// One that does not say counts as running, as long as it lives.
    public static Thread.State state(Thread thread) {
        try {
            return thread.getState();
        } catch (RuntimeException | Error thrown) {
            return thread.isAlive() ? Thread.State.RUNNABLE : Thread.State.TERMINATED;
        }
    }

    /// Empty if the thread does not say.
    public static List<StackTraceElement> stack(Thread thread) {
        try {
            return List.of(thread.getStackTrace());
        } catch (RuntimeException | Error thrown) {
            return List.of();
        }
    }

    /// One that does not say counts as open.
    public static boolean isShutdown(ExecutorService executor) {
        try {
            return executor.isShutdown();
        } catch (RuntimeException | Error thrown) {
            return false;
        }
    }

    /// The same.
    public static boolean isTerminated(ExecutorService executor) {
        try {
            return executor.isTerminated();
        } catch (RuntimeException | Error thrown) {
            return false;
        }
    }
}
