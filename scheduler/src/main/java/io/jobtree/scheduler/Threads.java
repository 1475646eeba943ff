package io.jobtree.scheduler;

import java.lang.System.Logger.Level;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Threads that no thread scope owns.
final class Threads {
    /// How long a platform thread waits for a task before it ends.
    static final long IDLE_MILLIS = 100;

    private static final String IDLE = "jobtree-idle";
    private static final ThreadPoolExecutor DAEMONS = daemons();

    private Threads() {}

    /// Starts a virtual thread.
    ///
    /// @param loader its context class loader
    static Thread start(String name, @Nullable ClassLoader loader, Runnable task) {
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
    static Future<?> onDaemon(String name, @Nullable ClassLoader loader, Runnable task) {
        var future = new FutureTask<@Nullable Void>(task, null);
        DAEMONS.execute(() -> {
            var thread = Thread.currentThread();
            try {
                thread.setName(name);
                thread.setContextClassLoader(loader);
            } finally {
                future.run();
                thread.setContextClassLoader(null);
                thread.setName(IDLE);
            }
            if (future.state() == Future.State.FAILED) {
                Log.log(Level.ERROR, name + " failed", future.exceptionNow());
            }
        });
        return future;
    }

    private static ThreadPoolExecutor daemons() {
        return new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                IDLE_MILLIS,
                TimeUnit.MILLISECONDS,
                new SynchronousQueue<>(),
                task -> daemon(IDLE, task));
    }

    /// A platform thread that keeps no JVM, and has nothing of whoever has it made.
    static Thread daemon(String name, Runnable task) {
        var thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        return thread;
    }
}
