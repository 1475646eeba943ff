package io.jobtree.scheduler.junit5.find;

import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// What a thread that was created under an origin that watches threads carries: where it was created, and a bound of
/// its id.
///
/// It is made by the creating thread in the middle of the new thread's constructor, when that one has its id but cannot
/// be reached yet. Ids rise, so the id is below that of a thread made now.
public final class ThreadCreation implements Inherited {
    private static final ThreadFactory PROBE =
            Thread.ofVirtual().inheritInheritableThreadLocals(false).factory();

    private final Origin origin;
    private final long idBelow;
    private final @Nullable Site site;

    /// @param takesSite whether to keep where this is
    ThreadCreation(Origin origin, boolean takesSite) {
        this.origin = origin;
        this.idBelow = nextThreadId();
        this.site = takesSite ? Site.here() : null;
    }

    /// An id above those of all threads made so far, and below those of all made later.
    public static long nextThreadId() {
        return PROBE.newThread(() -> {}).threadId();
    }

    @Override
    public Origin origin() {
        return origin;
    }

    public long idBelow() {
        return idBelow;
    }

    /// False only for a platform thread.
    public boolean mayBeOfVirtualThread() {
        return site == null || site.isVirtualThreadsConstructor();
    }

    /// Whether it may be that of a platform thread of this class: then the constructor of that class is in its stack.
    public boolean mayBeOf(Class<? extends Thread> type) {
        return site == null || (site.isConstructorOf(type.getName()) && !site.isVirtualThreadsConstructor());
    }

    public @Nullable Site site() {
        return site;
    }
}
