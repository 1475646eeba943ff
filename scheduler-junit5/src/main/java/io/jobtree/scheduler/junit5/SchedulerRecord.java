package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import java.lang.ref.WeakReference;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One scheduler in an owner's books. It does not keep the scheduler alive.
final class SchedulerRecord extends WeakReference<Scheduler> {
    private final String name;
    private final Site site = Site.here();
    private volatile Owner owner;
    private volatile boolean closed;
    private volatile @Nullable Scheduler injected;

    SchedulerRecord(Scheduler scheduler, Owner owner) {
        super(scheduler);
        this.name = scheduler.name();
        this.owner = owner;
    }

    void closed() {
        closed = true;
        owner.forget(this);
    }

    /// It was opened for a parameter: the extension closes it, and keeps it until then.
    void injected(Scheduler scheduler) {
        injected = scheduler;
    }

    boolean isInjected() {
        return injected != null;
    }

    /// A scheduler counts as closed from the moment closing begins; its jobs still count until they are done.
    boolean isOpen() {
        Scheduler scheduler = get();
        return !closed && (scheduler == null || !scheduler.isClosed());
    }

    void moveTo(Owner next) {
        Owner before = owner;
        owner = next;
        next.add(this);
        before.forget(this);
        if (closed) {
            next.forget(this);
        }
    }

    boolean runs(JobRecord record) {
        Job<?> job = record.get();
        return job != null && refersTo(job.scheduler());
    }

    Optional<Scheduler> scheduler() {
        return Optional.ofNullable(get());
    }

    Owner owner() {
        return owner;
    }

    String name() {
        return name;
    }

    Site site() {
        return site;
    }
}
