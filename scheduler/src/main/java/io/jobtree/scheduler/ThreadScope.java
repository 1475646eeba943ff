package io.jobtree.scheduler;

/// A structured task scope, behind a type that is no preview. All methods are for the thread that
/// opened it.
interface ThreadScope extends AutoCloseable {
    /// Opens a scope in the caller's frame.
    static ThreadScope open(String name) {
        return StructuredThreadScope.open(name);
    }

    /// Fails unless this JVM can open such scopes, and says what it needs.
    static void ensureAvailable() {
        try {
            StructuredThreadScope.open("probe").close();
        } catch (LinkageError missing) {
            throw new IllegalStateException(requirement(Runtime.version().feature()), missing);
        }
    }

    private static String requirement(int feature) {
        return feature == 25
                ? "Jobtree needs JDK 25's structured concurrency, a preview: start java with --enable-preview"
                : "Jobtree needs JDK 25, started with --enable-preview; this is JDK " + feature;
    }

    /// Starts a thread for the task; false where the caller has bound scoped values since the scope was
    /// opened.
    boolean fork(Task task);

    /// Waits until all forked threads have ended.
    void join() throws InterruptedException;

    /// Waits, without an end, for what still runs, and closes.
    @Override
    void close();
}
