package io.jobtree.scheduler.junit5;

import java.time.Duration;
import java.util.List;

/// All that leaked from one owner, frozen at one moment: what is printed, what is counted, what is written to
/// `leaks.json`.
record Findings(
        String test,
        Duration waited,
        List<JobLeak> jobs,
        List<SchedulerLeak> schedulers,
        List<ThreadLeak> threads,
        List<Owner.Unobserved> unobserved,
        String tree) {

    static Findings freeze(Owner owner, Pending pending, Duration waited) {
        List<JobLeak> jobs =
                pending.jobs().stream().map(job -> JobLeak.freeze(job, owner)).toList();
        List<SchedulerLeak> schedulers =
                pending.schedulers().stream().map(SchedulerLeak::freeze).toList();
        List<Owner.Unobserved> unobserved =
                owner.settings().failures() == NoLeakedJobs.Failures.IGNORE ? List.of() : owner.unobserved();
        return new Findings(
                owner.label(),
                waited,
                jobs,
                schedulers,
                pending.threads(),
                unobserved,
                LeakTree.draw(jobs, schedulers));
    }

    boolean isEmpty() {
        return count() == 0;
    }

    int count() {
        return jobs.size() + schedulers.size() + threads.size();
    }
}
