package io.jobtree.scheduler.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/// What observers are being notified of on this thread, which is not the job's own: a job, of its spawn or of the
/// request to stop, or a scheduler, which refused a spawn.
final class Notifying {
    /// The newest first, as a hook may spawn. A thread-local, for each binding of a scoped value takes memory. Its
    /// class is the JDK's, so that a thread holds none of ours.
    private static final ThreadLocal<Deque<Object>> HERE = ThreadLocal.withInitial(ArrayDeque::new);

    private Notifying() {}

    /// Calls observers of this.
    static void of(Object about, Runnable call) {
        var here = HERE.get();
        here.push(about);
        try {
            call.run();
        } finally {
            here.pop();
        }
    }

    /// Whether observers are notified here of something in this scheduler.
    static boolean isIn(RootScope scheduler) {
        Deque<Object> here;
        try {
            here = HERE.get();
        } catch (OutOfMemoryError noMemory) {
            // A thread that notifies has it already.
            return false;
        }
        if (here.isEmpty()) {
            return false;
        }
        return here.stream()
                .anyMatch(about -> about == scheduler || (about instanceof JobImpl<?> job && job.root() == scheduler));
    }

    /// Whether observers are notified here of this job.
    static boolean isOf(JobImpl<?> job) {
        return HERE.get().contains(job);
    }
}
