package io.jobtree.scheduler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// Finds and describes the jobs that outlive a close: those whose own code still runs.
final class Stragglers {
    private Stragglers() {}

    static List<JobImpl<?>> of(Scheduler scheduler) {
        var found = new ArrayList<JobImpl<?>>();
        var queue = new ArrayDeque<Scope>();
        queue.add(scheduler);
        for (var scope = queue.poll(); scope != null; scope = queue.poll()) {
            for (var job : scope.live.list(any -> true)) {
                var below = job.branch;
                int before = queue.size();
                if (below != null && below.live.count(any -> true) > 0) {
                    queue.add(below);
                }
                if (job.thread != null || queue.size() == before) {
                    found.add(job);
                }
            }
        }
        return found;
    }

    static StragglerException exception(JobImpl<?> job) {
        var running = job.thread;
        var stack = running == null ? new StackTraceElement[0] : running.getStackTrace();
        return new StragglerException(
                job + " did not stop within " + job.scheduler().options().closeTimeout() + " after it was cancelled, "
                        + Pictures.seconds(job.age())
                        + " after it was spawned; it goes on, at the stack shown; "
                        + "a body stops when it lets an interrupt end it",
                stack);
    }
}
