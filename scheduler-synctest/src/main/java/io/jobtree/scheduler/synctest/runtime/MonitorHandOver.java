package io.jobtree.scheduler.synctest.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/// Whether a monitor is on its way to a virtual thread.
///
/// The JVM does not resume a virtual thread that gets a monitor: it puts it on a list, and a platform thread of the JDK
/// takes it from there and submits it. Until it has, nothing may be drawn, or the draw would depend on that thread.
final class MonitorHandOver {
    /// Threads taken from the list and not yet submitted: on neither the list nor a run queue.
    private static final AtomicInteger IN_HAND = new AtomicInteger();

    private final VarHandle state;
    private final VarHandle onWaitingList;
    private final int unblocked;
    private final int blocked;
    private final int waiting;
    private final int timedWaiting;

    MonitorHandOver() throws ReflectiveOperationException {
        Class<?> type = Class.forName("java.lang.VirtualThread");
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        state = lookup.findVarHandle(type, "state", int.class);
        onWaitingList = lookup.findVarHandle(type, "onWaitingList", boolean.class);
        unblocked = constant(lookup, type, "UNBLOCKED");
        blocked = constant(lookup, type, "BLOCKED");
        waiting = constant(lookup, type, "WAIT");
        timedWaiting = constant(lookup, type, "TIMED_WAIT");
    }

    private static int constant(MethodHandles.Lookup lookup, Class<?> type, String name)
            throws ReflectiveOperationException {
        return (int) lookup.findStaticVarHandle(type, name, int.class).get();
    }

    static void taken() {
        IN_HAND.incrementAndGet();
    }

    static void submitted() {
        IN_HAND.decrementAndGet();
    }

    /// Whether the thread, not running, is in a monitor's queue or wait set.
    boolean isAtMonitor(Thread thread) {
        int now = (int) state.getVolatile(thread);
        return now == blocked || now == waiting || now == timedWaiting || now == unblocked;
    }

    boolean isInWaitSet(Thread thread) {
        int now = (int) state.getVolatile(thread);
        return now == waiting || now == timedWaiting;
    }

    boolean isBlocked(Thread thread) {
        return (int) state.getVolatile(thread) == blocked;
    }

    /// The order of reads is the order of the JDK's steps: on the list, in hand, unblocked, submitted.
    boolean isPending(Member member) {
        if ((boolean) onWaitingList.getVolatile(member.thread) || IN_HAND.get() > 0) {
            return true;
        }
        return (int) state.getVolatile(member.thread) == unblocked && !member.submitted;
    }
}
