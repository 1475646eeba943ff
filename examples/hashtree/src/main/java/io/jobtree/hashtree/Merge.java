package io.jobtree.hashtree;

import io.jobtree.scheduler.JobScope;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The items of several walks as one sequence, in the order of paths. The walks may overlap, as those of `a`
/// and `a/b` do.
///
/// Walks are started in the order of where they begin, a few ahead of the one that is being printed.
final class Merge {
    static final int WALKS_AHEAD = 64;

    private final JobScope scope;
    private final Deque<Walk> waiting;
    private final Deque<Walk> started = new ArrayDeque<>();
    private final PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(Head::path));
    private @Nullable Walk printed;

    Merge(JobScope scope, List<Walk> walks) {
        this.scope = scope;
        this.waiting = new ArrayDeque<>(
                walks.stream().sorted(Comparator.comparing(Walk::from)).toList());
    }

    /// Waits for the next item; null after the last one.
    @Nullable
    Item next() throws InterruptedException {
        if (printed != null) {
            advance(printed);
        }
        startAhead();
        while (!started.isEmpty() && isNeeded(started.element())) {
            advance(started.remove());
            startAhead();
        }
        var head = heads.poll();
        printed = head == null ? null : head.walk;
        return head == null ? null : head.item;
    }

    /// Whether the walk may have an item before all those known.
    private boolean isNeeded(Walk walk) {
        var head = heads.peek();
        return head == null || walk.from().compareTo(head.path) <= 0;
    }

    private void startAhead() throws InterruptedException {
        while (started.size() < WALKS_AHEAD && !waiting.isEmpty()) {
            var walk = waiting.remove();
            walk.start(scope);
            started.add(walk);
        }
    }

    private void advance(Walk walk) throws InterruptedException {
        switch (walk.next()) {
            case Item.Hash hash -> heads.add(new Head(hash.shown(), hash, walk));
            case Item.Problem problem -> heads.add(new Head(problem.shown(), problem, walk));
            case Item.End _ -> {}
        }
    }

    /// The first item of a walk that is not printed yet.
    private record Head(String path, Item item, Walk walk) {}
}
