package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.platform.Failures;
import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.PollingLock;
import io.jobtree.scheduler.platform.Task;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Places, and who waits for one: jobs that return from a wait, then pending jobs in spawn order, then
/// spawners that wait for room in the queue.
///
/// ```
/// free:    QUEUED clear, pending closed    nobody waits; a place is taken and given back by one CAS
/// queued:  QUEUED set, pending open        every place is taken, and the word belongs to whoever has the
///                                        lock; a job is queued by one CAS, and who gives a place back passes
///                                        it on to the first that is ready by one CAS
/// ahead:   AHEAD set too                   somebody is to be served before or beside the pending jobs: a job that
///                                        returns from a wait, or a spawner. Who gives a place back takes the lock
/// ```
///
/// All of these change under the lock alone: from free to queued if somebody is left to wait, and back if nobody
/// does and the queue could be closed while it was empty. So nobody is queued unseen.
public final class Gate {
    /// What a spawner has got: nothing yet, room in the queue, a place.
    static final int NOTHING = 0;

    static final int ROOM = 1;
    static final int PLACE = 2;

    private static final int QUEUED = 1 << 31;
    private static final int AHEAD = 1 << 30;
    private static final int FLAGS = QUEUED | AHEAD;

    private static final VarHandle WORD = Handles.of(MethodHandles.lookup(), "word", int.class);
    private static final VarHandle FREED = Handles.of(MethodHandles.lookup(), "freed", int.class);
    private static final VarHandle ROOM_LEFT = Handles.of(MethodHandles.lookup(), "room", int.class);

    /// Which bit of a job's state says that it holds a place here.
    final int bit;

    final int places;
    private final int pendingLimit;

    /// The scope, or the [Limit], whose it is; for its name. Written before it is shared.
    @Nullable
    Object owner;

    /// How many places are taken; QUEUED while somebody waits or has the lock, and AHEAD.
    private volatile int word;

    /// How many more may be pending, save for what has come free since it was last counted. Taken by
    /// anyone, given back under the lock.
    private volatile int room;

    /// Room that has come free. Counted only when somebody lacks some: spawners take room from one word,
    /// and jobs that end need not touch that each time.
    private volatile int freed;

    /// Whether a new job has got a place since somebody asked last. Set by whoever gave it one, before that
    /// job's thread starts: who asks before it is set asks before the start. Where it is set late, or the
    /// job never starts, a warning comes later, and none is false.
    private volatile boolean started;

    private final PendingQueue pending = new PendingQueue();

    final PollingLock lock = new PollingLock();

    // All guarded by the lock.
    private final LinkQueue returning = new LinkQueue();
    private final LinkQueue spawners = new LinkQueue();
    private long starts;
    private long reported = -1;

    Gate(int bit, int places, int pendingLimit) {
        this.bit = bit;
        this.places = places;
        this.pendingLimit = pendingLimit;
        this.room = pendingLimit;
    }

    /// Makes one for jobs of any scope.
    ///
    /// @param limit whose it is
    /// @param places how many jobs may hold a place at once
    /// @return the gate
    public static Gate shared(Limit limit, int places) {
        var gate = new Gate(JobImpl.HOLDS_SHARED, places, Integer.MAX_VALUE);
        gate.owner = limit;
        return gate;
    }

    /// The name of the limit, or the path of the scope that it limits.
    String name() {
        return switch (owner) {
            case Limit limit -> limit.name();
            case Scope scope -> Paths.upTo(scope);
            case null, default -> "";
        };
    }

    /// How many jobs may hold a place at once.
    ///
    /// @return the number of places
    public int places() {
        return places;
    }

    /// How many places are held.
    ///
    /// @return the number of places
    public int taken() {
        return word & ~FLAGS;
    }

    /// How many jobs wait for a place.
    ///
    /// @return the number of jobs
    public int waiting() {
        try (var _ = lock.lock()) {
            return pending.size() + returning.size();
        }
    }

    /// The job that is the next to start, where none can for want of places.
    @Nullable
    JobImpl<?> firstPending() {
        try (var _ = lock.lock()) {
            var first = pending.first();
            return first == null || taken() < places ? null : first.unfinished();
        }
    }

    /// A number that stays the same for as long as no new job gets a place here. One that returns from a
    /// wait is not new.
    long starts() {
        try (var _ = lock.lock()) {
            return countStarts();
        }
    }

    private long countStarts() {
        if (started) {
            started = false;
            starts++;
        }
        return starts;
    }

    /// Whether no new job has got a place since somebody was given this number, and nobody has said so yet:
    /// the schedulers that share the limit all look.
    boolean tryReportStall(long since) {
        try (var _ = lock.lock()) {
            if (countStarts() != since || reported == since) {
                return false;
            }
            reported = since;
            return true;
        }
    }

    /// It could not be said.
    void takeReportBack() {
        try (var _ = lock.lock()) {
            reported = -1;
        }
    }

    /// A new job has got a place. Most often that was so already, and nothing is written.
    void noteStart() {
        if (!started) {
            started = true;
        }
    }

    /// Takes a place, or else room in the queue; neither where a spawner would have to wait.
    int tryReserve() {
        if (tryTake()) {
            return PLACE;
        }
        if (pending.isOpen() && tryTakeRoom()) {
            return ROOM;
        }
        try (var _ = lock.lock()) {
            int taken = freeze();
            boolean free = taken < places && nobodyWaits();
            countFreed();
            thaw(free ? taken + 1 : taken);
            if (free) {
                noteStart();
                return PLACE;
            }
            return tryTakeRoom() ? ROOM : NOTHING;
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
        try (var _ = lock.lock()) {
            int taken = freeze();
            spawners.add(request);
            // Before the room is counted: who frees some after that sees this.
            WORD.getAndBitwiseOr(this, AHEAD);
            granted = settleAndThaw(taken);
        }
        Places.notify(granted, this);
        try {
            while (true) {
                boolean waits =
                        request.got == NOTHING && !Thread.currentThread().isInterrupted();
                // Dekker: after it can be found in the list. Who closes looks there after it has said so. And after it
                // was looked what it got, for close may have begun before that.
                scope.ensureAccepts();
                if (!waits) {
                    break;
                }
                LockSupport.park(this);
            }
        } catch (Throwable noWait) {
            // Of a thread that is a user's, too: what it says of interrupts may be an exception.
            int got = withdraw(request);
            if (got != NOTHING) {
                Places.notify(returnReservation(got), this);
            }
            throw noWait;
        }
        int got = withdraw(request);
        if (got != NOTHING) {
            return got;
        }
        throw new Failures.SpawnInterrupted(
                scope.title() + " has no room, and the thread was interrupted while it waited for some");
    }

    /// Ends a request; gives what it has got.
    private int withdraw(RoomRequest request) {
        try (var _ = lock.lock()) {
            if (request.got == NOTHING) {
                int taken = freeze();
                spawners.remove(request);
                thaw(taken);
            }
            return request.got;
        }
    }

    /// Gives back what a spawner reserved and does not need.
    @Nullable
    JobImpl<?> returnReservation(int reserved) {
        if (reserved == PLACE) {
            return release();
        }
        try (var _ = lock.lock()) {
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
        if (pending.add(link)) {
            return null;
        }
        try (var _ = lock.lock()) {
            int taken = freeze();
            if (taken < places) {
                // Nobody waits, and nobody else is to find it in the queue.
                addFreed();
                var job = link.job;
                boolean granted = job != null && job.grantPending(bit);
                thaw(granted ? taken + 1 : taken);
                if (granted) {
                    noteStart();
                    return job;
                }
                return null;
            }
            pending.addLocked(link);
            return settleAndThaw(taken);
        }
    }

    /// Takes a place for a job that returns from a wait, or else queues it ahead of the pending ones.
    boolean tryTakeOrQueueAhead(Link link) {
        if (tryTakeFree()) {
            return true;
        }
        try (var _ = lock.lock()) {
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
    @Nullable
    JobImpl<?> remove(Link link) {
        try (var _ = lock.lock()) {
            int taken = freeze();
            if (pending.remove(link)) {
                addFreed();
            } else {
                returning.remove(link);
            }
            return settleAndThaw(taken);
        }
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
            var granted = pending.grantFirst(this, false);
            if (granted != null) {
                if ((word & AHEAD) != 0) {
                    giveRoom();
                }
                return granted;
            }
        }
        try (var _ = lock.lock()) {
            return settleAndThaw(freeze() - 1);
        }
    }

    /// Gives room that came free besides to those who wait for it.
    private void giveRoom() {
        try (var _ = lock.lock()) {
            int taken = freeze();
            thaw(taken + settleSpawners(places - taken));
        }
    }

    /// Has the spawners that wait look whether they still may.
    void wakeSpawners() {
        try (var _ = lock.lock()) {
            for (Task each = spawners.first(); each != null; each = each.next) {
                LockSupport.unpark(((RoomRequest) each).thread);
            }
        }
    }

    /// Takes a free place for a new job.
    boolean tryTake() {
        if (!tryTakeFree()) {
            return false;
        }
        noteStart();
        return true;
    }

    private boolean tryTakeFree() {
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
        boolean queued = !nobodyWaits() || !pending.close();
        if (queued) {
            pending.open();
        }
        boolean ahead = !returning.isEmpty() || !spawners.isEmpty();
        int next = ahead ? taken | FLAGS : queued ? taken | QUEUED : taken;
        if (word != next) {
            WORD.setRelease(this, next);
        }
    }

    private boolean nobodyWaits() {
        return returning.isEmpty() && pending.noneReady() && spawners.isEmpty();
    }

    private void addRoom(int more) {
        if (pendingLimit != Integer.MAX_VALUE) {
            ROOM_LEFT.getAndAdd(this, more);
        }
    }

    /// One that was pending is so no more.
    void addFreed() {
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
            pending.makeReady();
            if (taken < places && granted == null) {
                granted = grantNext();
                taken += granted == null ? 0 : 1;
            }
            taken += settleSpawners(places - taken);
        } while (nobodyWaits() && !pending.close());
        thaw(taken);
        return granted;
    }

    /// Gives spawners the places that nobody else waits for, or else room; gives the number of places.
    private int settleSpawners(int free) {
        if (spawners.isEmpty()) {
            return 0;
        }
        countFreed();
        int given = 0;
        for (var first = spawners.first(); first != null; first = spawners.first()) {
            int got =
                    given < free && pending.noneReady() && returning.isEmpty() ? PLACE : tryTakeRoom() ? ROOM : NOTHING;
            if (got == NOTHING) {
                break;
            }
            if (got == PLACE) {
                given++;
                noteStart();
            }
            spawners.remove(first);
            ((RoomRequest) first).give(got);
        }
        return given;
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
            granted = pending.grantFirst(this, true);
        } while (granted == null && pending.makeReady());
        return granted;
    }

    @Override
    public String toString() {
        return taken() + " of " + places + " places taken"
                + (pendingLimit == Integer.MAX_VALUE ? "" : ", " + (room + freed) + " free in the queue");
    }
}
