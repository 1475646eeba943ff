package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One leaked job, frozen.
///
/// @param state null for a job that was collected while pending
/// @param spawnedIn the test that spawned it, if that is not the one that is blamed
record JobLeak(
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
    enum SiteKind {
        OWN,
        SAME_NAME,
        PAST_THE_FIRST,
        OFF
    }

    /// @param withStack whether to look what its thread does, which takes a while
    static JobLeak freeze(JobRecord entry, Owner owner, boolean withStack) {
        Job<?> job = entry.get();
        Site own = entry.site();
        Site site = own != null ? own : entry.borrowedSite();
        String spawnedIn = entry.bornIn() == owner ? null : entry.bornIn().label();
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
        return entry.bornIn().sites().policy() == Sites.Policy.OFF ? SiteKind.OFF : SiteKind.PAST_THE_FIRST;
    }

    boolean isCollected() {
        return state == null;
    }

    /// One of many, so it was not looked at what it does.
    boolean isUnseen() {
        return state == JobState.RUNNING && stack.isEmpty();
    }

    /// Its thread waits for a monitor, which shows in no frame.
    boolean isBlocked() {
        return threadState == Thread.State.BLOCKED;
    }

    /// Its thread does not wait.
    boolean isBusy() {
        return threadState == Thread.State.RUNNABLE;
    }

    Frames spawnedAt() {
        return Frames.of(site);
    }

    Frames now() {
        return Frames.of(stack);
    }
}
