package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Backoff;
import io.jobtree.scheduler.platform.Task;
import org.jspecify.annotations.Nullable;

/// A reused thread: runs one job after another, until there is none.
final class Worker extends Task implements Running {
    /// How long it runs one job after another, until others get a turn on its carrier.
    private static final long TURN_NANOS = 200_000;

    /// Null where the thread of a branch job's body has started it: it takes only what gets the place of the
    /// job that it has ended.
    private final @Nullable Workers workers;

    /// The one that it runs. Read by its own thread, and by those that the body forks, which end before the body.
    private JobImpl<?> job;

    private Worker(@Nullable Workers workers, JobImpl<?> first) {
        this.workers = workers;
        this.job = first;
    }

    /// Makes one for the job; null where there is no memory for it, and the job gets a thread later.
    static @Nullable Worker orStrand(@Nullable Workers workers, JobImpl<?> first) {
        try {
            return new Worker(workers, first);
        } catch (Throwable noMemory) {
            first.strand();
            return null;
        }
    }

    @Override
    public JobImpl<?> job() {
        return job;
    }

    @Override
    public @Nullable Object call() {
        var next = (@Nullable JobImpl<?>) job;
        try {
            var bindings = ScopedValue.where(JobImpl.CURRENT, this);
            long turn = System.nanoTime();
            while (next != null) {
                var current = next;
                next = null;
                job = current;
                if (current.tryBegin()) {
                    try {
                        (current.carried() == null ? bindings : current.bindings()).run(current);
                    } catch (Throwable violation) {
                        // Of the structure: the body has left a task scope of its own open.
                        current.threw(violation);
                    }
                    next = current.endHere();
                }
                boolean isTurnOver = current.startedNanos() - turn > TURN_NANOS;
                if (workers != null && (next == null || (isTurnOver && workers.queueBehind(next)))) {
                    next = null;
                    next = workers.poll();
                }
                if (next != null) {
                    adopt(next);
                    if (isTurnOver) {
                        Backoff.yieldOnce();
                        turn = System.nanoTime();
                    }
                }
            }
        } catch (Throwable noMemory) {
            if (next != null) {
                next.strand();
            }
            if (workers != null) {
                workers.lookAgain();
            }
        }
        return null;
    }

    /// Makes this thread another job's.
    private static void adopt(JobImpl<?> next) {
        Thread.interrupted();
        var thread = Thread.currentThread();
        var name = next.threadName();
        if (!name.equals(thread.getName())) {
            thread.setName(name);
        }
        thread.setContextClassLoader(next.scope().contextLoader());
    }

    @Override
    public String threadName() {
        return job.threadName();
    }

    @Override
    public void notStarted(Throwable failure) {
        job.notStarted(failure);
    }
}
