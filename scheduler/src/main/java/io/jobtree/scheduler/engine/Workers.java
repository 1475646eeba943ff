package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.PollingLock;
import io.jobtree.scheduler.platform.Task;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Under thread reuse: the jobs that have their places and wait for a thread, first in, first out. The [Worker]s of one
/// supervisor take them, each the next as soon as it has ended one.
///
/// ```
/// arrived: newest -> ... -> oldest     anyone adds one on top by a compare-and-set
/// ready:   oldest -> ... -> newest     anyone takes the first off by one; who finds none turns round what has arrived
/// ```
///
/// While a job is there the supervisor is awake, or about to be, or a worker is on its way: who adds one where none has
/// arrived wakes it, and so does who makes several ready. It starts one worker after another, each when the one before
/// has come, until it finds no job. So jobs that are soon over are run by a few threads, and jobs that wait have one
/// each.
///
/// A link is added once at most, and never put in front again: so a compare-and-set that finds it first proves that
/// what was read behind it is still there.
final class Workers {
    private static final VarHandle ARRIVED = Handles.of(MethodHandles.lookup(), "arrived", Task.class);
    private static final VarHandle READY = Handles.of(MethodHandles.lookup(), "ready", Task.class);

    /// Wakes the supervisor.
    private final Runnable wake;

    /// Whoever has it turns round what has arrived.
    private final PollingLock lock = new PollingLock();

    /// Whether a worker is on its way that takes the first job.
    private volatile boolean coming;

    private volatile @Nullable Task arrived;
    private volatile @Nullable Task ready;

    Workers(Runnable wake) {
        this.wake = wake;
    }

    /// Adds a job that has all its places.
    void add(Link link) {
        if (push(link)) {
            wake.run();
        }
    }

    /// True if none had arrived.
    private boolean push(Link link) {
        while (true) {
            var top = arrived;
            link.next = top;
            if (ARRIVED.compareAndSet(this, top, link)) {
                return top == null;
            }
        }
    }

    /// Also for a moment while somebody turns round what has arrived, who then takes the only one or wakes the
    /// supervisor.
    boolean isEmpty() {
        return ready == null && arrived == null;
    }

    /// Puts a job behind those that are there. To be followed by a [#poll]: it wakes nobody.
    ///
    /// @param always also where there are none
    /// @return false if it did not
    boolean queueBehind(JobImpl<?> job, boolean always) {
        var link = job.link;
        if (link.isGone() || (!always && isEmpty())) {
            return false;
        }
        push(link);
        return true;
    }

    /// Takes the first job off; null if there is none.
    @Nullable
    JobImpl<?> poll() {
        while (!isEmpty()) {
            var first = (Link) ready;
            if (first == null) {
                makeReady();
                continue;
            }
            // Both of no use where another has taken the first off meanwhile.
            var next = first.next;
            var job = first.job;
            if (READY.compareAndSet(this, first, next)) {
                first.next = null;
                if (job != null) {
                    return job;
                }
            }
        }
        return null;
    }

    private void makeReady() {
        boolean several;
        try (var _ = lock.lock()) {
            if (ready != null) {
                return;
            }
            var oldest = Task.oldestFirst((Task) ARRIVED.getAndSet(this, null));
            several = oldest != null && oldest.next != null;
            ready = oldest;
        }
        if (several) {
            wake.run();
        }
    }

    /// Whether a worker is to be started: jobs wait, and none is on its way to take the first.
    boolean needWorker() {
        return !coming && !isEmpty();
    }

    /// To be called by the supervisor, before it starts one.
    void workerComes() {
        coming = true;
    }

    /// The worker that was started has taken the first job, or never will. Dekker: written before it looks for
    /// jobs; who adds one wakes the supervisor, which reads it then.
    void workerCame() {
        coming = false;
        if (!isEmpty()) {
            wake.run();
        }
    }

    /// There is no memory for a worker: the first job gets a thread later.
    void strandFirst() {
        var first = poll();
        if (first != null) {
            first.strand();
        }
    }
}
