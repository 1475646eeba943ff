package io.jobtree.scheduler.platform;

/// A structured task scope, behind a type that no JDK changes. All methods are for the thread that
/// opened it.
public interface ThreadScope extends AutoCloseable {
    /// Opens a scope in the caller's frame. Its threads have the context class loader that the caller has when
    /// it starts them.
    static ThreadScope open(String name) {
        return StructuredThreadScope.open(name);
    }

    /// Fails unless this JVM can open such scopes, and says where it could.
    static void ensureAvailable() {
        try {
            StructuredThreadScope.ensureKnown();
        } catch (LinkageError unknown) {
            throw new IllegalStateException(
                    "Jobtree runs on JDK 25 to 28, and does not know the StructuredTaskScope of this JDK %s; run it on one of those, or use a newer Jobtree"
                            .formatted(Runtime.version()),
                    unknown);
        }
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
