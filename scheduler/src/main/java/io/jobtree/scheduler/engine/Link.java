package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.Task;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A job's place in the queues and lists of its scope, and what its thread runs. Lives as long as a list needs
/// it, and lets go of the job when that is done, so that no list ever holds a finished job.
sealed class Link extends Task permits RoomRequest {
    /// Stands in for the link of a job that is done, so that its handle keeps no list. Is never put
    /// into one.
    static final Link GONE = new Link(null);

    private static final VarHandle QUEUE = Handles.of(MethodHandles.lookup(), "queue", Object.class);

    /// Null once the job is done. Written by the thread that ends the job, by [#letGo]; who still sees the job finds
    /// that it says so itself.
    @Nullable
    JobImpl<?> job;

    /// The one spawned before it in the same scope. Written before the link is shared, then by the
    /// sweeper.
    volatile @Nullable Link older;

    /// The one before it in a gate's queue. Guarded by the gate.
    @Nullable
    Link previous;

    /// The queue of a gate that it is in: a [PendingQueue], which it leaves by [#leave], or a [LinkQueue], guarded by
    /// the gate.
    volatile @Nullable Object queue;

    Link(@Nullable JobImpl<?> job) {
        this.job = job;
    }

    /// Whether it only stands in for that of a job that is done.
    boolean isGone() {
        return this == GONE;
    }

    /// False if it is not there any more.
    boolean leave(Object where) {
        return QUEUE.compareAndSet(this, where, null);
    }

    /// The job, if it is not done. If it is, all that it did happens-before this returns.
    @Nullable
    JobImpl<?> unfinished() {
        var current = job;
        VarHandle.acquireFence();
        return current == null || current.isDone() ? null : current;
    }

    /// The job is done.
    void letGo() {
        VarHandle.releaseFence();
        job = null;
    }

    @Override
    public @Nullable Object call() {
        var current = job;
        if (current == null) {
            return null;
        }
        if (current.tryBegin()) {
            try {
                current.bindings().run(current);
            } catch (Throwable violation) {
                // Of the structure: the body has left a task scope of its own open.
                current.threw(violation);
            }
            var next = current.endHere();
            if (next != null) {
                next.scope().startOrStrand(next, next.link);
            }
        }
        return null;
    }

    @Override
    public String threadName() {
        var current = job;
        return current == null ? "" : current.threadName();
    }

    @Override
    public boolean isObsolete() {
        return unfinished() == null;
    }

    @Override
    public void notStarted(Throwable failure) {
        var current = job;
        if (current != null) {
            current.notStarted(failure);
        }
    }
}
