package io.jobtree.scheduler.engine;

import org.jspecify.annotations.Nullable;

/// Finds out which jobs have called `System.exit`, or wait for one that has: the JVM waits for the closing, and
/// they for the JVM.
final class Exits {
    private static final int MOST_WAITS = 64;

    private final RootScope scheduler;

    /// One that goes on, seen the last time. By the one thread that asks.
    private @Nullable JobImpl<?> goingOn;

    private int found;

    Exits(RootScope scheduler) {
        this.scheduler = scheduler;
    }

    /// Whether there are jobs left, or handlers that run, and each has called `System.exit`, or has only children
    /// that have.
    ///
    /// @param waiting also those count that wait for one that has
    boolean areAllThatIsLeft(boolean waiting) {
        var before = goingOn;
        if (before != null && !before.isDone() && isIndependent(before, waiting) && !counts(before, waiting)) {
            return false;
        }
        goingOn = null;
        found = 0;
        scheduler.eachBelow(job -> look(job, waiting));
        // Handlers may call it too.
        scheduler.reporting().forEach(job -> look(job, waiting));
        return goingOn == null && found > 0;
    }

    private void look(JobImpl<?> job, boolean waiting) {
        if (goingOn == null && isIndependent(job, waiting)) {
            if (counts(job, waiting)) {
                found++;
            } else {
                goingOn = job;
            }
        }
    }

    /// Whether it depends on no other job: on none below it, nor on those that hold the places it is pending for.
    private static boolean isIndependent(JobImpl<?> job, boolean waiting) {
        return !hasChildren(job) && !(waiting && job.isInQueue());
    }

    private static boolean hasChildren(JobImpl<?> job) {
        var below = job.branch;
        return below != null && below.live.newest(any -> true) != null;
    }

    private static boolean counts(JobImpl<?> job, boolean waiting) {
        return waiting ? waitsForExit(job) : isExiting(job);
    }

    private static boolean waitsForExit(JobImpl<?> job) {
        var last = job;
        for (int i = 0; i < MOST_WAITS; i++) {
            if (isExiting(last)) {
                return true;
            }
            if (!(last.waitsFor instanceof JobImpl<?> other) || Pictures.isTimed(last)) {
                return false;
            }
            last = other;
        }
        return false;
    }

    private static boolean isExiting(JobImpl<?> job) {
        return isInExit(job.runner()) || isInExit(job.awaitedNotifier());
    }

    private static boolean isInExit(@Nullable Thread thread) {
        return thread != null && isExit(thread.getStackTrace());
    }

    /// Whether a thread with this stack is in `System.exit`.
    static boolean isExit(StackTraceElement[] stack) {
        for (var frame : stack) {
            if (frame.getClassName().equals("java.lang.Shutdown")) {
                return true;
            }
        }
        return false;
    }
}
