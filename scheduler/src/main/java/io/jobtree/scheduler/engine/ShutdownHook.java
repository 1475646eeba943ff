package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Log;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Stack;
import io.jobtree.scheduler.platform.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// What is done when the JVM exits while schedulers are open: those that asked for it are closed,
/// all at once, and the others reported.
final class ShutdownHook {
    /// How often is looked which jobs have called `System.exit`.
    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /// Of two hooks only one does it.
    private static final AtomicBoolean EXITING = new AtomicBoolean();

    private ShutdownHook() {}

    /// What there is no memory for is tried again.
    static void run() {
        if (!EXITING.compareAndSet(false, true)) {
            return;
        }
        Log.beginExit();
        long start = System.nanoTime();
        List<ExitClosing> closings = null;
        Future<?> reporter = null;
        while (System.nanoTime() - start < Closing.EXIT_NANOS) {
            try {
                closings = closings == null ? closings() : closings;
                closings.forEach(ExitClosing::ensureBegun);
                // On a thread of its own: the error stream may be a user's own, and throw, or block for ever.
                reporter = reporter == null
                        ? Threads.onOwnDaemon("jobtree-reporter", null, ShutdownHook::report)
                        : reporter;
                closings.removeIf(ExitClosing::isOver);
                if (closings.isEmpty() && reporter.isDone()) {
                    return;
                }
                closings.forEach(ExitClosing::check);
                awaitTurn(closings.isEmpty() ? reporter : closings.getFirst().closer());
            } catch (OutOfMemoryError noMemory) {
                Retry.rest();
            } catch (InterruptedException e) {
                // Somebody is in a hurry.
                return;
            }
        }
    }

    private static List<ExitClosing> closings() {
        var closings = new ArrayList<ExitClosing>();
        for (var scheduler : OpenSchedulers.all()) {
            if (scheduler.options().closeOnExit()) {
                closings.add(new ExitClosing(scheduler));
            }
        }
        return closings;
    }

    private static void awaitTurn(Future<?> task) throws InterruptedException {
        try {
            task.get(TURN_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException over) {
            // The caller looks.
        }
    }

    /// A scheduler that is being closed, what looks for its jobs that exit, and the task that
    /// closes it.
    private static final class ExitClosing {
        private final RootScope scheduler;
        private final Exits exits;
        private @Nullable Future<?> closer;

        ExitClosing(RootScope scheduler) {
            this.scheduler = scheduler;
            this.exits = new Exits(scheduler);
        }

        void ensureBegun() {
            if (closer == null) {
                // A close that throws has another thread lead, which is to be waited for.
                Runnable close = scheduler::closeAtExit;
                closer = Threads.onDaemon(
                        scheduler.entry.name + " closer",
                        scheduler.contextLoader(),
                        () -> Retry.runOnceThereIsMemory(close));
            }
        }

        Future<?> closer() {
            return Objects.requireNonNull(closer);
        }

        boolean isOver() {
            return closer().isDone();
        }

        void check() {
            scheduler.checkExiting(exits);
        }
    }

    private static void report() {
        Stack.ensureMuchRoom();
        var holders = new Holders();
        for (var scheduler : OpenSchedulers.all()) {
            if (!scheduler.options().closeOnExit() && !scheduler.isClosed()) {
                report(scheduler, holders);
            }
        }
    }

    /// To the error stream: java.util.logging takes its handlers down in a hook that runs at the
    /// same time.
    private static void report(RootScope open, Holders holders) {
        var tree = Pictures.take(open, holders);
        int jobs = tree.size();
        System.err.println("Scheduler '" + open.entry.name + "', opened at " + open.entry.openedAt
                + ", was still open when the JVM exited, with " + jobs
                + (jobs == 1 ? " unfinished job" : " unfinished jobs")
                + "; close it, or open it withCloseOnExit(true)\n" + tree);
    }
}
