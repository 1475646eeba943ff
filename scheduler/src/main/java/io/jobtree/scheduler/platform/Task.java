package io.jobtree.scheduler.platform;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// Something that gets a thread in a [ThreadScope]: a job's link, or the supervisor of a branch
/// scope.
public abstract class Task implements Callable<@Nullable Object> {
    /// The next one in the queue that this task is in: a gate's, a supervisor's or that of reused threads, one at a
    /// time. Owned by that queue.
    public @Nullable Task next;

    /// Turns a chain of tasks round, each of which leads to the one that came before it.
    public static @Nullable Task oldestFirst(@Nullable Task newest) {
        Task oldest = null;
        for (var task = newest; task != null; ) {
            var next = task.next;
            task.next = oldest;
            oldest = task;
            task = next;
        }
        return oldest;
    }

    /// The name of the thread; empty for none.
    public abstract String threadName();

    /// Whether a thread would be wasted on it, since it was cancelled meanwhile.
    public boolean isObsolete() {
        return false;
    }

    /// No thread could be started for it. Runs no user code, and throws nothing.
    public abstract void notStarted(Throwable failure);
}
