package io.jobtree.scheduler.junit5.report;

import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.leak.JobLeak;
import io.jobtree.scheduler.junit5.leak.LeakedThread;
import io.jobtree.scheduler.junit5.leak.ThreadLeak;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Which leaks are reported together: those of one place that do the same.
final class LeakGroups {
    private LeakGroups() {}

    /// Of many jobs only the first are looked at. The others join the first of their place, whatever that does.
    static List<List<JobLeak>> ofJobs(List<JobLeak> jobs) {
        Map<String, List<JobLeak>> alike = new LinkedHashMap<>();
        Map<String, List<JobLeak>> ofPlace = new LinkedHashMap<>();
        for (JobLeak job : jobs) {
            String place = place(job);
            List<JobLeak> first = ofPlace.get(place);
            List<JobLeak> group = first != null && job.isUnseen()
                    ? first
                    : alike.computeIfAbsent(place + present(job.now()) + job.isBlocked(), key -> new ArrayList<>());
            ofPlace.putIfAbsent(place, group);
            group.add(job);
        }
        return List.copyOf(alike.values());
    }

    /// Threads of their own; an executor stands for all its threads.
    static List<List<ThreadLeak>> ofThreads(List<ThreadLeak> leaks) {
        return List.copyOf(leaks.stream()
                .collect(Collectors.groupingBy(LeakGroups::likeness, LinkedHashMap::new, Collectors.toList()))
                .values());
    }

    private static Object likeness(ThreadLeak leak) {
        if (!leak.isThread() || leak.count() > 1) {
            return leak;
        }
        LeakedThread thread = leak.threads().getFirst();
        return thread.state() + "|" + thread.virtual() + thread.daemon() + "|" + leak.startedIn() + "|"
                + leak.madeAt().user() + "|" + present(thread.now());
    }

    /// Of a chain of parents each waits for the one below it, and it is the last that matters.
    private static String place(JobLeak job) {
        String parent = job.state() == JobState.COMPLETING ? "" : String.valueOf(job.parent());
        return job.state() + "|" + parent + "|" + job.scheduler() + "|" + job.spawnedIn() + "|"
                + job.spawnedAt().user() + "|";
    }

    private static String present(Frames now) {
        return now.user() + "|" + now.called();
    }
}
