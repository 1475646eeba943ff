package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.Outcome;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/// One unfinished job in an owner's books. It does not keep the job alive: one that is collected while pending is a
/// leak too.
final class JobRecord extends WeakReference<Job<?>> implements JobObservation {
    private final long id;
    private final @Nullable String name;
    private final String schedulerName;
    private final @Nullable Site site;
    private final Owner bornIn;
    private volatile Owner owner;
    private volatile boolean ended;

    /// Written and read by the job's thread alone, unless the job never starts.
    private boolean started;

    JobRecord(Job<?> job, Owner owner, @Nullable String name) {
        super(job);
        this.id = job.id();
        this.name = name;
        this.schedulerName = job.scheduler().name();
        this.owner = owner;
        this.bornIn = owner;
        this.site = owner.sites().of(name);
    }

    /// The job's thread inherits nothing from the spawner: what it spawns and starts belongs to the same owner. It
    /// stays set for the failure handler's sake; a thread that is used again gets the next job's.
    @Override
    public void starting() {
        started = true;
        CurrentOwner.set(owner);
    }

    @Override
    public void ended(Outcome<?> outcome) {
        // One that was cancelled while it ran may have failed besides.
        if (outcome instanceof Outcome.Failed || (outcome instanceof Outcome.Cancelled && started)) {
            // Before the job leaves the books: a check that no longer finds it there waits for this thread.
            owner.failing(Thread.currentThread());
        }
        ended = true;
        owner.forget(this);
    }

    @Override
    public void unobserved(Throwable failure) {
        Job<?> job = get();
        String path = job == null ? schedulerName + "/…/" + displayName() : job.path();
        owner.unobserved(new Owner.Unobserved(path, id, failure));
    }

    /// Hands the record to another owner. A job that ends meanwhile is in neither's books, or marked as ended in the
    /// new one's.
    void moveTo(Owner next) {
        Owner before = owner;
        owner = next;
        next.add(this);
        before.forget(this);
        if (ended) {
            next.forget(this);
        }
    }

    boolean hasEnded() {
        return ended;
    }

    long id() {
        return id;
    }

    @Nullable
    String name() {
        return name;
    }

    String displayName() {
        return name == null ? "job-" + id : name;
    }

    String schedulerName() {
        return schedulerName;
    }

    @Nullable
    Site site() {
        return site;
    }

    @Nullable
    Site borrowedSite() {
        return bornIn.sites().borrowed(name);
    }

    Owner bornIn() {
        return bornIn;
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
