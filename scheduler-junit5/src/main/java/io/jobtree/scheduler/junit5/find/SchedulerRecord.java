package io.jobtree.scheduler.junit5.find;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import java.lang.ref.WeakReference;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One scheduler in the records of an origin. It does not keep the scheduler alive.
public final class SchedulerRecord extends WeakReference<Scheduler> {
    private final String name;
    private final Site site = Site.here();
    private volatile Origin origin;
    private volatile boolean closed;
    private volatile @Nullable Scheduler injected;

    SchedulerRecord(Scheduler scheduler, Origin origin) {
        super(scheduler);
        this.name = scheduler.name();
        this.origin = origin;
    }

    void closed() {
        closed = true;
        origin.forget(this);
    }

    /// It was opened for a parameter: the extension closes it, and keeps it until then.
    public void injected(Scheduler scheduler) {
        injected = scheduler;
    }

    public boolean isInjected() {
        return injected != null;
    }

    /// A scheduler counts as closed from the moment closing begins; its jobs still count until they are done.
    public boolean isOpen() {
        Scheduler scheduler = get();
        return !closed && (scheduler == null || !scheduler.isClosed());
    }

    public void moveTo(Origin next) {
        Origin before = origin;
        origin = next;
        next.add(this);
        before.forget(this);
        if (closed) {
            next.forget(this);
        }
    }

    public boolean runs(JobRecord record) {
        Job<?> job = record.get();
        return job != null && refersTo(job.scheduler());
    }

    public Optional<Scheduler> scheduler() {
        return Optional.ofNullable(get());
    }

    public Origin origin() {
        return origin;
    }

    public String name() {
        return name;
    }

    public Site site() {
        return site;
    }
}
