package io.jobtree.scheduler.platform;

import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Threads that no thread scope owns.
public final class Threads {
    /// How long a platform thread waits for a task before it ends.
    static final long IDLE_MILLIS = 100;

    private static final String IDLE = "jobtree-idle";
    private static final ThreadPoolExecutor DAEMONS = new Daemons();

    private Threads() {}

    /// Starts a virtual thread.
    ///
    /// @param loader its context class loader
    public static Thread start(String name, @Nullable ClassLoader loader, Runnable task) {
        var thread = Thread.ofVirtual()
                .inheritInheritableThreadLocals(false)
                .name(name)
                .unstarted(task);
        thread.setContextClassLoader(loader);
        thread.start();
        return thread;
    }

    /// Has a platform thread run a task, for what must go on where jobs compute on all carriers. Such a thread keeps no
    /// JVM, and ends soon after its last task: to start one takes 0.1 ms, to wake one 0.01 ms.
    ///
    /// @param name the thread's, meanwhile
    /// @param loader its context class loader, meanwhile
    public static Future<?> onDaemon(String name, @Nullable ClassLoader loader, Runnable task) {
        var daemonTask = new DaemonTask(name, loader, task);
        DAEMONS.execute(daemonTask);
        return daemonTask;
    }

    private static final class DaemonTask extends FutureTask<@Nullable Void> {
        private final String name;
        private final @Nullable ClassLoader loader;

        DaemonTask(String name, @Nullable ClassLoader loader, Runnable task) {
            super(task, null);
            this.name = name;
            this.loader = loader;
        }
    }

    /// The task is run by the JDK's code, whatever the naming of its thread throws for lack of memory.
    private static final class Daemons extends ThreadPoolExecutor {
        Daemons() {
            super(
                    0,
                    Integer.MAX_VALUE,
                    IDLE_MILLIS,
                    TimeUnit.MILLISECONDS,
                    new SynchronousQueue<>(),
                    task -> daemon(IDLE, task));
        }

        @Override
        protected void beforeExecute(Thread thread, Runnable task) {
            try {
                var known = (DaemonTask) task;
                thread.setContextClassLoader(known.loader);
                thread.setName(known.name);
            } catch (Throwable noMemory) {
                // It runs under another name.
            }
        }

        @Override
        protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
            try {
                var known = (DaemonTask) task;
                var thread = Thread.currentThread();
                thread.setContextClassLoader(null);
                thread.setName(IDLE);
                if (known.state() == Future.State.FAILED) {
                    Log.log(Level.ERROR, known.name + " failed", known.exceptionNow());
                }
            } catch (Throwable noMemory) {
                // The thread ends soon, or its next task sets both.
            }
        }
    }

    /// A platform thread that keeps no JVM, and has nothing of whoever has it made.
    static Thread daemon(String name, Runnable task) {
        var thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        return thread;
    }
}
