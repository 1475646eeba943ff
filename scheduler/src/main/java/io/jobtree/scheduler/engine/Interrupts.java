package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Timers;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Interrupts the bodies that were stopped in a tree. An interrupt is user code where a body waits in a channel of
/// its own making: one that hangs holds up the thread that delivers it. So somebody looks whether that gets on, and
/// where it does not, delivers the rest; and so forth.
final class Interrupts {
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /// Where one hangs others may too.
    private static final long LESS_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /// How often somebody is asked to look, before they are interrupted without that.
    private static final int FEW = 3;

    private final @Nullable JobImpl<?> first;
    private final Scope scope;
    private volatile boolean isOver;
    private volatile @Nullable Future<?> nextLook;

    /// About how many jobs the threads that deliver have done with.
    private int done;

    private Interrupts(@Nullable JobImpl<?> first, Scope scope) {
        this.first = first;
        this.scope = scope;
    }

    /// Interrupts what was stopped. Nobody else would, and it would go on: so this is tried until there is memory.
    ///
    /// @param first a job outside of the scope
    static void deliver(@Nullable JobImpl<?> first, @Nullable Scope scope) {
        Interrupts interrupts = null;
        for (int attempt = 1; scope != null && !scope.live.isIdle(); attempt++) {
            try {
                if (interrupts == null) {
                    interrupts = new Interrupts(first, scope);
                }
                if (interrupts.isWatched() || interrupts.lookLater(PATIENCE_NANOS)) {
                    interrupts.deliver();
                    return;
                }
            } catch (OutOfMemoryError noMemory) {
                // Again, below.
            }
            if (attempt >= FEW && interruptUnwatched(first, scope)) {
                return;
            }
            Retry.rest();
        }
        if (first != null) {
            first.interruptIfAlerted();
        }
    }

    /// Memory stays out, or there are no threads: what this does may be what gives some back. False where it did not
    /// come to all.
    static boolean interruptUnwatched(@Nullable JobImpl<?> first, Scope scope) {
        try {
            if (first != null) {
                first.interruptIfAlerted();
            }
            scope.eachBelow(JobImpl::interruptIfAlerted);
            return true;
        } catch (OutOfMemoryError noMemory) {
            return false;
        }
    }

    /// Whether somebody looks, or did.
    private boolean isWatched() {
        return nextLook != null;
    }

    private void deliver() {
        scope.eachBelow(job -> {
            job.interruptIfAlerted();
            done++;
        });
        if (first != null) {
            first.interruptIfAlerted();
        }
        end();
    }

    private void end() {
        isOver = true;
        var next = nextLook;
        if (next != null) {
            next.cancel(false);
        }
    }

    /// False where there is no memory for it.
    private boolean lookLater(long nanos) {
        int known = done;
        try {
            nextLook = Timers.after(nanos, () -> look(nanos, known));
            return true;
        } catch (Throwable noMemory) {
            return false;
        }
    }

    private void look(long nanos, int known) {
        if (isOver) {
            return;
        }
        boolean hangs = done == known;
        // First, for the next one may hang too.
        boolean comesAgain = lookLater(hangs ? LESS_PATIENCE_NANOS : nanos);
        if (hangs) {
            try {
                deliver();
            } catch (OutOfMemoryError noMemory) {
                if (!comesAgain) {
                    throw noMemory;
                }
            }
        }
    }
}
