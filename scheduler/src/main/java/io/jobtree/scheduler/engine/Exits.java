package io.jobtree.scheduler.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Finds out which jobs have called `System.exit`, or wait for one that has: the JVM waits for the closing, and
/// they for the JVM.
final class Exits {
    private static final int MOST_WAITS = 64;

    private final RootScope scheduler;

    /// One that goes on, seen the last time. By the one thread that asks.
    private @Nullable JobImpl<?> goingOn;

    private int found;

    /// Which job's failure handler another job's thread waits for, by scheduler. Of one look.
    private final Map<RootScope, Map<JobImpl<?>, JobImpl<?>>> reportingBelow = new HashMap<>();

    /// The scopes that a job waits for, and whether they never come to an end. Of one look.
    private final Map<Scope, Boolean> heldUp = new HashMap<>();

    Exits(RootScope scheduler) {
        this.scheduler = scheduler;
    }

    /// Whether there are jobs left, or handlers that run, and each has called `System.exit`, or has only children
    /// that have.
    ///
    /// @param waiting also those count that wait for one that has
    boolean areAllThatIsLeft(boolean waiting) {
        boolean isAll = look(waiting);
        // Twice: a job may have waited for another when it was looked at, and that may be over since.
        return isAll && look(waiting);
    }

    private boolean look(boolean waiting) {
        heldUp.clear();
        reportingBelow.clear();
        var before = goingOn;
        if (before != null && !before.isDone() && isIndependent(before, waiting) && !counts(before, waiting)) {
            return false;
        }
        goingOn = null;
        found = 0;
        scheduler.eachBelow(job -> look(job, waiting));
        // Handlers may call it too.
        scheduler.reporting.stream().forEach(job -> look(job, waiting));
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
    private boolean isIndependent(JobImpl<?> job, boolean waiting) {
        return !hasChildren(job) && !(waiting && (job.isInQueue() || isReturning(job)));
    }

    /// Whether it waits to have its places back after another wait.
    private static boolean isReturning(JobImpl<?> job) {
        var running = job.runner();
        return running != null && LockSupport.getBlocker(running) instanceof Gate;
    }

    private boolean hasChildren(JobImpl<?> job) {
        var below = job.branch;
        return below != null && (below.hasUnfinished() || reportingBelow(job) != null);
    }

    private boolean counts(JobImpl<?> job, boolean waiting) {
        return waiting ? waitsForExit(job, true) : isExiting(job) || isInJoinForExit(job);
    }

    /// Whether it was cancelled in `join` of a future of one that has called `System.exit`: no interrupt ends that.
    private boolean isInJoinForExit(JobImpl<?> job) {
        var running = job.runner();
        return running != null
                && job.isStopped()
                && isIn(running.getStackTrace(), CompletableFuture.class.getName(), "join")
                && waitsForExit(job, true);
    }

    /// Whether it waits for one that has called `System.exit`, or for what never ends for want of that.
    ///
    /// @param deep also below the jobs and scopes that it waits for
    private boolean waitsForExit(JobImpl<?> job, boolean deep) {
        var last = job;
        for (int i = 0; i < MOST_WAITS; i++) {
            if (isExiting(last) || (deep && last != job && isHeldUp(last.branch))) {
                return true;
            }
            if (Pictures.isTimed(last)) {
                return false;
            }
            if (last.waitsFor instanceof JobImpl<?> other) {
                last = other;
            } else {
                return deep && last.waitsFor instanceof Pictures.Idle(var scope) && isHeldUp(scope);
            }
        }
        return false;
    }

    /// Whether a job in this scope, or below it, has called `System.exit`, or waits for one that has.
    private boolean isHeldUp(@Nullable Scope scope) {
        return scope != null && heldUp.computeIfAbsent(scope, any -> scope.anyBelow(job -> waitsForExit(job, false)));
    }

    private boolean isExiting(JobImpl<?> job) {
        var below = reportingBelow(job);
        return isInExit(job.runner()) || isInExit(job.awaitedNotifier()) || (below != null && isExiting(below));
    }

    private @Nullable JobImpl<?> reportingBelow(JobImpl<?> job) {
        return reportingBelow
                .computeIfAbsent(job.root(), RootScope::reportingBelow)
                .get(job);
    }

    static boolean isInExit(@Nullable Thread thread) {
        return thread != null && isExit(thread.getStackTrace());
    }

    /// Whether a thread with this stack is in `System.exit`.
    static boolean isExit(StackTraceElement[] stack) {
        return isIn(stack, "java.lang.Shutdown", "exit");
    }

    private static boolean isIn(StackTraceElement[] stack, String type, String method) {
        return Arrays.stream(stack)
                .anyMatch(frame -> frame.getClassName().equals(type)
                        && frame.getMethodName().equals(method));
    }
}
