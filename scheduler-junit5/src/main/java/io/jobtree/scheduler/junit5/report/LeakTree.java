package io.jobtree.scheduler.junit5.report;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.junit5.leak.JobLeak;
import io.jobtree.scheduler.junit5.leak.Leaks;
import io.jobtree.scheduler.junit5.leak.SchedulerLeak;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The trees in which leaked jobs stand, with a mark at each of them.
public final class LeakTree {
    private static final int MAX_LINES = 30;
    private static final int MAX_CHILDREN = 8;

    private final Set<Long> leaked;
    private final Set<Scheduler> open;
    private final List<String[]> lines = new ArrayList<>();

    private LeakTree(Set<Long> leaked, Set<Scheduler> open) {
        this.leaked = leaked;
        this.open = open;
    }

    public static String draw(Leaks leaks) {
        List<JobLeak> jobs = leaks.jobs();
        List<SchedulerLeak> schedulers = leaks.schedulers();
        Set<Scheduler> roots = new LinkedHashSet<>();
        Set<Scheduler> open = new LinkedHashSet<>();
        for (SchedulerLeak leak : schedulers) {
            if (leak.scheduler() != null) {
                roots.add(leak.scheduler());
                open.add(leak.scheduler());
            }
        }
        for (JobLeak leak : jobs) {
            if (leak.job() != null) {
                roots.add(leak.job().scheduler());
            }
        }
        var tree = new LeakTree(jobs.stream().map(JobLeak::id).collect(Collectors.toSet()), open);
        for (Scheduler root : roots) {
            tree.add(root);
        }
        return tree.text();
    }

    private void add(Scheduler scheduler) {
        boolean isOpen = open.contains(scheduler);
        lines.add(new String[] {
            scheduler.name(), scheduler.isClosed() ? "closed" : "open", "", isOpen ? "<== never closed" : ""
        });
        addAll(scheduler.jobs(), "");
    }

    private void addAll(List<Job<?>> jobs, String indent) {
        List<Job<?>> shown = shown(jobs);
        for (int i = 0; i < shown.size() && lines.size() < MAX_LINES; i++) {
            boolean last = i == shown.size() - 1 && shown.size() == jobs.size();
            add(shown.get(i), indent + (last ? "└─ " : "├─ "), indent + (last ? "   " : "│  "));
        }
        if (shown.size() < jobs.size()) {
            lines.add(new String[] {indent + "└─ … " + (jobs.size() - shown.size()) + " more", "", "", ""});
        }
    }

    /// The leaked ones first in line, in the order of their spawn.
    private List<Job<?>> shown(List<Job<?>> jobs) {
        if (jobs.size() <= MAX_CHILDREN) {
            return jobs;
        }
        List<Job<?>> chosen = new ArrayList<>(jobs.stream()
                .filter(job -> leaked.contains(job.id()))
                .limit(MAX_CHILDREN)
                .toList());
        if (chosen.isEmpty()) {
            chosen.addAll(jobs.subList(0, MAX_CHILDREN));
        }
        return chosen;
    }

    private void add(Job<?> job, String head, String indent) {
        String age = Texts.age(Duration.between(job.spawnedAt(), Instant.now()));
        boolean isLeaked = leaked.contains(job.id());
        lines.add(new String[] {
            head + job.name() + " #" + job.id(), job.state().toString(), age, isLeaked ? "<== leaked" : ""
        });
        addAll(job.children(), indent);
    }

    private String text() {
        int[] widths = new int[3];
        for (String[] line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line[i].length());
            }
        }
        return lines.stream()
                .map(line -> String.format(
                                "%-" + (widths[0] + 2) + "s%-" + (widths[1] + 2) + "s%" + Math.max(1, widths[2])
                                        + "s  %s",
                                line[0],
                                line[1],
                                line[2],
                                line[3])
                        .stripTrailing())
                .collect(Collectors.joining("\n"));
    }
}
