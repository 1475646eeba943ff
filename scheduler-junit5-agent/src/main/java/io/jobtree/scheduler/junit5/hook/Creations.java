package io.jobtree.scheduler.junit5.hook;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Called by the JDK's classes as the agent changes them, and passes it on to whoever listens. It is alone in a jar of
/// its own, on the boot path, since the JDK sees no other.
///
/// **Threads:** called by any thread that starts another one.
public final class Creations {
    /// Gets each thread that is about to start and each new executor or task scope, with what joins threads with
    /// their executor, which may be null.
    public static volatile @Nullable BiConsumer<Object, @Nullable Object> created;

    /// Gets what joined the threads of a task scope that is closed.
    public static volatile @Nullable Consumer<Object> closed;

    private Creations() {}

    /// Something was made.
    ///
    /// @param object the thread, executor or task scope
    /// @param container what joins threads with their executor
    public static void created(Object object, @Nullable Object container) {
        BiConsumer<Object, @Nullable Object> listener = created;
        if (listener == null) {
            return;
        }
        try {
            listener.accept(object, container);
        } catch (Throwable thrown) {
            giveUp();
        }
    }

    /// A task scope was closed.
    ///
    /// @param container what joined its threads
    public static void closed(@Nullable Object container) {
        Consumer<Object> listener = closed;
        if (listener == null || container == null) {
            return;
        }
        try {
            listener.accept(container);
        } catch (Throwable thrown) {
            giveUp();
        }
    }

    /// A program must not fail for the sake of its leak check. What is no longer heard of is not reported.
    private static void giveUp() {
        created = null;
        closed = null;
    }
}
