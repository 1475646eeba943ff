package io.jobtree.scheduler.engine;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A first-in, first-out queue that can also let go of one in the middle. Guarded by its gate.
final class LinkQueue {
    private @Nullable Link first;
    private @Nullable Link last;
    private int size;

    boolean isEmpty() {
        return first == null;
    }

    @Nullable
    Link first() {
        return first;
    }

    int size() {
        return size;
    }

    void add(Link link) {
        link.queue = this;
        link.next = null;
        link.previous = last;
        if (last == null) {
            first = link;
        } else {
            last.next = link;
        }
        last = link;
        size++;
    }

    /// Takes out the first one.
    Link remove() {
        var link = Objects.requireNonNull(first, "first");
        remove(link);
        return link;
    }

    /// Takes the link out, if it is in this queue.
    void remove(Link link) {
        if (link.queue != this) {
            return;
        }
        var before = link.previous;
        var after = (Link) link.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        link.queue = null;
        link.previous = null;
        link.next = null;
        size--;
    }
}
