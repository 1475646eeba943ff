package io.jobtree.scheduler.junit5.find;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.Outcome;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/// One unfinished job in the records of an origin. It does not keep the job alive: one that is collected while
/// pending is a leak too.
public final class JobRecord extends WeakReference<Job<?>> implements JobObservation {
    private final long id;
    private final @Nullable String name;
    private final String schedulerName;
    private final @Nullable Site site;
    private final Origin spawnedIn;
    private final JobObservation bar;
    private volatile Origin origin;
    private volatile boolean ended;

    /// Written and read by the job's thread alone, unless the job never starts.
    private boolean started;

    JobRecord(Job<?> job, Origin origin, @Nullable String name) {
        super(job);
        this.id = job.id();
        this.name = name;
        this.schedulerName = job.scheduler().name();
        this.origin = origin;
        this.spawnedIn = origin;
        this.site = origin.sites().of(name);
        this.bar = origin.timeline().spawned(job);
    }

    /// The job's thread inherits nothing from the spawner: what it spawns and starts belongs to the same origin. It
    /// stays set for the failure handler's sake; a thread that is used again gets the next job's.
    @Override
    public void starting() {
        started = true;
        CurrentOrigin.set(origin);
        bar.starting();
    }

    @Override
    public void stopped() {
        bar.stopped();
    }

    @Override
    public void ended(Outcome<?> outcome) {
        bar.ended(outcome);
        // One that was cancelled while it ran may have failed besides.
        if (outcome instanceof Outcome.Failed || (outcome instanceof Outcome.Cancelled && started)) {
            // Before the job leaves the records: a check that no longer finds it there waits for this thread.
            origin.failing(Thread.currentThread());
        }
        ended = true;
        origin.forget(this);
    }

    @Override
    public void unobserved(Throwable failure) {
        Job<?> job = get();
        String path = job == null ? schedulerName + "/…/" + displayName() : job.path();
        origin.unobserved(new Origin.Unobserved(path, id, failure));
    }

    /// Hands the record to another origin. A job that ends meanwhile is in neither's records, or marked as
    /// ended in the new one's.
    public void moveTo(Origin next) {
        Origin before = origin;
        origin = next;
        next.add(this);
        before.forget(this);
        if (ended) {
            next.forget(this);
        }
    }

    public boolean hasEnded() {
        return ended;
    }

    public long id() {
        return id;
    }

    @Nullable
    public String name() {
        return name;
    }

    public String displayName() {
        return name == null ? "job-" + id : name;
    }

    public String schedulerName() {
        return schedulerName;
    }

    @Nullable
    public Site site() {
        return site;
    }

    @Nullable
    public Site borrowedSite() {
        return spawnedIn.sites().borrowed(name);
    }

    public Origin spawnedIn() {
        return spawnedIn;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }
}
