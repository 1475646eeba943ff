package io.jobtree.scheduler.junit5;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A virtual thread that is no job's, or an open container of such threads, frozen.
///
/// @param id of the thread; 0 for a container without threads
/// @param container the thread's executor or task scope, if it has one
/// @param site where the thread was created, if that is known
record ThreadLeak(
        long id,
        String name,
        String state,
        @Nullable String blocker,
        List<StackTraceElement> stack,
        @Nullable String container,
        List<StackTraceElement> site) {

    Frames now() {
        return Frames.of(stack);
    }

    Frames createdAt() {
        return Frames.of(site);
    }

    boolean isContainer() {
        return id == 0;
    }
}
