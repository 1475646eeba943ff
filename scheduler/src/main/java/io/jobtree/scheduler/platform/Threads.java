package io.jobtree.scheduler.platform;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Threads that no thread scope owns.
public final class Threads {
    /// How long a thread waits for the next thing to do before it ends.
    public static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// When a virtual thread is late that was to begin at once.
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final String IDLE_NAME = "jobtree-idle";

    /// That of the JDK's own threads: any other may be of a user's class.
    private static final ThreadGroup TOP_GROUP = topGroup();

    static {
        Handles.initialize(MethodHandles.lookup(), List.of(DaemonTask.class, Daemon.class, Once.class));
    }

    private Threads() {}

    /// Sets the interrupt flag of the current thread again. A platform thread may be of a user's class, which does
    /// more than that, and throws.
    public static void interruptAgain() {
        try {
            Thread.currentThread().interrupt();
        } catch (Throwable thrown) {
            // The thread's own loss.
        }
    }

    /// Starts a virtual thread.
    ///
    /// @param loader its context class loader
    public static void start(String name, @Nullable ClassLoader loader, Runnable task) {
        virtual(name, loader, task).start();
    }

    /// Has a virtual thread run something soon, that may be repeated where memory is out. Where that thread does not
    /// begin, for jobs keep all carriers, a timeout does it.
    ///
    /// @param loader the virtual thread's context class loader
    public static void startSoon(@Nullable ClassLoader loader, Runnable task) {
        var once = new Once(task);
        once.late = Timers.after(LATE_NANOS, once);
        try {
            start("", loader, once);
        } catch (OutOfMemoryError noThread) {
            // The timeout does it.
        }
    }

    private static final class Once implements Runnable {
        private static final VarHandle TASK = Handles.of(MethodHandles.lookup(), "task", Runnable.class);

        private volatile @Nullable Runnable task;

        /// Where no virtual thread comes in time.
        private @Nullable Future<?> late;

        Once(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            var mine = task;
            if (mine == null || !TASK.compareAndSet(this, mine, null)) {
                return;
            }
            Retry.runOnceThereIsMemory(mine);
            var timeout = late;
            if (timeout != null) {
                timeout.cancel(false);
            }
        }
    }

    /// A virtual thread that is yet to be started.
    ///
    /// @param loader its context class loader
    public static Thread virtual(String name, @Nullable ClassLoader loader, Runnable task) {
        var thread = Thread.ofVirtual()
                .inheritInheritableThreadLocals(false)
                .name(name)
                .unstarted(task);
        thread.setContextClassLoader(loader);
        return thread;
    }

    /// Has a platform thread run a task, for what must go on where jobs compute on all carriers. Such a thread keeps no
    /// JVM, and ends soon after its last task: to start one takes 0.1 ms, to wake one 0.01 ms. Where none can be
    /// started, a virtual one runs the task.
    ///
    /// @param name the thread's, meanwhile
    /// @param loader its context class loader, meanwhile
    public static Future<?> onDaemon(String name, @Nullable ClassLoader loader, Runnable task) {
        return run(new DaemonTask(name, loader, task, false));
    }

    /// The same for user code: the thread ends with the task, and with it what that left in thread-locals.
    public static Future<?> onOwnDaemon(String name, @Nullable ClassLoader loader, Runnable task) {
        return run(new DaemonTask(name, loader, task, true));
    }

    private static DaemonTask run(DaemonTask task) {
        try {
            Daemon.run(task);
        } catch (OutOfMemoryError noThread) {
            start(task.name, task.loader, () -> Daemon.perform(task));
        }
        return task;
    }

    private static final class DaemonTask extends FutureTask<@Nullable Void> {
        private final String name;
        private final @Nullable ClassLoader loader;
        private final boolean isLast;

        /// @param isLast whether its thread runs no other after it
        DaemonTask(String name, @Nullable ClassLoader loader, Runnable task, boolean isLast) {
            super(task, null);
            this.name = name;
            this.loader = loader;
            this.isLast = isLast;
        }
    }

    /// A thread that runs one task after another as long as there is some. Those that have none are found without a
    /// lock, as [PollingLock] tells.
    private static final class Daemon implements Runnable {
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

        private static final int MOST_PARKS = 2;

        private volatile @Nullable DaemonTask task;
        private @Nullable Thread thread;

        private Daemon(DaemonTask first) {
            task = first;
        }

        /// Gives a task to one that is idle, or to a new one.
        static void run(DaemonTask task) {
            for (var idle = IDLE.poll(); idle != null; idle = IDLE.poll()) {
                if (TASK.compareAndSet(idle, null, task)) {
                    LockSupport.unpark(idle.thread);
                    return;
                }
            }
            daemon(task.name, new Daemon(task)).start();
        }

        @Override
        public void run() {
            thread = Thread.currentThread();
            for (var next = task; next != null && next != NONE; next = next.isLast ? NONE : awaitTask(IDLE_NANOS)) {
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
            try {
                thread.setContextClassLoader(task.loader);
                thread.setName(task.name);
            } catch (Throwable noMemory) {
                // It runs under another name.
            }
            task.run();
            try {
                // What interrupted the task is not to interrupt the next.
                var _ = Thread.interrupted();
                thread.setContextClassLoader(null);
                thread.setName(IDLE_NAME);
                if (task.state() == Future.State.FAILED) {
                    Log.log(Level.ERROR, task.name + " failed", task.exceptionNow());
                }
            } catch (Throwable noMemory) {
                // The thread ends soon, or its next task sets both.
            }
        }
    }

    /// A platform thread that keeps no JVM.
    static Thread daemon(String name, Runnable task) {
        var thread = unstarted(name, task);
        thread.setDaemon(true);
        return thread;
    }

    /// A platform thread that has nothing of whoever has it made, and so holds none of it.
    @SuppressWarnings("ThreadPriorityCheck") // not to be that of whoever has it made
    public static Thread unstarted(String name, Runnable task) {
        var thread = new Thread(TOP_GROUP, task, name, 0, false);
        thread.setContextClassLoader(null);
        thread.setPriority(Thread.NORM_PRIORITY);
        return thread;
    }

    private static ThreadGroup topGroup() {
        var group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }
}
