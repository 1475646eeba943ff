package io.jobtree.proof.delays;

import io.jobtree.scheduler.JobScope;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// A scope, and what was spawned into it.
final class Group {
    final JobScope scope;

    /// 0 for none.
    final int limit;

    /// Null for a scheduler.
    final @Nullable Node owner;

    final Crowd crowd = new Crowd();
    final List<Node> nodes = new CopyOnWriteArrayList<>();
    private volatile boolean cancelled;

    Group(JobScope scope, int limit, @Nullable Node owner) {
        this.scope = scope;
        this.limit = limit;
        this.owner = owner;
    }

    void cancel() {
        cancelled = true;
        scope.cancel();
    }

    boolean isCancelled() {
        return cancelled;
    }

    @Nullable
    Node any(Random random) {
        int size = nodes.size();
        return size == 0 ? null : nodes.get(random.nextInt(size));
    }

    /// Whether a child's failure fails the owner.
    boolean isFailFast() {
        return owner != null && !owner.supervised;
    }
}
