package io.jobtree.scheduler;

import java.util.concurrent.StructureViolationException;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// The one file that names JDK 25's preview: javac marks each class of such a file, and only those need
/// the flag.
///
/// Of the preview it uses what later JDKs keep: a joiner of its own, `open`, `fork`, `join`, `close`.
final class StructuredThreadScope implements ThreadScope {
    private final StructuredTaskScope<@Nullable Object, @Nullable Void> scope;
    private final Threads threads;
    private boolean joined;

    private StructuredThreadScope(StructuredTaskScope<@Nullable Object, @Nullable Void> scope, Threads threads) {
        this.scope = scope;
        this.threads = threads;
    }

    static ThreadScope open(String name) {
        var threads = new Threads();
        var scope = StructuredTaskScope.<@Nullable Object, @Nullable Void>open(
                Forgetful.INSTANCE, options -> options.withName(name).withThreadFactory(threads));
        return new StructuredThreadScope(scope, threads);
    }

    @Override
    public boolean fork(Task task) {
        threads.name = task.threadName();
        try {
            scope.fork(task);
            return true;
        } catch (StructureViolationException boundSince) {
            return false;
        }
    }

    @Override
    public void join() throws InterruptedException {
        joined = true;
        scope.join();
    }

    @Override
    public void close() {
        if (!joined) {
            joinOnce();
        }
        scope.close();
    }

    /// A close without a join throws once something was forked.
    private void joinOnce() {
        boolean interrupted = Thread.interrupted();
        try {
            join();
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Makes the thread of the task that is being forked. Used by the scope's owner alone.
    private static final class Threads implements ThreadFactory {
        private static final ThreadFactory UNNAMED =
                Thread.ofVirtual().inheritInheritableThreadLocals(false).factory();

        private String name = "";

        @Override
        public Thread newThread(Runnable task) {
            return name.isEmpty()
                    ? UNNAMED.newThread(task)
                    : Thread.ofVirtual()
                            .inheritInheritableThreadLocals(false)
                            .name(name)
                            .unstarted(task);
        }
    }

    /// Keeps nothing: outcomes live in the jobs.
    private enum Forgetful implements Joiner<@Nullable Object, @Nullable Void> {
        INSTANCE;

        @Override
        public @Nullable Void result() {
            return null;
        }
    }
}
