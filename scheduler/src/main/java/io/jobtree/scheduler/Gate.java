package io.jobtree.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Places, and who waits for one: jobs that return from a wait, then pending jobs in spawn order, then
/// spawners that wait for room in the queue.
///
/// ```
/// free:    QUEUED clear, incoming CLOSED   nobody waits; a place is taken and given back by one CAS
/// queued:  QUEUED set, incoming open       every place is taken, and the word belongs to whoever has the lock. A
///                                        pending job is put into the incoming by one CAS; who gives a place back
///                                        passes it on to the first one that is ready, by one CAS
/// ahead:   AHEAD set too                   a job that returns from a wait, or a spawner, is to be served under the
///                                        lock before, or besides, the pending ones
/// ```
///
/// All of these change under the lock alone: from free to queued if somebody is left to wait, and back if nobody
/// does and the incoming could be closed while it was empty. So nobody is put into the incoming unseen.
///
/// Pending jobs come into the incoming, newest first. When none is left that is ready, the incoming is turned
/// round and becomes what is ready, oldest first: so they start in the order in which they came. A link is put
/// into a gate once at most, so a compare-and-set that finds the first one unchanged finds the others unchanged
/// too.
final class Gate {
    /// What a spawner has got: nothing yet, room in the queue, a place.
    static final int NOTHING = 0;

    static final int ROOM = 1;
    static final int PLACE = 2;

    private static final int QUEUED = 1 << 31;
    private static final int AHEAD = 1 << 30;
    private static final int FLAGS = QUEUED | AHEAD;

    /// So many links of jobs that were cancelled are let lie.
    private static final int LEAST_SWEPT = 64;

    /// Nothing is to be put on top of it.
    private static final Link CLOSED = new Link(null);

    private static final VarHandle WORD;
    private static final VarHandle INCOMING;
    private static final VarHandle READY;
    private static final VarHandle FREED;
    private static final VarHandle ROOM_LEFT;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Gate.class, "word", int.class);
            INCOMING = MethodHandles.lookup().findVarHandle(Gate.class, "incoming", Link.class);
            READY = MethodHandles.lookup().findVarHandle(Gate.class, "ready", Task.class);
            FREED = MethodHandles.lookup().findVarHandle(Gate.class, "freed", int.class);
            ROOM_LEFT = MethodHandles.lookup().findVarHandle(Gate.class, "room", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// Which bit of a job's state says that it holds a place here.
    final int bit;

    final int places;
    private final int pendingLimit;

    /// How many places are taken; QUEUED while somebody waits or has the lock, and AHEAD.
    private volatile int word;

    /// Pending jobs on their way into the queue, newest first.
    private volatile @Nullable Link incoming = CLOSED;

    /// Pending jobs that are the next to start, oldest first. Taken off by anyone, put there under the lock.
    private volatile @Nullable Task ready;

    /// How many more may be pending, save for what has come free since it was last counted. Taken by
    /// anyone, given back under the lock.
    private volatile int room;

    /// Room that has come free. Counted only when somebody lacks some: spawners take room from one word,
    /// and jobs that end need not touch that each time.
    private volatile int freed;

    // The rest is guarded by this.
    private final LinkQueue returning = new LinkQueue();
    private @Nullable RoomRequest firstSpawner;
    private @Nullable RoomRequest lastSpawner;

    /// How many links were left behind by jobs that were cancelled, at most, and when that is too many.
    private int left;

    private int mostLeft = LEAST_SWEPT;

    Gate(int bit, int places, int pendingLimit) {
        this.bit = bit;
        this.places = places;
        this.pendingLimit = pendingLimit;
        this.room = pendingLimit;
    }

    int taken() {
        return word & ~FLAGS;
    }

    synchronized int waiting() {
        return sweep() + returning.size();
    }

    /// The job that is the next to start, where none can for want of places.
    synchronized @Nullable JobImpl<?> firstPending() {
        sweep();
        if (ready == null) {
            drain();
        }
        var first = (Link) ready;
        return first == null || taken() < places ? null : first.unfinished();
    }

    /// Takes a place, or else room in the queue; neither where a spawner would have to wait.
    int tryReserve() {
        if (tryTake()) {
            return PLACE;
        }
        if (incoming != CLOSED && tryTakeRoom()) {
            return ROOM;
        }
        synchronized (this) {
            int taken = freeze();
            boolean free = taken < places && nobodyWaits();
            countFreed();
            thaw(free ? taken + 1 : taken);
            return free ? PLACE : tryTakeRoom() ? ROOM : NOTHING;
        }
    }

    private boolean tryTakeRoom() {
        for (int left = room; left > 0; left = room) {
            if (pendingLimit == Integer.MAX_VALUE || ROOM_LEFT.compareAndSet(this, left, left - 1)) {
                return true;
            }
        }
        return false;
    }

    /// Waits for a place, or else room in the queue.
    int awaitRoom(Scope scope) {
        var request = new RoomRequest(Thread.currentThread());
        JobImpl<?> granted;
        synchronized (this) {
            scope.ensureAccepts();
            int taken = freeze();
            addSpawner(request);
            granted = settleAndThaw(taken);
        }
        Places.notify(granted, this);
        try {
            while (request.got == NOTHING
                    && !request.refused
                    && !Thread.currentThread().isInterrupted()) {
                LockSupport.park(this);
            }
        } catch (StackOverflowError noRoom) {
            int got = withdraw(request);
            if (got != NOTHING) {
                Places.notify(giveBack(got), this);
            }
            throw noRoom;
        }
        int got = withdraw(request);
        if (got != NOTHING) {
            return got;
        }
        if (request.refused) {
            throw new RejectedExecutionException(scope.refusal());
        }
        throw new Failures.SpawnInterrupted(
                scope + " has no room, and the thread was interrupted while it waited for some");
    }

    /// Ends a request; gives what it has got.
    private synchronized int withdraw(RoomRequest request) {
        if (request.got == NOTHING) {
            int taken = freeze();
            removeSpawner(request);
            thaw(taken);
        }
        return request.got;
    }

    /// Gives back what a spawner reserved and does not need.
    @Nullable
    JobImpl<?> giveBack(int reserved) {
        if (reserved == PLACE) {
            return release();
        }
        synchronized (this) {
            addFreed();
            return settleAndThaw(freeze());
        }
    }

    /// Queues a pending job, for which room was reserved or not, and gives the job that now has a
    /// place: this one, another, or none. The caller has to notify it.
    @Nullable
    JobImpl<?> queue(Link link, boolean reserved) {
        if (!reserved) {
            addRoom(-1);
        }
        link.queue = this;
        for (var top = incoming; top != CLOSED; top = incoming) {
            if (push(link, top)) {
                return null;
            }
        }
        synchronized (this) {
            int taken = freeze();
            while (!push(link, incoming)) {
                Thread.onSpinWait();
            }
            return settleAndThaw(taken);
        }
    }

    private boolean push(Link link, @Nullable Link top) {
        link.next = top == CLOSED ? null : top;
        return INCOMING.compareAndSet(this, top, link);
    }

    /// Takes a place for a job that returns from a wait, or else queues it ahead of the pending ones.
    boolean tryTakeOrQueueAhead(Link link) {
        if (tryTake()) {
            return true;
        }
        synchronized (this) {
            int taken = freeze();
            boolean free = taken < places && returning.isEmpty();
            if (free) {
                taken++;
            } else if (link.queue == null) {
                returning.add(link);
            }
            thaw(taken);
            return free;
        }
    }

    /// Takes a job out of the queue, if it is there; gives what [#release] gives.
    synchronized @Nullable JobImpl<?> remove(Link link) {
        int taken = freeze();
        if (link.leave(this)) {
            addFreed();
            if (++left > mostLeft) {
                mostLeft = Math.max(sweep(), LEAST_SWEPT);
            }
        } else {
            returning.remove(link);
        }
        return settleAndThaw(taken);
    }

    /// Gives a place back; gives the queued job that got it, which the caller has to notify.
    @Nullable
    JobImpl<?> release() {
        int now = word;
        while (now >= 0) {
            if (WORD.compareAndSet(this, now, now - 1)) {
                return null;
            }
            now = word;
        }
        if ((now & AHEAD) == 0) {
            var granted = grantReady();
            if (granted != null) {
                if ((word & AHEAD) != 0) {
                    giveRoom();
                }
                return granted;
            }
        }
        synchronized (this) {
            return settleAndThaw(freeze() - 1);
        }
    }

    /// Gives room that came free besides to those who wait for it.
    private synchronized void giveRoom() {
        int taken = freeze();
        thaw(taken + settleSpawners(places - taken));
    }

    /// Gives a place that the caller has to the first pending job that is ready, if there is one.
    private @Nullable JobImpl<?> grantReady() {
        for (var link = pollReady(); link != null; link = pollReady()) {
            if (link.leave(this)) {
                addFreed();
                var job = link.job;
                if (job != null && job.grant(bit)) {
                    return job;
                }
            }
        }
        return null;
    }

    private @Nullable Link pollReady() {
        for (var first = ready; first != null; first = ready) {
            // Anything, if somebody else has taken it off meanwhile.
            var next = first.next;
            if (READY.compareAndSet(this, first, next)) {
                first.next = null;
                return (Link) first;
            }
        }
        return null;
    }

    /// Refuses every spawner that waits now.
    synchronized void refuseSpawners() {
        int taken = freeze();
        for (var request = firstSpawner; request != null; request = firstSpawner) {
            removeSpawner(request);
            request.refused = true;
            LockSupport.unpark(request.thread);
        }
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
        return (now < 0 ? now : (int) WORD.getAndBitwiseOr(this, QUEUED)) & ~FLAGS;
    }

    /// A release is enough: who needs to see more takes the lock, or changes the word by a
    /// compare-and-set.
    private void thaw(int taken) {
        boolean queued = !nobodyWaits() || !closeIncoming();
        if (queued && incoming == CLOSED) {
            incoming = null;
        }
        boolean ahead = !returning.isEmpty() || firstSpawner != null;
        int next = ahead ? taken | FLAGS : queued ? taken | QUEUED : taken;
        if (word != next) {
            WORD.setRelease(this, next);
        }
    }

    private boolean nobodyWaits() {
        return returning.isEmpty() && ready == null && firstSpawner == null;
    }

    private boolean closeIncoming() {
        return incoming == CLOSED || INCOMING.compareAndSet(this, null, CLOSED);
    }

    /// Makes what is in the incoming ready, where nothing else is; false if there is nothing.
    private boolean drain() {
        var newest = incoming;
        if (newest == null || newest == CLOSED) {
            return false;
        }
        ready = Task.oldestFirst((Link) INCOMING.getAndSet(this, null));
        return true;
    }

    /// Lets go of the links that jobs have left behind; gives how many jobs are pending.
    private int sweep() {
        left = 0;
        // Nobody is to take off what is looked at; who would waits for the lock. What is left out still points to
        // what comes behind it, for one who has seen it before.
        var first = (Task) READY.getAndSet(this, null);
        while (first != null && !isPending(first)) {
            first = first.next;
        }
        int waiting = sweepBehind(first);
        ready = first;
        // The newest stays: somebody may be about to be put on top of it.
        var newest = incoming;
        return newest == CLOSED ? waiting : waiting + sweepBehind(newest);
    }

    /// Sweeps all behind the first; gives how many of all are pending.
    private int sweepBehind(@Nullable Task first) {
        if (first == null) {
            return 0;
        }
        int waiting = isPending(first) ? 1 : 0;
        var last = first;
        for (var link = first.next; link != null; link = link.next) {
            if (isPending(link)) {
                waiting++;
                last.next = link;
                last = link;
            }
        }
        last.next = null;
        return waiting;
    }

    private boolean isPending(Task link) {
        return ((Link) link).queue == this;
    }

    private void addRoom(int more) {
        if (pendingLimit != Integer.MAX_VALUE) {
            ROOM_LEFT.getAndAdd(this, more);
        }
    }

    private void addFreed() {
        if (pendingLimit != Integer.MAX_VALUE) {
            FREED.getAndAdd(this, 1);
        }
    }

    private void countFreed() {
        if (freed != 0) {
            addRoom((int) FREED.getAndSet(this, 0));
        }
    }

    /// Gives a free place to the first that waits, and free room to spawners. One place comes free at a
    /// time, so one job gets it.
    private @Nullable JobImpl<?> settleAndThaw(int before) {
        int taken = before;
        JobImpl<?> granted = null;
        do {
            if (taken < places && granted == null) {
                granted = grantNext();
                taken += granted == null ? 0 : 1;
            }
            if (ready == null) {
                drain();
            }
            taken += settleSpawners(places - taken);
        } while (nobodyWaits() && !closeIncoming());
        thaw(taken);
        return granted;
    }

    /// Gives spawners the places that nobody else waits for, or else room; gives the number of places.
    private int settleSpawners(int free) {
        if (firstSpawner == null) {
            return 0;
        }
        countFreed();
        int given = 0;
        for (var request = firstSpawner; request != null; request = firstSpawner) {
            int got = given < free && ready == null && returning.isEmpty() ? PLACE : tryTakeRoom() ? ROOM : NOTHING;
            if (got == NOTHING) {
                break;
            }
            given += got == PLACE ? 1 : 0;
            removeSpawner(request);
            request.give(got);
        }
        return given;
    }

    private void addSpawner(RoomRequest request) {
        // Before the room is counted again: who frees some after that sees this.
        WORD.getAndBitwiseOr(this, AHEAD);
        request.previous = lastSpawner;
        if (lastSpawner == null) {
            firstSpawner = request;
        } else {
            lastSpawner.next = request;
        }
        lastSpawner = request;
    }

    private void removeSpawner(RoomRequest request) {
        var before = request.previous;
        var after = request.next;
        if (before == null && firstSpawner != request) {
            return;
        }
        if (before == null) {
            firstSpawner = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            lastSpawner = before;
        } else {
            after.previous = before;
        }
        request.previous = null;
        request.next = null;
    }

    private @Nullable JobImpl<?> grantNext() {
        while (!returning.isEmpty()) {
            var job = returning.remove().job;
            if (job != null && job.grant(bit)) {
                return job;
            }
        }
        JobImpl<?> granted;
        do {
            granted = grantReady();
        } while (granted == null && drain());
        return granted;
    }

    @Override
    public String toString() {
        return taken() + " of " + places + " places taken"
                + (pendingLimit == Integer.MAX_VALUE ? "" : ", " + (room + freed) + " free in the queue");
    }

    /// A spawner that waits. The fields are written under the gate's lock.
    private static final class RoomRequest {
        final Thread thread;
        volatile int got;
        volatile boolean refused;

        @Nullable
        RoomRequest previous;

        @Nullable
        RoomRequest next;

        RoomRequest(Thread thread) {
            this.thread = thread;
        }

        void give(int what) {
            got = what;
            LockSupport.unpark(thread);
        }
    }
}
