package io.jobtree.scheduler.junit5.threads;

import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.Site;
import io.jobtree.scheduler.junit5.leak.LeakedThread;
import io.jobtree.scheduler.junit5.threads.ThreadDump.DumpedThread;
import org.jspecify.annotations.Nullable;

/// One live thread.
///
/// @param thread null if there is no handle to it
/// @param dumped what a thread dump says of it; null if none was taken
/// @param origin where it comes from; null if that is not known
/// @param site where it was started; null if that is not known
record Member(
        long id,
        @Nullable Thread thread,
        @Nullable DumpedThread dumped,
        @Nullable Origin origin,
        @Nullable Site site) {

    /// By the thread's id: its own class may compare otherwise, or throw.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Member member && member.id == id;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }

    String name() {
        return thread != null ? thread.getName() : dumped != null ? dumped.name() : "";
    }

    boolean isVirtual() {
        return thread == null || thread.isVirtual();
    }

    boolean isDaemon() {
        return thread == null || thread.isDaemon();
    }

    /// The class of the thread; empty if there is no handle to it.
    String className() {
        return thread == null ? "" : thread.getClass().getName();
    }

    LeakedThread freeze() {
        if (thread != null) {
            return LeakedThread.of(thread);
        }
        return dumped == null
                ? new LeakedThread(id, "", true, true, "", null, java.util.List.of())
                : new LeakedThread(id, dumped.name(), true, true, dumped.state(), dumped.blocker(), dumped.stack());
    }
}
