package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.StragglerException;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.text.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds and describes the jobs that outlive a close: those whose own code still runs, hooks included.
final class Stragglers {
    private static final StackTraceElement[] NO_STACK = {};

    private Stragglers() {}

    /// Oldest first.
    static List<JobImpl<?>> of(RootScope scheduler) {
        if (scheduler.live.isIdle() && scheduler.reporting.isEmpty()) {
            return List.of();
        }
        var found = new ArrayList<JobImpl<?>>();
        scheduler.eachBelow(job -> {
            if (isCause(job)) {
                found.add(job);
            }
        });
        scheduler.reporting.stream()
                .filter(job -> isAwaited(job) && !found.contains(job))
                .forEach(found::add);
        found.sort(Comparator.comparingLong(JobImpl::id));
        return found;
    }

    /// Also one that its scope refused, and that is in no list: its parent waits for its observers.
    private static boolean isAwaited(JobImpl<?> job) {
        var parent = job.parentOrNull();
        return parent != null && !parent.isDone() && !job.isDone();
    }

    /// Whether it does not only wait for what is below it.
    private static boolean isCause(JobImpl<?> job) {
        var below = job.branch;
        return job.isBodyRunning() || below == null || !below.hasUnfinished();
    }

    /// @param timeout how long they had after they were cancelled
    static void report(List<JobImpl<?>> found, Duration timeout) {
        var reportingBelow = reportingBelow(found.getFirst().root());
        for (var job : found) {
            for (int attempt = 1;
                    !tryReport(job, reportingBelow.get(job), timeout) && attempt < Retry.MOST_ATTEMPTS;
                    attempt++) {
                Retry.rest();
            }
        }
    }

    private static Map<JobImpl<?>, JobImpl<?>> reportingBelow(RootScope scheduler) {
        for (int attempt = 1; ; attempt++) {
            try {
                return scheduler.reportingBelow();
            } catch (OutOfMemoryError noMemory) {
                if (!Retry.mayTryAgain(attempt, noMemory)) {
                    // They are reported all the same, some with another stack.
                    return Map.of();
                }
            }
        }
    }

    /// False where there is no memory for it.
    ///
    /// @param reporting the job for whose failure handler its thread waits; null for none
    private static boolean tryReport(JobImpl<?> job, @Nullable JobImpl<?> reporting, Duration timeout) {
        Observers.Observation observed;
        StragglerException failure;
        try {
            // First: a job that is done has none.
            observed = job.observation();
            var notifier = job.awaitedNotifier();
            var handler = reporting == null ? null : reporting.runner();
            var running = notifier != null ? notifier : handler != null ? handler : job.runner();
            var stack = running == null ? NO_STACK : running.getStackTrace();
            if (job.isDone() || Exits.isExit(stack)) {
                // Done since it was found: the others have taken a while.
                return true;
            }
            failure = exception(job, stack, timeout);
        } catch (OutOfMemoryError noMemory) {
            return false;
        }
        FailureNotice.deliver(job, observed, failure, null);
        return true;
    }

    private static StragglerException exception(JobImpl<?> job, StackTraceElement[] stack, Duration timeout) {
        return ApiAccess.get()
                .straggler(
                        job + " did not stop within " + timeout
                                + " after it was cancelled, "
                                + Texts.duration(job.age())
                                + " after it was spawned; it goes on, at the stack shown; "
                                + "a body stops when it lets an interrupt end it",
                        stack);
    }
}
