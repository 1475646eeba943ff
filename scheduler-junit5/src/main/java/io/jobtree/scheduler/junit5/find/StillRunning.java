package io.jobtree.scheduler.junit5.find;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The unfinished jobs and open schedulers of an origin at one moment. What is allowed or was begun by a static
/// initializer is not included.
public record StillRunning(
        Origin origin,
        List<JobRecord> jobs,
        List<SchedulerRecord> schedulers,
        List<JobRecord> staticJobs,
        List<SchedulerRecord> staticSchedulers) {

    public static StillRunning of(Origin origin) {
        List<JobRecord> jobs = new ArrayList<>();
        List<JobRecord> allowed = new ArrayList<>();
        List<JobRecord> staticJobs = new ArrayList<>();
        for (JobRecord job : origin.jobs()) {
            if (isAllowed(origin, Kind.JOB, job.displayName(), job.site())) {
                allowed.add(job);
            } else if (isOfNoTest(job.site(), origin)) {
                staticJobs.add(job);
            } else {
                jobs.add(job);
            }
        }
        List<SchedulerRecord> schedulers = new ArrayList<>();
        List<SchedulerRecord> staticSchedulers = new ArrayList<>();
        for (SchedulerRecord scheduler : origin.schedulers()) {
            if (isOfNoTest(scheduler.site(), origin)) {
                staticSchedulers.add(scheduler);
            } else if (!scheduler.isInjected() && !isAllowed(scheduler, origin, jobs, allowed)) {
                schedulers.add(scheduler);
            }
        }
        return new StillRunning(origin, jobs, schedulers, staticJobs, staticSchedulers);
    }

    public boolean isEmpty() {
        return jobs.isEmpty() && schedulers.isEmpty();
    }

    /// Any test may have set off a static initializer. That of a test class is the class's business, others are
    /// nobody's.
    public void passOnStatics() {
        for (JobRecord job : staticJobs) {
            Origin next = classOf(job.site());
            if (next == null) {
                origin.forget(job);
            } else {
                job.moveTo(next);
            }
        }
        for (SchedulerRecord scheduler : staticSchedulers) {
            Origin next = classOf(scheduler.site());
            if (next == null) {
                origin.forget(scheduler);
            } else {
                scheduler.moveTo(next);
            }
        }
    }

    private @Nullable Origin classOf(@Nullable Site site) {
        for (Origin next = origin.parent(); next != null && site != null; next = next.parent()) {
            if (next.isOpen() && next.isInitializedIn(site)) {
                return next;
            }
        }
        return null;
    }

    private static boolean isOfNoTest(@Nullable Site site, Origin origin) {
        return site != null && site.isInitializer() && !origin.isInitializedIn(site);
    }

    private static boolean isAllowed(Origin origin, Kind kind, String name, @Nullable Site site) {
        return origin.settings()
                .allows(
                        kind,
                        List.of(name),
                        () -> site == null
                                ? List.of()
                                : Frames.of(site.frames()).methods());
    }

    private static boolean isAllowed(
            SchedulerRecord scheduler, Origin origin, List<JobRecord> jobs, List<JobRecord> allowed) {
        return isAllowed(origin, Kind.SCHEDULER, scheduler.name(), scheduler.site())
                || (allowed.stream().anyMatch(scheduler::runs) && jobs.stream().noneMatch(scheduler::runs));
    }
}
