package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import java.util.Optional;

/// Whether the job that is being spawned is a shielded one: that is a part of its caller, though the scheduler has
/// it as a job of its own.
final class Shields {
    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    private static final int DEEP_ENOUGH = 16;

    private Shields() {}

    /// To be called in `spawned`. Walks the stack, so only for those to whom it makes a difference.
    static boolean isShielding() {
        Optional<Job<?>> caller = Job.current();
        return caller.isPresent()
                && WALKER.walk(frames -> frames.limit(DEEP_ENOUGH)
                        .anyMatch(frame -> frame.getDeclaringClass().equals(Scheduler.class)
                                && frame.getMethodName().equals("shield")));
    }
}
