package io.jobtree.scheduler.junit5;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an owner has to answer for at one moment: unfinished jobs, open schedulers, threads that are not jobs. What
/// is allowed or was begun by a static initializer is not among it.
record Pending(
        Owner owner,
        List<JobRecord> jobs,
        List<SchedulerRecord> schedulers,
        List<ThreadLeak> threads,
        List<JobRecord> staticJobs,
        List<SchedulerRecord> staticSchedulers) {

    static Pending of(Owner owner, @Nullable ThreadWatch watch) {
        List<JobRecord> jobs = new ArrayList<>();
        List<JobRecord> allowed = new ArrayList<>();
        List<JobRecord> staticJobs = new ArrayList<>();
        for (JobRecord job : owner.jobs()) {
            if (owner.settings().allows(job.displayName())) {
                allowed.add(job);
            } else if (isNobodys(job.site(), owner)) {
                staticJobs.add(job);
            } else {
                jobs.add(job);
            }
        }
        List<SchedulerRecord> schedulers = new ArrayList<>();
        List<SchedulerRecord> staticSchedulers = new ArrayList<>();
        for (SchedulerRecord scheduler : owner.schedulers()) {
            if (isNobodys(scheduler.site(), owner)) {
                staticSchedulers.add(scheduler);
            } else if (!scheduler.isInjected() && !isAllowed(scheduler, owner, jobs, allowed)) {
                schedulers.add(scheduler);
            }
        }
        // A dump is costly: first let the jobs end.
        boolean isOver = jobs.isEmpty() && schedulers.isEmpty();
        List<ThreadLeak> threads = watch == null || (!isOver && owner.isOpen()) ? List.of() : watch.leaked();
        return new Pending(owner, jobs, schedulers, threads, staticJobs, staticSchedulers);
    }

    boolean isEmpty() {
        return jobs.isEmpty() && schedulers.isEmpty() && threads.isEmpty();
    }

    /// Any test may have set off a static initializer. That of a test class is the class's business, others are
    /// nobody's.
    void passOnStatics() {
        for (JobRecord job : staticJobs) {
            Owner heir = heirOf(job.site());
            if (heir == null) {
                owner.forget(job);
            } else {
                job.moveTo(heir);
            }
        }
        for (SchedulerRecord scheduler : staticSchedulers) {
            Owner heir = heirOf(scheduler.site());
            if (heir == null) {
                owner.forget(scheduler);
            } else {
                scheduler.moveTo(heir);
            }
        }
    }

    private @Nullable Owner heirOf(@Nullable Site site) {
        for (Owner next = owner.above(); next != null && site != null; next = next.above()) {
            if (next.isOpen() && next.isInitializedIn(site)) {
                return next;
            }
        }
        return null;
    }

    private static boolean isNobodys(@Nullable Site site, Owner owner) {
        return site != null && site.isInitializer() && !owner.isInitializedIn(site);
    }

    private static boolean isAllowed(
            SchedulerRecord scheduler, Owner owner, List<JobRecord> jobs, List<JobRecord> allowed) {
        return owner.settings().allows(scheduler.name())
                || (allowed.stream().anyMatch(scheduler::runs) && jobs.stream().noneMatch(scheduler::runs));
    }
}
