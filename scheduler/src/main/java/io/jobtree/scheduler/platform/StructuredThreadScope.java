package io.jobtree.scheduler.platform;

import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;

/// A [ThreadScope] on the JDK's structured concurrency, which it calls by what [TaskScopeApi] found.
final class StructuredThreadScope implements ThreadScope {
    /// A constant, and so is what it has: calls through it are compiled like direct ones.
    private static final TaskScopeApi API = knownApi();

    private static final ThreadFactory UNNAMED =
            Thread.ofVirtual().inheritInheritableThreadLocals(false).factory();

    private final Object scope;
    private final JobThreads threads;
    private boolean joined;

    private StructuredThreadScope(Object scope, JobThreads threads) {
        this.scope = scope;
        this.threads = threads;
    }

    private static TaskScopeApi knownApi() {
        try {
            var api = TaskScopeApi.lookUp();
            // Nothing is forked: to wait for a thread while a class is initialized can block the only carrier.
            var probe = api.open().apply(UnaryOperator.identity());
            api.join().join(probe);
            api.close().accept(probe);
            return api;
        } catch (Throwable unknown) {
            // In the message too, which is all that a second use gets to see.
            throw new LinkageError(unknown.toString(), unknown);
        }
    }

    /// Fails with a [LinkageError] if this JDK's API is none of those that are known.
    static void ensureKnown() {
        // The initialization of this class is the check.
    }

    static ThreadScope open(String name) {
        var threads = new JobThreads();
        return new StructuredThreadScope(
                API.open()
                        .apply(defaults ->
                                API.withThreadFactory().apply(API.withName().apply(defaults, name), threads)),
                threads);
    }

    @Override
    public boolean fork(Task task) {
        threads.name = task.threadName();
        try {
            API.fork().accept(scope, task);
            return true;
        } catch (RuntimeException thrown) {
            if (API.structureViolation().isInstance(thrown)) {
                return false;
            }
            throw thrown;
        }
    }

    @Override
    public void join() throws InterruptedException {
        joined = true;
        API.join().join(scope);
    }

    @Override
    public void close() {
        if (!joined) {
            joinUninterrupted();
        }
        API.close().accept(scope);
    }

    /// A close without a join throws once something was forked.
    private void joinUninterrupted() {
        boolean interrupted = Thread.interrupted();
        try {
            join();
        } catch (InterruptedException again) {
            interrupted = true;
        }
        if (interrupted) {
            Threads.interruptAgain();
        }
    }

    /// Makes the thread of the task that is being forked. Used by the thread that opened the scope alone, whose
    /// context class loader it hands on.
    private static final class JobThreads implements ThreadFactory {
        private String name = "";

        @Override
        public Thread newThread(Runnable task) {
            var loader = Thread.currentThread().getContextClassLoader();
            if (!name.isEmpty()) {
                return Threads.virtual(name, loader, task);
            }
            var thread = UNNAMED.newThread(task);
            thread.setContextClassLoader(loader);
            return thread;
        }
    }
}
