package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.JobState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

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

    private static final int MAX_STACKS = 50;

    static Findings freeze(Owner owner, Pending pending, Duration waited) {
        List<JobLeak> jobs = freeze(owner, pending.jobs());
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

    /// First those that hold the others up: the deepest that run.
    private static List<JobLeak> freeze(Owner owner, List<JobRecord> entries) {
        List<JobLeak> leaks = new ArrayList<>();
        for (JobRecord entry : entries) {
            leaks.add(JobLeak.freeze(entry, owner, leaks.size() < MAX_STACKS));
        }
        Set<String> parents =
                leaks.stream().map(JobLeak::parent).filter(Objects::nonNull).collect(Collectors.toSet());
        leaks.sort(Comparator.comparing((JobLeak leak) -> parents.contains(leak.path()))
                .thenComparing(leak -> leak.state() == JobState.PENDING));
        return List.copyOf(leaks);
    }

    /// Executors and task scopes without a thread.
    List<ThreadLeak> containers() {
        return threads.stream().filter(ThreadLeak::isContainer).toList();
    }

    boolean isEmpty() {
        return count() == 0;
    }

    int count() {
        return jobs.size() + schedulers.size() + threads.size();
    }
}
