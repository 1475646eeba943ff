package io.jobtree.scheduler;

import java.util.concurrent.atomic.AtomicReference;

/// The engine's parts by themselves, for gates that test those: what is package-private in it is named here alone.
@SuppressWarnings({"NullAway", "DataFlowIssue"}) // a job without a scope: gates and lists look at its state alone
final class Parts {
    private Parts() {}

    static JobImpl<Object> job() {
        return new JobImpl<>(null, null, (JobAction) () -> {});
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
        return reserved == Gate.PLACE
                ? job.grant(gate.bit) != null
                : gate.queue(job.link, reserved == Gate.ROOM) != null;
    }

    static boolean hasPlace(Gate gate, JobImpl<?> job) {
        return (job.state & gate.bit) != 0;
    }

    /// Says that the job is done, and wakes those who wait for it.
    static void end(JobImpl<?> job) {
        job.state = JobImpl.SUCCEEDED;
        job.wakeAll();
    }

    /// A thread that waits at a gate for room; what it got, or what refused it.
    static Object awaitRoom(Gate gate, Scope scope) {
        try {
            return gate.awaitRoom(scope);
        } catch (java.util.concurrent.RejectedExecutionException refused) {
            return refused;
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

    static <T> AtomicReference<T> slot() {
        return new AtomicReference<>();
    }
}
