package io.jobtree.scheduler.junit5.leak;

import io.jobtree.scheduler.junit5.find.Frames;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One thread, frozen.
///
/// @param state empty if it was not looked at
public record LeakedThread(
        long id,
        String name,
        boolean virtual,
        boolean daemon,
        String state,
        @Nullable String blocker,
        List<StackTraceElement> stack) {

    public static LeakedThread of(Thread thread) {
        Object blocker = LockSupport.getBlocker(thread);
        return new LeakedThread(
                thread.threadId(),
                thread.getName(),
                thread.isVirtual(),
                thread.isDaemon(),
                thread.getState().toString(),
                blocker == null ? null : Blockers.describe(blocker),
                List.of(thread.getStackTrace()));
    }

    /// Only that it lives is known.
    public LeakedThread unseen() {
        return new LeakedThread(id, name, virtual, daemon, "", null, List.of());
    }

    public Frames now() {
        return Frames.of(stack);
    }

    public boolean keepsJvmAlive() {
        return !virtual && !daemon;
    }
}
