package io.jobtree.scheduler.junit5.leak;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.find.JobRecord;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.Site;
import io.jobtree.scheduler.junit5.settings.SitePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One leaked job, frozen.
///
/// @param state null for a job that was collected while pending
/// @param spawnedIn the test that spawned it, if it is reported elsewhere
public record JobLeak(
        long id,
        String name,
        String path,
        @Nullable JobState state,
        Duration age,
        String waitsFor,
        Thread.@Nullable State threadState,
        @Nullable String blocker,
        List<StackTraceElement> site,
        SiteKind siteKind,
        List<StackTraceElement> stack,
        @Nullable String parent,
        String scheduler,
        @Nullable String spawnedIn,
        @Nullable Job<?> job) {

    /// A picture of more than that many is not worth its time.
    private static final int CHILDREN = 100;

    /// How well it is known where the job was spawned.
    public enum SiteKind {
        OWN,
        SAME_NAME,
        PAST_THE_FIRST,
        OFF
    }

    /// @param withStack whether to look what its thread does, which takes a while
    static JobLeak freeze(JobRecord entry, Origin origin, boolean withStack) {
        Job<?> job = entry.get();
        Site own = entry.site();
        Site site = own != null ? own : entry.borrowedSite();
        String spawnedIn =
                entry.spawnedIn() == origin ? null : entry.spawnedIn().label();
        List<StackTraceElement> frames = site == null ? List.of() : site.frames();
        SiteKind kind = kind(entry, own, site);
        if (job == null) {
            return new JobLeak(
                    entry.id(),
                    entry.displayName(),
                    entry.schedulerName() + "/…/" + entry.displayName(),
                    null,
                    Duration.ZERO,
                    "",
                    null,
                    null,
                    frames,
                    kind,
                    List.of(),
                    null,
                    entry.schedulerName(),
                    spawnedIn,
                    null);
        }
        Thread thread = withStack ? job.thread().orElse(null) : null;
        Object blocker = thread == null ? null : LockSupport.getBlocker(thread);
        return new JobLeak(
                job.id(),
                job.name(),
                job.path(),
                job.state(),
                Duration.between(job.spawnedAt(), Instant.now()),
                waitsFor(job),
                thread == null ? null : thread.getState(),
                blocker == null ? null : Blockers.describe(blocker),
                frames,
                kind,
                thread == null ? List.of() : List.of(thread.getStackTrace()),
                job.parent().map(Job::path).orElse(null),
                entry.schedulerName(),
                spawnedIn,
                job);
    }

    private static String waitsFor(Job<?> job) {
        if (job.state() == JobState.PENDING) {
            return job.options()
                    .sharedLimit()
                    .map(limit -> "limit '" + limit.name() + "', " + limit.taken() + " of " + limit.places()
                            + " places taken")
                    .orElse("");
        }
        return job.children().size() > CHILDREN ? "" : job.tree().note();
    }

    private static SiteKind kind(JobRecord entry, @Nullable Site own, @Nullable Site any) {
        if (own != null) {
            return SiteKind.OWN;
        } else if (any != null) {
            return SiteKind.SAME_NAME;
        }
        return entry.spawnedIn().sites().policy() == SitePolicy.OFF ? SiteKind.OFF : SiteKind.PAST_THE_FIRST;
    }

    public boolean isCollected() {
        return state == null;
    }

    /// One of many, so it was not looked at what it does.
    public boolean isUnseen() {
        return state == JobState.RUNNING && stack.isEmpty();
    }

    /// Its thread waits for a monitor, which shows in no frame.
    public boolean isBlocked() {
        return threadState == Thread.State.BLOCKED;
    }

    /// Its thread does not wait.
    public boolean isBusy() {
        return threadState == Thread.State.RUNNABLE;
    }

    public Frames spawnedAt() {
        return Frames.of(site);
    }

    public Frames now() {
        return Frames.of(stack);
    }
}
