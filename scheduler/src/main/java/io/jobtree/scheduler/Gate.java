package io.jobtree.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Places, and who waits for one: jobs that return from a wait, then pending jobs in spawn order, then
/// spawners that wait for room in the queue.
///
/// ```
/// taken < places, nobody waits      a place is taken and given back by one CAS
/// QUEUED set                        the word belongs to whoever has the lock
/// ```
final class Gate {
    /// What a spawner has got: nothing yet, room in the queue, a place.
    static final int NOTHING = 0;

    static final int ROOM = 1;
    static final int PLACE = 2;

    private static final int QUEUED = 1 << 31;
    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Gate.class, "word", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Which bit of a job's state says that it holds a place here.
    final int bit;

    final int places;
    private final int pendingLimit;

    /// How many places are taken, and QUEUED while somebody waits or has the lock.
    private volatile int word;

    // The rest is guarded by this.
    private final LinkQueue returning = new LinkQueue();
    private final LinkQueue pending = new LinkQueue();
    private final ArrayDeque<Ticket> spawners = new ArrayDeque<>(0);
    private int room;

    Gate(int bit, int places, int pendingLimit) {
        this.bit = bit;
        this.places = places;
        this.pendingLimit = pendingLimit;
        this.room = pendingLimit;
    }

    int taken() {
        return word & ~QUEUED;
    }

    synchronized int waiting() {
        return pending.size() + returning.size();
    }

    /// Takes a place, or else room in the queue; neither where a spawner would have to wait.
    int tryReserve() {
        if (tryTake()) {
            return PLACE;
        }
        synchronized (this) {
            int taken = freeze();
            try {
                if (taken < places && nobodyWaits()) {
                    taken++;
                    return PLACE;
                }
                if (room > 0 && spawners.isEmpty()) {
                    room--;
                    return ROOM;
                }
                return NOTHING;
            } finally {
                thaw(taken);
            }
        }
    }

    /// Waits for a place, or else room in the queue.
    int awaitRoom(Scope scope) {
        var ticket = new Ticket(Thread.currentThread());
        synchronized (this) {
            scope.ensureAccepts();
            int taken = freeze();
            spawners.add(ticket);
            settleAndThaw(taken);
        }
        while (ticket.got == NOTHING
                && !ticket.refused
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.park(this);
        }
        synchronized (this) {
            if (ticket.got == NOTHING) {
                int taken = freeze();
                spawners.remove(ticket);
                thaw(taken);
                throw new RejectedExecutionException(
                        ticket.refused
                                ? scope.refusal()
                                : scope + " has no room, and the thread was interrupted while it waited for some");
            }
            return ticket.got;
        }
    }

    /// Gives back what a spawner reserved and does not need.
    @Nullable
    JobImpl<?> giveBack(int reserved) {
        if (reserved == PLACE) {
            return release();
        }
        synchronized (this) {
            int taken = freeze();
            room++;
            return settleAndThaw(taken);
        }
    }

    /// Queues a pending job, for which room was reserved or not, and gives the job that now has a
    /// place: this one, another, or none. The caller has to tell it.
    synchronized @Nullable JobImpl<?> queue(Link link, boolean reserved) {
        int taken = freeze();
        if (!reserved) {
            room--;
        }
        pending.add(link);
        return settleAndThaw(taken);
    }

    /// Takes a place for a job that returns from a wait, or else queues it ahead of the pending ones.
    boolean retakeOrQueue(Link link) {
        if (tryTake()) {
            return true;
        }
        synchronized (this) {
            int taken = freeze();
            boolean free = taken < places && returning.isEmpty();
            if (free) {
                taken++;
            } else {
                returning.add(link);
            }
            thaw(taken);
            return free;
        }
    }

    /// Takes a job out of the queue, if it is there; gives what [#release] gives.
    synchronized @Nullable JobImpl<?> remove(Link link) {
        int taken = freeze();
        if (pending.remove(link)) {
            room++;
        } else {
            returning.remove(link);
        }
        return settleAndThaw(taken);
    }

    /// Gives a place back; if that gives it to a queued job, that job, which the caller has to tell.
    @Nullable
    JobImpl<?> release() {
        int now = word;
        while (now >= 0) {
            if (WORD.compareAndSet(this, now, now - 1)) {
                return null;
            }
            now = word;
        }
        synchronized (this) {
            return settleAndThaw(freeze() - 1);
        }
    }

    /// Refuses every spawner that waits now.
    synchronized void refuseSpawners() {
        int taken = freeze();
        for (var ticket : spawners) {
            ticket.refused = true;
            LockSupport.unpark(ticket.thread);
        }
        spawners.clear();
        thaw(taken);
    }

    boolean tryTake() {
        int now = word;
        while (now >= 0 && now < places) {
            if (WORD.compareAndSet(this, now, now + 1)) {
                return true;
            }
            now = word;
        }
        return false;
    }

    /// Takes the word from those without the lock. One that is QUEUED already is not theirs.
    private int freeze() {
        int now = word;
        return (now < 0 ? now : (int) WORD.getAndBitwiseOr(this, QUEUED)) & ~QUEUED;
    }

    /// A release is enough: who needs to see more takes the lock, or changes the word by a
    /// compare-and-set.
    private void thaw(int taken) {
        WORD.setRelease(this, nobodyWaits() ? taken : taken | QUEUED);
    }

    private boolean nobodyWaits() {
        return returning.isEmpty() && pending.isEmpty() && spawners.isEmpty();
    }

    /// Gives a free place to the first that waits, and free room to spawners. One place comes free at a
    /// time, so one job gets it.
    private @Nullable JobImpl<?> settleAndThaw(int before) {
        int taken = before;
        JobImpl<?> granted = null;
        while (taken < places && granted == null && !(returning.isEmpty() && pending.isEmpty())) {
            var job = poll().job;
            granted = job == null ? null : job.grant(bit);
            if (granted != null) {
                taken++;
            }
        }
        while (!spawners.isEmpty() && (room > 0 || (taken < places && pending.isEmpty()))) {
            boolean place = taken < places && pending.isEmpty() && returning.isEmpty();
            if (place) {
                taken++;
            } else {
                room--;
            }
            spawners.remove().give(place ? PLACE : ROOM);
        }
        thaw(taken);
        return granted;
    }

    private Link poll() {
        if (!returning.isEmpty()) {
            return returning.remove();
        }
        room++;
        return pending.remove();
    }

    @Override
    public String toString() {
        return taken() + " of " + places + " places taken"
                + (pendingLimit == Integer.MAX_VALUE ? "" : ", " + room + " free in the queue");
    }

    /// A spawner that waits. The fields are written under the gate's lock.
    private static final class Ticket {
        final Thread thread;
        volatile int got;
        volatile boolean refused;

        Ticket(Thread thread) {
            this.thread = thread;
        }

        void give(int what) {
            got = what;
            LockSupport.unpark(thread);
        }
    }
}
