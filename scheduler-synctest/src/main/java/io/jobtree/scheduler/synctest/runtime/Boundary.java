package io.jobtree.scheduler.synctest.runtime;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Who of the bubble leaves it, and who outside has to do with it.
///
/// The clock may jump only when nothing in the bubble can still be woken from outside. So each thread outside that the
/// bubble starts or wakes is known here, and the clock waits, for a moment of real time, until it is done.
final class Boundary {
    /// So long a wait may last that only a thread outside can end.
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(600);

    /// So long a started platform thread may take to end by itself.
    private static final long TO_END = TimeUnit.MILLISECONDS.toNanos(100);

    /// So long a woken thread may take until it is seen to run.
    private static final long TO_WAKE = TimeUnit.MILLISECONDS.toNanos(30);

    /// Before a deadlock is reported.
    private static final long LAST_MINUTE = TimeUnit.MILLISECONDS.toNanos(50);

    private static final String UNBLOCKER = "VirtualThread-unblocker";
    private static final String JDK_THREADS = "jdk.internal.misc.";

    private final Simulation simulation;
    private final IdentityHashMap<Thread, Party> parties = new IdentityHashMap<>();
    private int doors;

    /// The first departure. Written by any thread.
    private volatile @Nullable Departure departure;

    /// @param from whose stack the error is to show; null for the stack of who made it
    private record Departure(Ending ending, @Nullable Member from) {}

    /// A thread outside.
    ///
    /// @param blocker what it waited on before the bubble woke it; null for one that the bubble started
    /// @param since when, in real nanoseconds
    private record Party(@Nullable Object blocker, long since, List<StackTraceElement> where) {}

    Boundary(Simulation simulation) {
        this.simulation = simulation;
    }

    boolean hasLeft() {
        return departure != null;
    }

    /// For the driver, which alone can read the stacks of the bubble's threads.
    @Nullable
    Ending left() {
        Departure left = departure;
        if (left == null) {
            return null;
        }
        if (left.from != null) {
            left.ending.setStackTrace(left.from.thread.getStackTrace());
        }
        return left.ending;
    }

    // ---- what the bubble's threads do

    /// The error for a construct that works in real time only; it unwinds the caller, and ends the bubble.
    Ending leave(Exit exit, String detail) {
        Member running = simulation.driver().running();
        String who = running == null ? "" : " by " + running;
        return leave(exit.text + detail + who + "; " + exit.advice, null);
    }

    /// The stack that the error shows is that of the member, where there is one, and else the caller's.
    private Ending leave(String message, @Nullable Member where) {
        Ending ending = new Ending(Ending.Kind.LEFT, message);
        if (departure == null) {
            departure = new Departure(ending, where);
        }
        return ending;
    }

    void started(Thread thread) {
        if (!isJdks(thread)) {
            parties.put(thread, new Party(null, System.nanoTime(), where()));
        }
    }

    void joining(Thread thread) {
        if (!thread.isVirtual() && thread.isAlive()) {
            throw leave(Exit.PLATFORM_THREAD, " '" + Member.nameOf(thread) + "' is joined");
        }
    }

    /// A thread outside is unparked. Handing a lock over is no work.
    void contacted(Thread thread) {
        if (simulation.has(thread) || thread instanceof DriverThread || thread instanceof DoorThread) {
            return;
        }
        Object blocker = LockSupport.getBlocker(thread);
        if (blocker != null && !Standstill.isLock(blocker) && !isJdks(thread)) {
            parties.put(thread, new Party(blocker, System.nanoTime(), where()));
        }
    }

    private static List<StackTraceElement> where() {
        return List.of(Thread.currentThread().getStackTrace());
    }

    void enterDoor() {
        doors++;
    }

    void leaveDoor() {
        doors--;
    }

    // ---- what threads outside do

    boolean isUnblocker(Thread thread) {
        return thread.getName().equals(UNBLOCKER) && isJdks(thread);
    }

    private static boolean isJdks(Thread thread) {
        return thread.getClass().getName().startsWith(JDK_THREADS);
    }

    /// For any thread: it has woken a thread of the bubble. Handing a lock over is no work.
    void wokenFromOutside(Member member) {
        Thread waker = Thread.currentThread();
        Object blocker = LockSupport.getBlocker(member.thread);
        if (!(waker instanceof DoorThread) && !Standstill.isLock(blocker)) {
            Exit exit = Exit.PLATFORM_THREAD;
            leave(
                    exit.text + " '" + Member.nameOf(waker) + "' woke " + member + ", which waited for "
                            + Standstill.describe(blocker) + "; " + exit.advice,
                    member);
        }
    }

    // ---- the driver, when all threads of the bubble wait

    /// Waits as long as a thread outside has to do with the bubble. Returns whether one has woken a thread of it.
    boolean awaitOutside() {
        while (doors > 0 && !simulation.hasWoken() && !simulation.driver().isOver()) {
            LockSupport.park(this);
        }
        long since = System.nanoTime();
        for (String busy = busy(since); busy != null; busy = busy(since)) {
            if (simulation.hasWoken() || hasLeft() || simulation.driver().isOver()) {
                break;
            }
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(1));
        }
        return simulation.hasWoken() || hasLeft() || simulation.driver().isOver();
    }

    /// Waits for a moment whether someone outside, of whom nothing is known here, wakes a thread after all.
    boolean awaitLastMinute() {
        long since = System.nanoTime();
        while (!simulation.hasWoken() && System.nanoTime() - since < LAST_MINUTE) {
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(5));
        }
        return simulation.hasWoken();
    }

    /// What is to be waited for; null for nothing. Throws where it has taken too long.
    private @Nullable String busy(long since) {
        long now = System.nanoTime();
        for (Thread thread : List.copyOf(parties.keySet())) {
            Party party = Objects.requireNonNull(parties.get(thread));
            long limit = party.blocker == null ? TO_END : PATIENCE;
            if (isDone(thread, party, now)) {
                parties.remove(thread);
            } else if (now - since > limit) {
                throw stillBusy(thread, party);
            } else {
                return Member.nameOf(thread);
            }
        }
        Member waiting = Standstill.waitsForOutside(simulation);
        if (waiting != null && now - since > PATIENCE) {
            leave(
                    "A lock that a thread outside holds is waited for by " + waiting
                            + "; let no thread outside hold it, or use one of the bubble's own",
                    waiting);
            return null;
        }
        return waiting == null ? null : waiting.name();
    }

    @SuppressWarnings("ReferenceEquality") // the very object
    private static boolean isDone(Thread thread, Party party, long now) {
        if (!thread.isAlive()) {
            return true;
        }
        return party.blocker != null && now - party.since > TO_WAKE && LockSupport.getBlocker(thread) == party.blocker;
    }

    private Ending stillBusy(Thread thread, Party party) {
        Exit exit = Exit.PLATFORM_THREAD;
        Ending ending = leave(
                exit.text + " '" + Member.nameOf(thread) + "', which the bubble "
                        + (party.blocker == null ? "started, lives" : "woke, is at work")
                        + " while all its threads wait; "
                        + exit.advice,
                null);
        ending.setStackTrace(party.where.toArray(StackTraceElement[]::new));
        return ending;
    }

    static String standsOnCarrier(Member member) {
        return Exit.PINNED.text + " by " + member + " stops the bubble; " + Exit.PINNED.advice;
    }
}
