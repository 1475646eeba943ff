package io.jobtree.scheduler.synctest.runtime;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// Says what a bubble's threads wait for, and who owns that.
final class Standstill {
    private static final int FRAMES = 6;
    private static final int THREADS = 50;
    private static final Method EXCLUSIVE_OWNER;

    static {
        try {
            EXCLUSIVE_OWNER = AbstractOwnableSynchronizer.class.getDeclaredMethod("getExclusiveOwnerThread");
            EXCLUSIVE_OWNER.setAccessible(true);
        } catch (ReflectiveOperationException unknown) {
            throw new LinkageError("AbstractOwnableSynchronizer has another shape", unknown);
        }
    }

    private static final String CYCLE = "\n  cycle: ";
    private static final String HINT =
            "\n  if a thread from before the bubble is to end such a wait: wait for it in Bubble.outside(...)";

    private Standstill() {}

    static String deadlock(Simulation simulation) {
        List<Member> members = inOrder(simulation);
        return (members.size() == 1
                        ? "The one thread of the bubble waits"
                        : "All " + members.size() + " threads of the bubble wait")
                + ", no timer is set and nothing is outside, at " + simulation.clock()
                + orHint(details(members));
    }

    /// Without a cycle, a thread that the bubble does not know may be meant to end the wait.
    private static String orHint(String details) {
        return details.contains(CYCLE) ? details : details + HINT;
    }

    static String remains(Simulation simulation) {
        List<Member> members = inOrder(simulation);
        return "The test is over, and " + count(members) + " for ever, at " + simulation.clock() + details(members);
    }

    static String goesOn(Simulation simulation) {
        List<Member> members = inOrder(simulation);
        return "The test is over, and " + members.size() + (members.size() == 1 ? " thread goes" : " threads go")
                + " on, at " + simulation.clock() + "; end what the test starts" + details(members);
    }

    static String livelock(Simulation simulation, int steps) {
        List<Member> members = inOrder(simulation);
        return "Threads run without end while the clock stands at " + simulation.clock() + ": " + steps
                + " steps; wait by sleeping, not by yielding" + details(members);
    }

    private static String count(List<Member> members) {
        return members.size() == 1 ? "1 thread waits" : members.size() + " threads wait";
    }

    private static List<Member> inOrder(Simulation simulation) {
        List<Member> members = new ArrayList<>(simulation.members());
        Thread test = simulation.driver().test();
        if (simulation.driver().isEnding()) {
            members.removeIf(member -> member.thread == test || member.daemon);
        }
        members.sort(Comparator.comparingInt(member -> member.ordinal));
        return members;
    }

    private static String details(List<Member> members) {
        IdentityHashMap<Thread, Member> byThread = new IdentityHashMap<>();
        members.forEach(member -> byThread.put(member.thread, member));
        Monitors monitors = Monitors.of(members);
        StringBuilder text = new StringBuilder();
        IdentityHashMap<Member, Member> waitsFor = new IdentityHashMap<>();
        for (Member member : members.subList(0, Math.min(THREADS, members.size()))) {
            Object blocker = blockerOf(member, members, monitors);
            Thread owner = ownerOf(blocker, monitors);
            text.append("\n  ").append(member).append(' ').append(wait(member, blocker, monitors));
            if (owner != null) {
                Member owning = byThread.get(owner);
                text.append(", held by ").append(owning == null ? "'" + Member.nameOf(owner) + "' outside" : owning);
                if (owning != null) {
                    waitsFor.put(member, owning);
                }
            }
            frames(member, text);
        }
        if (members.size() > THREADS) {
            text.append("\n  and ").append(members.size() - THREADS).append(" more");
        }
        return text + cycle(members, waitsFor);
    }

    private static String wait(Member member, @Nullable Object blocker, Monitors monitors) {
        Thread.State state = member.thread.getState();
        if (state == Thread.State.RUNNABLE) {
            return "can run";
        }
        if (blocker instanceof Thread thread) {
            return "waits for '" + Member.nameOf(thread) + "' to end";
        }
        String what = blocker == null ? "an unpark" : describe(blocker);
        if (state == Thread.State.BLOCKED) {
            return "waits for the monitor of " + what;
        }
        return monitors.waitsToBeNotified(member) ? "waits to be notified by " + what : "waits for " + what;
    }

    private static void frames(Member member, StringBuilder text) {
        int shown = 0;
        for (StackTraceElement frame : member.thread.getStackTrace()) {
            if (!isPlumbing(frame.getClassName()) && shown++ < FRAMES) {
                text.append("\n      at ").append(frame);
            }
        }
    }

    private static boolean isPlumbing(String type) {
        return type.startsWith("java.lang.VirtualThread")
                || type.startsWith("java.lang.System$")
                || type.startsWith("java.util.concurrent.locks.LockSupport")
                || type.startsWith("java.util.concurrent.locks.AbstractQueued")
                || type.startsWith("java.util.concurrent.ForkJoinPool")
                || type.startsWith("jdk.internal.")
                || type.startsWith(Simulation.class.getPackageName() + ".");
    }

    private static String cycle(List<Member> members, IdentityHashMap<Member, Member> waitsFor) {
        for (Member start : members) {
            StringBuilder path = new StringBuilder(start.toString());
            Member next = waitsFor.get(start);
            for (int i = 0; next != null && i < members.size(); i++) {
                path.append(" -> ").append(next);
                if (next == start) {
                    return CYCLE + path;
                }
                next = waitsFor.get(next);
            }
        }
        return "";
    }

    private static @Nullable Object blockerOf(Member member, List<Member> members, Monitors monitors) {
        Object monitor = monitors.waitedFor(member);
        if (monitor != null) {
            return monitor;
        }
        Object blocker = LockSupport.getBlocker(member.thread);
        Thread joined = Joins.joinedBy(blocker, members);
        return joined != null ? joined : blocker;
    }

    private static @Nullable Thread ownerOf(@Nullable Object blocker, Monitors monitors) {
        return blocker instanceof AbstractOwnableSynchronizer lock
                ? ownerOf(lock)
                : blocker == null ? null : monitors.ownerOf(blocker);
    }

    static @Nullable Thread ownerOf(AbstractOwnableSynchronizer lock) {
        try {
            return (Thread) EXCLUSIVE_OWNER.invoke(lock);
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("getExclusiveOwnerThread cannot be called", impossible);
        }
    }

    /// Whether it is a lock of the JDK, which one thread hands over to another.
    static boolean isLock(@Nullable Object blocker) {
        return blocker instanceof AbstractOwnableSynchronizer
                && (isOf(ReentrantLock.class, blocker) || isOf(ReentrantReadWriteLock.class, blocker));
    }

    private static boolean isOf(Class<?> host, Object blocker) {
        return blocker.getClass().getNestHost() == host;
    }

    /// A thread that waits for a lock or a monitor which a thread outside holds.
    static @Nullable Member waitsForOutside(Simulation simulation) {
        boolean blocked = false;
        for (Member member : simulation.members()) {
            blocked |= Simulation.MONITORS.isBlocked(member.thread);
            if (LockSupport.getBlocker(member.thread) instanceof AbstractOwnableSynchronizer lock
                    && isLock(lock)
                    && isHeldOutside(lock, simulation)) {
                return member;
            }
        }
        return blocked ? Monitors.of(simulation.members()).blockedByOutside() : null;
    }

    /// A free lock with a parked waiter is about to be handed over by the thread that has just unlocked it outside.
    private static boolean isHeldOutside(AbstractOwnableSynchronizer lock, Simulation simulation) {
        Thread owner = ownerOf(lock);
        return owner == null ? isOf(ReentrantLock.class, lock) : !simulation.has(owner);
    }

    /// The class that a user knows, and which object of it.
    static String describe(@Nullable Object blocker) {
        if (blocker == null) {
            return "an unpark";
        }
        Class<?> type = blocker.getClass();
        if (type.getName().startsWith("java.")) {
            type = type.getNestHost();
        }
        if (blocker.getClass().getSimpleName().equals("ConditionObject")) {
            return "a Condition";
        }
        return type.getTypeName().replaceFirst("^.*\\.", "") + "@"
                + Integer.toHexString(System.identityHashCode(blocker));
    }
}
