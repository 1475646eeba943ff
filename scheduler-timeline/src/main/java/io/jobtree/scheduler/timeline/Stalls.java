package io.jobtree.scheduler.timeline;

import io.jobtree.scheduler.JobTree;
import io.jobtree.scheduler.JobTree.Kind;
import io.jobtree.scheduler.Scheduler;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// Finds the limits at which nothing has moved since it last looked: pending jobs start in the order of
/// their spawn, so the first one tells.
final class Stalls {
    /// The first pending job of each limit, when this last looked.
    private Map<Place, Long> before = new HashMap<>();

    /// A limit: one of several schedulers of one name, or of several limits, is as good as another here.
    private record Place(String scheduler, String limit) {}

    /// The jobs that wait at a limit.
    private record Queue(JobTree first, int length) {
        Queue with(JobTree job) {
            return new Queue(job.id() < first.id() ? job : first, length + 1);
        }
    }

    /// Called by JFR, on a thread of its own, once each period.
    synchronized void look() {
        Map<Place, Long> now = new HashMap<>();
        for (var scheduler : Scheduler.all()) {
            var tree = scheduler.tree();
            queues(tree).forEach((place, queue) -> {
                now.put(place, queue.first.id());
                if (before.getOrDefault(place, 0L) == queue.first.id()) {
                    commit(tree, place, queue);
                }
            });
            if (tree.waits().contains("\ndeadlock: ")) {
                commit(tree, new Place(tree.name(), ""), new Queue(tree, 0));
            }
        }
        before = now;
    }

    private static Map<Place, Queue> queues(JobTree root) {
        Map<Place, Queue> queues = new LinkedHashMap<>();
        var trees = new ArrayDeque<JobTree>();
        trees.add(root);
        for (var tree = trees.poll(); tree != null; tree = trees.poll()) {
            var job = tree;
            job.waitsFor()
                    .filter(wait -> wait.kind() == Kind.PLACE)
                    .ifPresent(wait -> queues.merge(
                            new Place(root.name(), wait.name()), new Queue(job, 1), (queue, any) -> queue.with(job)));
            trees.addAll(job.children());
        }
        return queues;
    }

    private static void commit(JobTree tree, Place place, Queue queue) {
        var event = new StallEvent();
        event.scheduler = place.scheduler;
        event.limit = place.limit;
        event.pending = queue.length;
        event.first = queue.length == 0 ? "" : queue.first.path() + " #" + queue.first.id();
        event.pendingFor = queue.first.age().toNanos();
        event.waits = tree.waits();
        event.commit();
    }
}
