package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Task;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What starts the threads of a scheduler's jobs: one supervisor where it has a limit, since jobs start in spawn order
/// then; else a few, of which each spawning thread always uses the same, so that those that spawn at once share none.
/// A job that needs a place of a shared limit is started by the first one, for the same reason.
final class Supervisors {
    /// A power of two. Measured: with two processors four are faster than two.
    private static final int MOST = 4;

    private static final long MOST_DRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Supervisor[] all;

    Supervisors(boolean inSpawnOrder, Supplier<Supervisor> maker) {
        int count = inSpawnOrder || Runtime.getRuntime().availableProcessors() == 1 ? 1 : MOST;
        all = new Supervisor[count];
        for (int i = 0; i < count; i++) {
            all[i] = maker.get();
        }
    }

    /// Has a thread started for the task, by one that is started if it is not.
    ///
    /// @param inOrder whether after all tasks before it, not only after those of this thread
    void start(Task task, boolean inOrder) {
        var supervisor = inOrder ? first() : ofThisThread();
        supervisor.add(task);
        supervisor.ensureStarted();
    }

    /// The one that is there in any case.
    Supervisor first() {
        return all[0];
    }

    private Supervisor ofThisThread() {
        return all[(int) Thread.currentThread().threadId() & (all.length - 1)];
    }

    /// Has threads started for the jobs of the tree that have none.
    void rescue(Scope root) {
        all[0].rescue(root);
    }

    /// Has other threads read the inboxes: those that did may have been lost in an `unpark` that ran out of stack.
    void replace() {
        for (var supervisor : all) {
            supervisor.replace();
        }
    }

    /// Ends them, once what they have started has ended.
    void stop() {
        for (var supervisor : all) {
            supervisor.stop();
        }
    }

    /// To be called when all jobs are done: they need nothing for them any more.
    void letGo() {
        for (var supervisor : all) {
            supervisor.letGo();
        }
    }

    /// Has this thread woken when their threads have ended, by each; null for none any more.
    void wakeAtEnd(@Nullable Thread waiting) {
        for (var supervisor : all) {
            supervisor.wakeAtEnd(waiting);
        }
    }

    /// To be run when the threads of one have ended.
    void atEnd(Runnable action) {
        for (var supervisor : all) {
            supervisor.atEnd(action);
        }
    }

    /// Whether all their threads have ended, or none was started.
    boolean haveEnded() {
        for (var supervisor : all) {
            if (!supervisor.hasEnded()) {
                return false;
            }
        }
        return true;
    }

    /// Has them end by themselves if all jobs are done within a few turns of their loops, which saves a closer two
    /// wake-ups; returns when they have ended, or soon after where that takes longer.
    void endIfIdle(RootScope scheduler, long nanos) {
        var closer = Thread.currentThread();
        for (var supervisor : all) {
            supervisor.beginDraining(scheduler, closer);
        }
        long start = System.nanoTime();
        long most = Math.min(nanos, MOST_DRAIN_NANOS);
        for (long left = most; mayEndSoon() && left > 0; left = most - (System.nanoTime() - start)) {
            if (closer.isInterrupted()) {
                break;
            }
            if (closer.isVirtual()) {
                // A timer costs it more than a hundred jobs. It has a carrier again when a supervisor has one.
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, left);
            }
        }
        for (var supervisor : all) {
            supervisor.endDraining();
        }
    }

    /// Whether some still run, and none has given up.
    private boolean mayEndSoon() {
        boolean running = false;
        for (var supervisor : all) {
            if (!supervisor.hasEnded()) {
                if (!supervisor.isDraining()) {
                    return false;
                }
                running = true;
            }
        }
        return running;
    }
}
