package io.jobtree.scheduler.platform;

import org.jspecify.annotations.Nullable;

/// Threads that no thread scope owns.
public final class Threads {
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

    /// Starts a platform thread, for what must go on where jobs compute on all carriers. It keeps no JVM.
    public static Thread startDaemon(String name, @Nullable ClassLoader loader, Runnable task) {
        var thread = Thread.ofPlatform()
                .daemon()
                .inheritInheritableThreadLocals(false)
                .name(name)
                .unstarted(task);
        thread.setContextClassLoader(loader);
        thread.start();
        return thread;
    }
}
