package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Threads;
import io.jobtree.scheduler.platform.Timers;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Interrupts the bodies that were stopped. An interrupt is user code where a body waits in a channel of its
/// own making: one that hangs holds up the thread that delivers it, so after a moment two others go on with the
/// rest, and where those hang too, four.
final class Interrupts {
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private Interrupts() {}

    /// Interrupts what was stopped in a tree.
    ///
    /// @param first a job outside of the scope
    static void deliver(@Nullable JobImpl<?> first, Scope scope) {
        var successor = successor(first, scope);
        scope.eachBelow(JobImpl::interruptIfAlerted);
        if (first != null) {
            first.interruptIfAlerted();
        }
        // Not where memory ran out before: then it delivers the rest.
        if (successor != null) {
            successor.cancel(false);
        }
    }

    /// Delivers what this thread has not delivered by then; null where there is nothing to deliver, or no
    /// memory.
    private static @Nullable Future<?> successor(@Nullable JobImpl<?> first, Scope scope) {
        if (scope.live.isIdle()) {
            return null;
        }
        try {
            return Timers.after(PATIENCE_NANOS, () -> deliverByTwo(first, scope));
        } catch (Throwable noMemory) {
            return null;
        }
    }

    private static void deliverByTwo(@Nullable JobImpl<?> first, Scope scope) {
        try {
            Threads.start("", null, () -> deliver(first, scope));
        } catch (Throwable noThread) {
            // By one, then.
        }
        deliver(first, scope);
    }
}
