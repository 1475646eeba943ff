package io.jobtree.scheduler.junit5.report;

import static io.jobtree.scheduler.text.Texts.printable;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.junit5.leak.JobLeak;
import io.jobtree.scheduler.junit5.leak.Leaks;
import io.jobtree.scheduler.junit5.leak.SchedulerLeak;
import io.jobtree.scheduler.text.TreeText;
import io.jobtree.scheduler.text.TreeText.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The trees in which leaked jobs stand, with a mark at each of them.
public final class LeakTree {
    private static final int MAX_LINES = 30;
    private static final int MAX_CHILDREN = 8;

    private final Set<Long> leaked;
    private final Set<Scheduler> open;

    private LeakTree(Set<Long> leaked, Set<Scheduler> open) {
        this.leaked = leaked;
        this.open = open;
    }

    /// @param job null for the scheduler itself
    private record Node(Scheduler scheduler, @Nullable Job<?> job) {}

    public static String draw(Leaks leaks) {
        Set<Scheduler> open = new LinkedHashSet<>();
        for (SchedulerLeak leak : leaks.schedulers()) {
            if (leak.scheduler() != null) {
                open.add(leak.scheduler());
            }
        }
        Set<Scheduler> roots = new LinkedHashSet<>(open);
        for (JobLeak leak : leaks.jobs()) {
            if (leak.job() != null) {
                roots.add(leak.job().scheduler());
            }
        }
        var tree = new LeakTree(leaks.jobs().stream().map(JobLeak::id).collect(Collectors.toSet()), open);
        var text = new TreeText<>(tree::row, tree::children, folded -> "", MAX_CHILDREN, MAX_LINES);
        return roots.stream().map(root -> text.draw(new Node(root, null))).collect(Collectors.joining("\n"));
    }

    private Row row(Node node) {
        Job<?> job = node.job();
        if (job == null) {
            Scheduler scheduler = node.scheduler();
            return new Row(
                    printable(scheduler.name()),
                    scheduler.isClosed() ? "closed" : "open",
                    "",
                    open.contains(scheduler) ? "<== never closed" : "");
        }
        return new Row(
                printable(job.name()) + " #" + job.id(),
                job.state().toString(),
                Texts.age(Duration.between(job.spawnedAt(), Instant.now())),
                leaked.contains(job.id()) ? "<== leaked" : "");
    }

    /// Where some are to be folded the leaked ones come first, in the order of their spawn.
    private List<Node> children(Node node) {
        List<Job<?>> jobs =
                node.job() == null ? node.scheduler().jobs() : node.job().children();
        Stream<Job<?>> ordered = jobs.size() <= MAX_CHILDREN
                ? jobs.stream()
                : Stream.concat(
                        jobs.stream().filter(this::isLeaked), jobs.stream().filter(job -> !isLeaked(job)));
        return ordered.map(job -> new Node(node.scheduler(), job)).toList();
    }

    private boolean isLeaked(Job<?> job) {
        return leaked.contains(job.id());
    }
}
