package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.JobState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Which leaks are told together: those of one place that do the same.
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

    static List<List<ThreadLeak>> ofThreads(List<ThreadLeak> threads) {
        return List.copyOf(threads.stream()
                .collect(Collectors.groupingBy(
                        thread -> thread.state() + "|" + containerName(thread) + "|"
                                + thread.createdAt().user() + "|" + present(thread.now()),
                        LinkedHashMap::new,
                        Collectors.toList()))
                .values());
    }

    private static String containerName(ThreadLeak thread) {
        return thread.container() == null ? "" : thread.container().name();
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
