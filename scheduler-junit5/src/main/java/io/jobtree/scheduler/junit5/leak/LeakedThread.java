package io.jobtree.scheduler.junit5.leak;

import io.jobtree.scheduler.junit5.find.ForeignObjects;
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
                ForeignObjects.state(thread).toString(),
                blocker == null ? null : Blockers.describe(blocker),
                ForeignObjects.stack(thread));
    }

    /// Only that it lives is known.
    public LeakedThread unseen() {
        return new LeakedThread(id, name, virtual, daemon, "", null, List.of());
    }

    public Frames now() {
        return Frames.of(stack);
    }

    /// A thread in whose stack no code of a user's is; false for one that was not looked at.
    public boolean isIdle() {
        return !stack.isEmpty() && now().user().isEmpty();
    }

    /// A thread of a scheduled executor that waits for the time of a task.
    public boolean waitsForDelayedTask() {
        return stack.stream().anyMatch(frame -> frame.getMethodName().equals("awaitNanos"))
                && stack.stream()
                        .anyMatch(frame -> frame.getClassName()
                                .equals("java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue"));
    }

    public boolean keepsJvmAlive() {
        return !virtual && !daemon;
    }
}
