package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.JobAction;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The engine's parts by themselves, for gates that test those: what is package-private in it is named here alone.
@SuppressWarnings({"NullAway", "DataFlowIssue"}) // a job without a scope: gates and lists look at its state alone
final class Parts {
    /// How many have left before a sweep of those who wait.
    private static final int FEW = 16;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(JobImpl.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Parts() {}

    static JobImpl<Object> job() {
        var job = new JobImpl<>(null, (JobAction) () -> {}, new Holding(null, null, null));
        job.state = JobImpl.PENDING;
        return job;
    }

    /// One that has only to be run, as a spawn leaves it.
    static JobImpl<Object> readyJob() {
        var job = job();
        job.state = 0;
        job.becomePending(0);
        return job;
    }

    /// One for which no thread could be started.
    static JobImpl<Object> strandedJob() {
        var job = job();
        job.state = JobImpl.PENDING | JobImpl.DISPATCHED | JobImpl.STRANDED;
        return job;
    }

    static Gate gate(int places) {
        return gate(places, Integer.MAX_VALUE);
    }

    static Gate gate(int places, int pendingLimit) {
        return new Gate(JobImpl.HOLDS_SCOPE, places, pendingLimit);
    }

    /// A job on its way through a gate, as the engine goes it; whether it got its place by this.
    static boolean admit(Gate gate, JobImpl<?> job) {
        int reserved = gate.tryReserve();
        return reserved == Gate.PLACE ? job.grant(gate.bit) : gate.queue(job.link, reserved == Gate.ROOM) != null;
    }

    /// A job that returns from a wait; whether it got its place by this.
    static boolean admitAhead(Gate gate, JobImpl<?> job) {
        return gate.tryTakeOrQueueAhead(job.link) && job.grant(gate.bit);
    }

    /// A job that is cancelled while it is pending, as the engine does it: its state says first that it has no use for
    /// a place. The job that gets what comes free by this, or null.
    static @Nullable JobImpl<?> cancel(Gate gate, JobImpl<?> job) {
        int now = job.state;
        while (!STATE.compareAndSet(job, now, JobImpl.DOOMED)) {
            now = job.state;
        }
        return (now & gate.bit) == 0 ? gate.remove(job.link) : gate.release();
    }

    /// The jobs of a supervisor that is not there: nothing takes one but who polls.
    static Workers workers() {
        return new Workers(() -> {});
    }

    static boolean hasPlace(Gate gate, JobImpl<?> job) {
        return job.holds(gate.bit);
    }

    /// Says that the job is done, and wakes those who wait for it; true if one of them has its failure.
    static boolean end(JobImpl<?> job) {
        job.state = JobImpl.SUCCEEDED;
        return Waiters.wakeAll(job);
    }

    /// The list lets go of a job that is done, and of what is below it, as it does at some.
    static void leaveList(LiveJobs live, Link link) {
        link.job = null;
        live.ended(link, 0);
    }

    static boolean add(JobImpl<?> job, Waiter waiter) {
        return Waiters.add(job, waiter);
    }

    static boolean leave(JobImpl<?> job, Waiter waiter) {
        return Waiters.leave(job, waiter);
    }

    /// So many come and leave that the next who leaves sweeps.
    static void almostSweep(JobImpl<?> job) {
        for (int i = 1; i < FEW; i++) {
            var waiter = new Waiter(null, false);
            add(job, waiter);
            leave(job, waiter);
        }
    }

    /// A list with so many finished jobs in it that the next few steps sweep.
    static LiveJobs almostSwept() {
        var live = new LiveJobs();
        for (int i = 0; i < 63; i++) {
            var job = job();
            live.push(job.link);
            job.link.job = null;
        }
        return live;
    }
}
