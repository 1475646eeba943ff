package io.jobtree.scheduler.platform;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A platform thread of [Threads#onDaemon], which runs one task after another as long as there is
/// some. Those that have none are found without a lock, as [PollingLock] tells.
final class Daemon implements Runnable {
    private static final String IDLE_NAME = "jobtree-idle";
    private static final int MOST_PARKS = 2;

    private static final Deque<Daemon> IDLE = new ConcurrentLinkedDeque<>();
    private static final VarHandle TASK = Handles.of(MethodHandles.lookup(), "task", DaemonTask.class);

    /// What an idle one has that takes no more tasks.
    private static final DaemonTask NONE = new DaemonTask("none", null, () -> {}, true);

    // What is done for the first time needs memory, which a daemon may not have.
    static {
        NONE.run();
        var _ = NONE.state();
        var _ = new Daemon(NONE).awaitTask(0);
    }

    private volatile @Nullable DaemonTask task;
    private @Nullable Thread thread;

    private Daemon(DaemonTask first) {
        task = first;
    }

    /// Has one run a task; where none can be started, a virtual thread.
    ///
    /// @param isLast whether its thread runs no other after it
    static Future<?> run(String name, @Nullable ClassLoader loader, Runnable action, boolean isLast) {
        var task = new DaemonTask(name, loader, action, isLast);
        try {
            give(task);
        } catch (OutOfMemoryError noThread) {
            Threads.start(name, loader, () -> perform(task));
        }
        return task;
    }

    /// Gives a task to one that is idle, or to a new one.
    private static void give(DaemonTask task) {
        for (var idle = IDLE.poll(); idle != null; idle = IDLE.poll()) {
            if (TASK.compareAndSet(idle, null, task)) {
                LockSupport.unpark(idle.thread);
                return;
            }
        }
        Threads.daemon(task.name, new Daemon(task)).start();
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        for (var next = task; next != null && next != NONE; next = next.isLast ? NONE : awaitTask(Threads.IDLE_NANOS)) {
            perform(next);
        }
    }

    private @Nullable DaemonTask awaitTask(long nanos) {
        task = null;
        try {
            IDLE.push(this);
            // More than once, for the last task may have left a permit.
            long start = System.nanoTime();
            for (int round = 0; task == null && round < MOST_PARKS; round++) {
                LockSupport.parkNanos(Daemon.class, nanos - (System.nanoTime() - start));
            }
        } catch (Throwable noMemory) {
            // Whether it can be found is told below.
        }
        if (TASK.compareAndSet(this, null, NONE)) {
            forget();
        }
        return task;
    }

    private void forget() {
        try {
            IDLE.remove(this);
        } catch (Throwable noMemory) {
            // Who finds it takes the next.
        }
    }

    private static void perform(DaemonTask task) {
        var thread = Thread.currentThread();
        // What interrupted the last task, or none, is not to interrupt this one.
        var _ = Thread.interrupted();
        try {
            thread.setContextClassLoader(task.loader);
            thread.setName(task.name);
        } catch (Throwable noMemory) {
            // It runs under another name.
        }
        task.run();
        try {
            thread.setContextClassLoader(null);
            thread.setName(IDLE_NAME);
            if (task.state() == Future.State.FAILED) {
                Log.log(Level.ERROR, task.name + " failed", task.exceptionNow());
            }
        } catch (Throwable noMemory) {
            // The thread ends soon, or its next task sets both.
        }
    }

    private static final class DaemonTask extends FutureTask<@Nullable Void> {
        private final String name;
        private final @Nullable ClassLoader loader;
        private final boolean isLast;

        DaemonTask(String name, @Nullable ClassLoader loader, Runnable task, boolean isLast) {
            super(task, null);
            this.name = name;
            this.loader = loader;
            this.isLast = isLast;
        }
    }
}
