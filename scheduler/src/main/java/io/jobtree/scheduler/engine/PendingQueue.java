package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.Task;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The pending jobs of a limit, first in, first out. Anyone adds one and takes the first one off by one
/// compare-and-set each; the rest is guarded by the gate.
///
/// ```
/// arrived: newest -> ... -> oldest     added on top; CLOSED where nobody may wait
/// ready:   oldest -> ... -> newest     taken off in front; when none is left, what has arrived is turned round
/// ```
///
/// Why one compare-and-set on `ready` is enough: a link is added to a queue once at most, and becomes first once at
/// most. Only a sweep takes the first one off and puts it back, and links that it drops keep what is behind them. So
/// where the compare-and-set succeeds, what was read behind that link is still behind it. The link then belongs to
/// whoever gave its job a place. A job that is cancelled takes it out by [Link#leave], and leaves it behind a while.
final class PendingQueue {
    /// So many links that were left behind are let lie.
    private static final int LEAST_SWEPT = 64;

    /// Nothing is to be put on top of it.
    private static final Link CLOSED = new Link(null);

    private static final VarHandle ARRIVED = Handles.of(MethodHandles.lookup(), "arrived", Link.class);
    private static final VarHandle READY = Handles.of(MethodHandles.lookup(), "ready", Task.class);

    private volatile @Nullable Link arrived = CLOSED;

    /// Put there under the lock.
    private volatile @Nullable Task ready;

    /// How many links were left behind since the last sweep, and how many are too many. Guarded by the gate.
    private int left;

    private int mostLeft = LEAST_SWEPT;

    boolean isOpen() {
        return arrived != CLOSED;
    }

    /// Whether none is ready; there may be some that have arrived.
    boolean noneReady() {
        return ready == null;
    }

    /// Adds a link, unless the queue is closed.
    boolean add(Link link) {
        for (var top = arrived; top != CLOSED; top = arrived) {
            // First: who takes it off has to find that it was there. Whose job is cancelled now has it taken out.
            link.queue = this;
            link.next = top;
            if (ARRIVED.compareAndSet(this, top, link) || !link.leave(this)) {
                return true;
            }
        }
        return false;
    }

    /// Gives a place to the first job that is ready and has a use for it, and takes its link off; null if there is
    /// none.
    ///
    /// @param locked whether the caller has the gate's lock: nobody sweeps the queue meanwhile
    @Nullable
    JobImpl<?> grantFirst(Gate gate, boolean locked) {
        for (var first = ready; first != null; first = ready) {
            var link = (Link) first;
            // Of no use, and anything, if somebody else has taken the first off meanwhile.
            var next = first.next;
            var job = link.job;
            // Before it is taken off: nobody is to find an empty queue while it has no place.
            boolean granted = job != null && job.grantPending(gate.bit);
            boolean off = READY.compareAndSet(this, first, next);
            if (granted) {
                gate.noteStart();
                if (!off && !locked) {
                    try (var _ = gate.lock.lock()) {
                        // Another has taken it off, or has swept the queue meanwhile and put it in front again.
                        READY.compareAndSet(this, first, first.next);
                    }
                }
                link.next = null;
                if (link.leave(this)) {
                    gate.addFreed();
                }
                return job;
            }
        }
        return null;
    }

    // Under the gate's lock

    /// Adds a link, also to a closed queue, which stays closed to others until it is opened.
    void addLocked(Link link) {
        if (!add(link)) {
            link.queue = this;
            link.next = null;
            ready = link;
        }
    }

    void open() {
        if (arrived == CLOSED) {
            arrived = null;
        }
    }

    /// Closes it if nothing has arrived.
    boolean close() {
        return arrived == CLOSED || ARRIVED.compareAndSet(this, null, CLOSED);
    }

    /// Makes ready what has arrived, where nothing else is; false if then nothing is ready.
    boolean makeReady() {
        if (ready == null) {
            var newest = arrived;
            if (newest == null || newest == CLOSED) {
                return false;
            }
            ready = Task.oldestFirst((Link) ARRIVED.getAndSet(this, null));
        }
        return true;
    }

    /// Takes the link of a job that waits no more out of it; false if it is not there.
    boolean remove(Link link) {
        if (!link.leave(this)) {
            return false;
        }
        if (++left > mostLeft) {
            mostLeft = Math.max(sweep(), LEAST_SWEPT);
        }
        return true;
    }

    int size() {
        return sweep();
    }

    /// The first one; null where there is none.
    @Nullable
    Link first() {
        sweep();
        if (ready == null && makeReady()) {
            sweep();
        }
        return (Link) ready;
    }

    /// Lets go of what was left behind; gives how many wait.
    private int sweep() {
        left = 0;
        // Nobody is to take off what is looked at; who wants to waits for the lock. What is left out still leads to
        // what is behind it, for one who has found it before.
        var first = (Task) READY.getAndSet(this, null);
        while (first != null && !waits(first)) {
            first = first.next;
        }
        // The newest stays: another may be about to be put on top of it.
        var newest = arrived;
        int size = sweepBehind(first) + (newest == CLOSED ? 0 : sweepBehind(newest));
        ready = first;
        return size;
    }

    /// Lets go of what was left behind after this one; gives how many wait, this one included.
    private int sweepBehind(@Nullable Task first) {
        if (first == null) {
            return 0;
        }
        int size = waits(first) ? 1 : 0;
        var last = first;
        for (var link = first.next; link != null; link = link.next) {
            if (waits(link)) {
                size++;
                last.next = link;
                last = link;
            }
        }
        last.next = null;
        return size;
    }

    private boolean waits(Task link) {
        return ((Link) link).queue == this;
    }
}
