package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Threads;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The way of a job's places: it asks for them, holds them, gives them up while it waits, takes them back,
/// releases them. First the place in its scope's limit, then the one in a shared limit.
///
/// Who takes a place's bit out of a job's state gives that place back: so each is given back exactly once.
final class Places {
    private Places() {}

    /// Asks for what a new job lacks, and starts it once it has all.
    ///
    /// @param reserved what its spawner has reserved in the scope's gate
    static void admit(JobImpl<?> job, int reserved) {
        var gate = job.holding.limit();
        if (gate == null) {
            admitToShared(job);
        } else if (reserved == Gate.NOTHING && gate.tryTake()) {
            takeAndGoOn(job, gate);
        } else {
            queue(job, gate, reserved == Gate.ROOM);
        }
    }

    /// Has the place in its scope's limit, and asks for the one in the shared limit.
    static void admitToShared(JobImpl<?> job) {
        var shared = job.holding.shared();
        if (shared == null || job.holds(shared.bit)) {
            return;
        }
        if (shared.tryTake()) {
            takeAndGoOn(job, shared);
        } else {
            queue(job, shared, false);
        }
    }

    private static void takeAndGoOn(JobImpl<?> job, Gate gate) {
        if (job.grant(gate.bit)) {
            goOn(job, gate);
        } else {
            notify(gate.release(), gate);
        }
    }

    /// A job has got a place while it was pending: it asks for the next, or is started.
    private static void goOn(JobImpl<?> job, Gate gate) {
        if (gate.bit == JobImpl.HOLDS_SHARED || job.holding.shared() == null) {
            job.scope().startOrStrand(job, job.link);
        } else if (job.isPending()) {
            admitToShared(job);
        }
    }

    private static void queue(JobImpl<?> job, Gate gate, boolean reserved) {
        var link = job.link;
        if (link.isGone()) {
            notify(reserved ? gate.returnReservation(Gate.ROOM) : null, gate);
            return;
        }
        notify(gate.queue(link, reserved), gate);
        job.scope().root().watchStalls();
        // Whoever cancelled this job may have looked into the queue before it was there. A job that runs by now may
        // be back in the queue for another reason.
        if (job.isOverOrDoomed()) {
            notify(gate.remove(link), gate);
        }
    }

    /// To be called outside of a gate's lock with the job that it has given a place.
    static void notify(@Nullable JobImpl<?> granted, Gate gate) {
        if (granted == null) {
            return;
        }
        if (granted.isPending() || granted.isDoomed()) {
            goOn(granted, gate);
        } else {
            LockSupport.unpark(granted.runner());
        }
    }

    /// The limit that a pending job has to wait for; null if it has all its places, or is not pending.
    static @Nullable Gate missing(JobImpl<?> job) {
        int now = job.state;
        return JobImpl.isPending(now) ? job.holding.missing(now) : null;
    }

    static void release(Holding holding, int held) {
        try {
            release(holding, held & JobImpl.HOLDS_SHARED, JobImpl.HOLDS_SHARED);
        } finally {
            release(holding, held & JobImpl.HOLDS_SCOPE, JobImpl.HOLDS_SCOPE);
        }
    }

    private static void release(Holding holding, int held, int bit) {
        var gate = held == 0 ? null : holding.gate(bit);
        if (gate != null) {
            notify(gate.release(), gate);
        }
    }

    /// Takes a job out of the queue that it waits in, if it does.
    static void leaveQueue(JobImpl<?> job, int before) {
        var gate = job.holding.missing(before);
        if (gate != null) {
            notify(gate.remove(job.link), gate);
        }
    }

    // Round a wait of the job's own thread

    /// Asks for a place back while the job still waits, on the thread of the job that it waits for: so it
    /// stands ahead of pending jobs before that one's place is given away. True if it has it.
    static boolean requestBack(JobImpl<?> job, int bit) {
        var gate = bit == 0 ? null : job.holding.gate(bit);
        if (gate == null) {
            return false;
        }
        request(job, gate);
        return job.holds(bit);
    }

    /// Takes the places back after a wait, ahead of pending jobs; a cancelled job goes on without. Interrupts
    /// are kept for later.
    ///
    /// @param requested those that were requested already
    static void takeBack(JobImpl<?> job, int held, int requested) {
        takeOneBack(job, held & JobImpl.HOLDS_SCOPE, requested);
        takeOneBack(job, held & JobImpl.HOLDS_SHARED, requested);
    }

    private static void takeOneBack(JobImpl<?> job, int bit, int requested) {
        var gate = bit == 0 ? null : job.holding.gate(bit);
        boolean isRequested = (requested & bit) != 0;
        if (gate == null || (job.isStopped() && !isRequested)) {
            return;
        }
        if (!isRequested) {
            request(job, gate);
        }
        if (!job.holds(gate.bit)) {
            awaitPlace(job, gate);
        }
    }

    private static void request(JobImpl<?> job, Gate gate) {
        if (gate.tryTakeOrQueueAhead(job.link) && !job.grant(gate.bit)) {
            notify(gate.release(), gate);
        }
    }

    /// Where even the wait throws, for want of stack, the job goes on without its place.
    private static void awaitPlace(JobImpl<?> job, Gate gate) {
        boolean interrupted = Thread.interrupted();
        var before = job.waitsFor;
        job.waitsFor = gate;
        try {
            while (!job.holds(gate.bit) && !job.isStopped()) {
                LockSupport.park(gate);
                interrupted |= Thread.interrupted();
            }
        } finally {
            job.waitsFor = before;
            if (!job.holds(gate.bit)) {
                notify(gate.remove(job.link), gate);
            }
            if (interrupted) {
                Threads.interruptAgain();
            }
        }
    }
}
