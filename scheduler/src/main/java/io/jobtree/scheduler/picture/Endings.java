package io.jobtree.scheduler.picture;

import io.jobtree.scheduler.JobTree;
import io.jobtree.scheduler.JobTree.Kind;
import io.jobtree.scheduler.JobTree.Ref;
import io.jobtree.scheduler.JobTree.Wait;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which jobs of a picture can end: those that wait for nobody, then those that wait for them, and so on.
///
/// Each job is looked at when it is found to be free, and when it is found that it can end, and those who wait for it
/// are notified. Who waits for the same list shares a count. So this is linear in the size of the picture, in whatever
/// order jobs wait for each other.
final class Endings {
    private final Map<Long, JobTree> jobs;
    private final Map<Long, JobTree> parents = new HashMap<>();

    /// How many of a job's children are not known to end.
    private final Map<Long, Integer> childrenLeft = new HashMap<>();

    // By the list that is waited for: until all in it have ended, or until one of them is free.
    private final IdentityHashMap<List<Ref>, Waiting> waitingForAll = new IdentityHashMap<>();
    private final IdentityHashMap<List<Ref>, Waiting> waitingForAny = new IdentityHashMap<>();

    // By the job that is waited for: until it ends, or until it is free.
    private final Map<Long, List<Waiting>> untilEnd = new HashMap<>();
    private final Map<Long, List<Waiting>> untilFree = new HashMap<>();

    /// Jobs whose wait can end, or that do not wait: their bodies may get on.
    private final Set<Long> free = new HashSet<>();

    /// Jobs whose body may get on, and everything below them too.
    private final Set<Long> canEnd = new HashSet<>();

    /// Those that are free, and are still to be looked at.
    private final ArrayDeque<JobTree> found = new ArrayDeque<>();

    /// Jobs that wait for the same list.
    private static final class Waiting {
        private final List<JobTree> jobs = new ArrayList<>();

        /// How many in that list have yet to end, or to be free, before the wait can end.
        private int left;

        Waiting(int left) {
            this.left = left;
        }
    }

    /// @param jobs all in the picture, by their ids
    Endings(Map<Long, JobTree> jobs) {
        this.jobs = jobs;
        jobs.values().forEach(this::add);
        for (var job = found.poll(); job != null; job = found.poll()) {
            if (free.add(job.id())) {
                release(untilFree, job);
                endUpwards(job);
            }
        }
    }

    boolean isFree(JobTree job) {
        return free.contains(job.id());
    }

    boolean canEnd(JobTree job) {
        return canEnd.contains(job.id());
    }

    private void add(JobTree job) {
        var children = new HashSet<Long>();
        for (var child : job.children()) {
            children.add(child.id());
            parents.put(child.id(), job);
        }
        childrenLeft.put(job.id(), children.size());
        var wait = job.waitsFor().orElse(null);
        var waiting = wait == null || wait.timed() ? null : waiting(wait);
        if (waiting == null || waiting.left == 0) {
            found.add(job);
        } else {
            waiting.jobs.add(job);
        }
    }

    private Waiting waiting(Wait wait) {
        return wait.kind() == Kind.JOB || wait.kind() == Kind.IDLE
                ? waitingForAll.computeIfAbsent(wait.jobs(), all -> waiting(all, known(all), untilEnd))
                // A holder need not end: its place is free once its body is over, or waits.
                : waitingForAny.computeIfAbsent(
                        wait.jobs(), all -> waiting(all, all.isEmpty() || known(all) < all.size() ? 0 : 1, untilFree));
    }

    /// Of a job that is not in the picture nothing bad is known.
    private int known(List<Ref> all) {
        return (int) all.stream().filter(ref -> jobs.containsKey(ref.id())).count();
    }

    private static Waiting waiting(List<Ref> all, int left, Map<Long, List<Waiting>> until) {
        var waiting = new Waiting(left);
        if (left > 0) {
            all.forEach(ref ->
                    until.computeIfAbsent(ref.id(), any -> new ArrayList<>(1)).add(waiting));
        }
        return waiting;
    }

    private void release(Map<Long, List<Waiting>> until, JobTree job) {
        for (var waiting : until.getOrDefault(job.id(), List.of())) {
            if (waiting.left > 0 && --waiting.left == 0) {
                found.addAll(waiting.jobs);
            }
        }
    }

    /// The job can end if all below it can; so then can those above it for which that was the last to be known.
    private void endUpwards(JobTree from) {
        @Nullable JobTree job = from;
        while (job != null && isFree(job) && childrenLeft.getOrDefault(job.id(), 0) == 0 && canEnd.add(job.id())) {
            release(untilEnd, job);
            job = parents.get(job.id());
            if (job != null) {
                childrenLeft.merge(job.id(), -1, Integer::sum);
            }
        }
    }
}
