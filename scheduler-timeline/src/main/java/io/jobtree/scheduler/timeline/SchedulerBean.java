package io.jobtree.scheduler.timeline;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.JobTree;
import io.jobtree.scheduler.Scheduler;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A scheduler's bean. It does not keep a scheduler that was dropped without `close` from being collected,
/// and reported.
final class SchedulerBean implements SchedulerMXBean {
    private final String name;
    private final WeakReference<Scheduler> reference;

    SchedulerBean(Scheduler scheduler) {
        name = scheduler.name();
        reference = new WeakReference<>(scheduler);
    }

    Optional<Scheduler> scheduler() {
        return Optional.ofNullable(reference.get());
    }

    private Optional<JobTree> tree() {
        return scheduler().map(Scheduler::tree);
    }

    private Stream<JobTree> jobs(JobState state) {
        var found = new ArrayList<JobTree>();
        var trees = new ArrayDeque<JobTree>();
        tree().ifPresent(trees::add);
        for (var tree = trees.poll(); tree != null; tree = trees.poll()) {
            if (tree.state().equals(Optional.of(state))) {
                found.add(tree);
            }
            trees.addAll(tree.children());
        }
        return found.stream();
    }

    private Optional<JobTree> oldestPending() {
        return jobs(JobState.PENDING).min(Comparator.comparingLong(JobTree::id));
    }

    private static String named(JobTree job) {
        return job.path() + " #" + job.id();
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isClosed() {
        return scheduler().map(Scheduler::isClosed).orElse(true);
    }

    @Override
    public int getActiveCount() {
        return scheduler().map(Scheduler::activeCount).orElse(0);
    }

    @Override
    public int getPendingCount() {
        return scheduler().map(Scheduler::pendingCount).orElse(0);
    }

    @Override
    public int getJobCount() {
        return tree().map(JobTree::size).orElse(0);
    }

    @Override
    public int getLimit() {
        return scheduler().map(open -> open.options().limit().orElse(0)).orElse(0);
    }

    @Override
    public int getPendingLimit() {
        return scheduler().map(open -> open.options().pendingLimit().orElse(0)).orElse(0);
    }

    @Override
    public String getOldestPending() {
        return oldestPending().map(SchedulerBean::named).orElse("");
    }

    @Override
    public double getOldestPendingSeconds() {
        return oldestPending().map(job -> job.age().toNanos() / 1e9).orElse(0.0);
    }

    @Override
    public List<String> getStragglers() {
        return jobs(JobState.CANCELLING).map(SchedulerBean::named).toList();
    }

    @Override
    public String getTree() {
        return tree().map(JobTree::toString).orElse("");
    }

    @Override
    public String getTreeJson() {
        return tree().map(JobTree::toJson).orElse("{}");
    }

    @Override
    public String getWaits() {
        return tree().map(JobTree::waits).orElse("");
    }

    @Override
    public int cancel(String path) {
        int count = 0;
        var jobs = new ArrayDeque<Job<?>>(scheduler().map(Scheduler::jobs).orElse(List.of()));
        for (var job = jobs.poll(); job != null; job = jobs.poll()) {
            boolean isMeant = isPathOf(job, path) || isNameOf(job, path);
            if (!isMeant) {
                jobs.addAll(job.children());
            } else if (job.cancel()) {
                count++;
            }
        }
        return count;
    }

    private static boolean isPathOf(Job<?> job, String path) {
        return path.equals(job.path());
    }

    /// A picture has only the last names of a very long path.
    private static boolean isNameOf(Job<?> job, String named) {
        var id = " #" + job.id();
        if (!named.endsWith(id)) {
            return false;
        }
        var path = named.substring(0, named.length() - id.length());
        return isPathOf(job, path) || (path.startsWith("…/") && job.path().endsWith(path.substring(1)));
    }
}
