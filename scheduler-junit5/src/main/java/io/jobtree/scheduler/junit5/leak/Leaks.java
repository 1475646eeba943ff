package io.jobtree.scheduler.junit5.leak;

import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.junit5.NoLeakedJobs;
import io.jobtree.scheduler.junit5.find.JobRecord;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.StillRunning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// All that leaked from one origin, frozen at one moment: what is printed, what is counted, what is written to
/// `leaks.json`.
///
/// @param test what it leaked from, as people call it
public record Leaks(
        String test,
        Duration waited,
        List<JobLeak> jobs,
        List<SchedulerLeak> schedulers,
        List<ThreadLeak> threads,
        List<Origin.Unobserved> unobserved) {

    private static final int MAX_STACKS = 50;

    public static Leaks freeze(StillRunning running, List<ThreadLeak> threads, Duration waited) {
        Origin origin = running.origin();
        List<Origin.Unobserved> unobserved =
                origin.settings().failures() == NoLeakedJobs.Failures.IGNORE ? List.of() : origin.unobserved();
        return new Leaks(
                origin.label(),
                waited,
                freeze(origin, running.jobs()),
                running.schedulers().stream().map(SchedulerLeak::freeze).toList(),
                threads,
                unobserved);
    }

    /// First those that hold the others up: the deepest that run.
    private static List<JobLeak> freeze(Origin origin, List<JobRecord> entries) {
        List<JobLeak> leaks = new ArrayList<>();
        for (JobRecord entry : entries) {
            leaks.add(JobLeak.freeze(entry, origin, leaks.size() < MAX_STACKS));
        }
        Set<String> parents =
                leaks.stream().map(JobLeak::parent).filter(Objects::nonNull).collect(Collectors.toSet());
        leaks.sort(Comparator.comparing((JobLeak leak) -> parents.contains(leak.path()))
                .thenComparing(leak -> leak.state() == JobState.PENDING));
        return List.copyOf(leaks);
    }

    public boolean isEmpty() {
        return jobs.isEmpty() && schedulers.isEmpty() && threads.isEmpty();
    }
}
