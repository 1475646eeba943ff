package io.jobtree.scheduler.junit5;

import java.util.concurrent.ThreadFactory;

/// What a thread that was created under an owner that watches threads carries: where it was created, and a bound of
/// its id.
///
/// It is made by the creating thread in the middle of the new thread's constructor, when that one has its id but is
/// not to be had. Ids rise, so the id is below that of a thread made now.
final class ThreadBirth implements Claim {
    private static final ThreadFactory PROBE =
            Thread.ofVirtual().inheritInheritableThreadLocals(false).factory();

    private final Owner owner;
    private final long idBelow;
    private final Site site;

    ThreadBirth(Owner owner) {
        this.owner = owner;
        this.idBelow = nextThreadId();
        this.site = Site.here();
    }

    /// An id above those of all threads made so far, and below those of all made later.
    static long nextThreadId() {
        return PROBE.newThread(() -> {}).threadId();
    }

    @Override
    public Owner owner() {
        return owner;
    }

    long idBelow() {
        return idBelow;
    }

    boolean isOfVirtualThread() {
        return site.frames().stream().anyMatch(frame -> frame.getClassName().equals("java.lang.VirtualThread"))
                && site.frames().stream()
                        .noneMatch(frame -> frame.getClassName().startsWith("sun.nio.ch.Poller"));
    }

    Site site() {
        return site;
    }
}
