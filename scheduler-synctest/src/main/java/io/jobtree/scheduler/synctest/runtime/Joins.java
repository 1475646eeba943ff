package io.jobtree.scheduler.synctest.runtime;

import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Which thread a blocker stands for, on the JDKs where a join waits for a latch of the joined thread.
final class Joins {
    /// Null on the JDKs where a join waits on the thread's monitor.
    private static final @Nullable Field TERMINATION = field("java.lang.VirtualThread", "termination");

    private static final @Nullable Field SYNC = field(CountDownLatch.class.getName(), "sync");

    private Joins() {}

    private static @Nullable Field field(String type, String name) {
        try {
            Field field = Class.forName(type).getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException other) {
            return null;
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very object
    static @Nullable Thread joinedBy(@Nullable Object blocker, List<Member> members) {
        if (TERMINATION == null || SYNC == null || blocker == null) {
            return null;
        }
        try {
            for (Member member : members) {
                Object latch = TERMINATION.get(member.thread);
                if (latch != null && SYNC.get(latch) == blocker) {
                    return member.thread;
                }
            }
            return null;
        } catch (IllegalAccessException impossible) {
            throw new LinkageError("VirtualThread.termination cannot be read", impossible);
        }
    }
}
