package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Backoff;
import io.jobtree.scheduler.platform.Task;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A reused thread: takes the first job that waits for one when it begins, and not before, so that no other starts a
/// later one meanwhile; and runs one after another, until there is none.
final class Worker extends Task implements Running {
    /// How long it runs one job after another, until others get a turn on its carrier.
    private static final long TURN_NANOS = 200_000;

    private final Workers workers;

    /// The one that it runs; null before the first. Read by its own thread, and by those that the body forks, which end
    /// before the body.
    private @Nullable JobImpl<?> job;

    Worker(Workers workers) {
        this.workers = workers;
    }

    @Override
    public JobImpl<?> job() {
        return Objects.requireNonNull(job);
    }

    @Override
    public @Nullable Object call() {
        JobImpl<?> next = null;
        try {
            var bindings = ScopedValue.where(JobImpl.CURRENT, this);
            next = workers.poll();
            workers.workerCame();
            long turn = System.nanoTime();
            while (next != null) {
                adopt(next);
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
                // Not before those that had their places first, and not to be held while others run.
                if (next == null || workers.queueBehind(next, isTurnOver)) {
                    next = null;
                    if (isTurnOver && !workers.isEmpty()) {
                        Backoff.yieldOnce();
                        turn = System.nanoTime();
                    }
                    next = workers.poll();
                }
            }
        } catch (Throwable noMemory) {
            try {
                if (next == null) {
                    workers.strandFirst();
                } else {
                    next.strand();
                }
            } finally {
                workers.workerCame();
            }
        }
        return null;
    }

    /// Makes this thread the job's.
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
        return "";
    }

    @Override
    public void notStarted(Throwable failure) {
        try {
            var first = workers.poll();
            if (first != null) {
                first.notStarted(failure);
            }
        } finally {
            workers.workerCame();
        }
    }
}
