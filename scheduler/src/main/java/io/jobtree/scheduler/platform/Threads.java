package io.jobtree.scheduler.platform;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Threads that no thread scope owns.
public final class Threads {
    /// How long a thread waits for the next thing to do before it ends.
    public static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// When a virtual thread is late that was to begin at once.
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /// That of the JDK's own threads: any other may be of a user's class.
    private static final ThreadGroup TOP_GROUP = topGroup();

    static {
        Handles.initialize(MethodHandles.lookup(), List.of(Daemon.class, Once.class));
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
        return Daemon.run(name, loader, task, false);
    }

    /// The same for user code: the thread ends with the task, and with it what that left in thread-locals.
    public static Future<?> onOwnDaemon(String name, @Nullable ClassLoader loader, Runnable task) {
        return Daemon.run(name, loader, task, true);
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
