package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.junit5.ThreadDump.Container;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A virtual thread that is no job's, or an open container in which no thread lives, frozen.
///
/// @param id of the thread; 0 for a container
/// @param name of the thread, or of the thread that opened the container, if that is known
/// @param container the thread's executor or task scope, if it has one, or the container itself
/// @param site where the thread was created, if that is known
record ThreadLeak(
        long id,
        String name,
        String state,
        @Nullable String blocker,
        List<StackTraceElement> stack,
        @Nullable Container container,
        List<StackTraceElement> site) {

    Frames now() {
        return Frames.of(stack);
    }

    Frames createdAt() {
        return Frames.of(site);
    }

    /// An open container of threads, of which none lives.
    static ThreadLeak ofContainer(Container container, String opener) {
        return new ThreadLeak(0, opener, "", null, List.of(), container, List.of());
    }

    boolean isContainer() {
        return id == 0;
    }

    @Nullable
    String containerTitle() {
        return container == null ? null : container.title();
    }
}
