package io.jobtree.scheduler.picture;

import io.jobtree.scheduler.JobTree;
import io.jobtree.scheduler.JobTree.Kind;
import io.jobtree.scheduler.JobTree.Ref;
import io.jobtree.scheduler.JobTree.Wait;
import io.jobtree.scheduler.text.Texts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who waits for whom in a picture, and which of the waits end only by each other.
public final class Waits {
    private static final int MAX_HOLDERS = 8;

    /// In the order of the drawing.
    private final Map<Long, JobTree> jobs = new LinkedHashMap<>();

    /// Jobs whose wait can end, or that do not wait: their bodies may get on.
    private final Set<Long> free = new HashSet<>();

    /// Jobs whose body may get on, and everything below them too.
    private final Set<Long> canEnd = new HashSet<>();

    /// How many of those at the front of a list are known to end. Many jobs may wait for the same list, which is looked
    /// through once: what can end stays so.
    private final IdentityHashMap<List<Ref>, Integer> endings = new IdentityHashMap<>();

    private final List<List<JobTree>> cycles = new ArrayList<>();

    public Waits(JobTree root) {
        visit(root, job -> jobs.put(job.id(), job));
        if (jobs.values().stream().anyMatch(Waits::mayStick)) {
            settle();
            findCycles();
        }
    }

    /// The ids of the jobs that stand in cycles.
    public static Set<Long> deadlocked(JobTree root) {
        var sticky = new boolean[1];
        visit(root, job -> sticky[0] |= mayStick(job));
        return sticky[0]
                ? new Waits(root)
                        .cycles.stream().flatMap(List::stream).map(JobTree::id).collect(Collectors.toSet())
                : Set.of();
    }

    /// Top down, in the order of the drawing.
    private static void visit(JobTree root, Consumer<JobTree> action) {
        var stack = new ArrayDeque<JobTree>();
        stack.push(root);
        for (var tree = stack.poll(); tree != null; tree = stack.poll()) {
            if (tree.state().isPresent()) {
                action.accept(tree);
            }
            tree.children().reversed().forEach(stack::push);
        }
    }

    /// Without a job that waits for another there is no cycle.
    private static boolean mayStick(JobTree job) {
        return job.waitsFor()
                .filter(wait -> !wait.timed() && (wait.kind() == Kind.JOB || wait.kind() == Kind.IDLE))
                .isPresent();
    }

    /// Finds the least set of jobs that can end, in both directions by turns: most waits are for jobs
    /// below, which come later.
    private void settle() {
        var order = List.copyOf(jobs.values());
        boolean changed = true;
        for (boolean backwards = true; changed; backwards = !backwards) {
            changed = false;
            for (var job : backwards ? order.reversed() : order) {
                changed |= settle(job);
            }
        }
    }

    private boolean settle(JobTree job) {
        boolean changed = !free.contains(job.id()) && isFree(job) && free.add(job.id());
        return (!canEnd.contains(job.id())
                        && free.contains(job.id())
                        && job.children().stream().allMatch(child -> canEnd.contains(child.id()))
                        && canEnd.add(job.id()))
                || changed;
    }

    private boolean isFree(JobTree job) {
        var wait = job.waitsFor().orElse(null);
        if (wait == null || wait.timed() || wait.jobs().isEmpty()) {
            return true;
        }
        return switch (wait.kind()) {
            case JOB, IDLE -> canAllEnd(wait.jobs());
            // A holder need not end: its place is free once its body is over, or waits.
            case PLACE, ROOM -> wait.jobs().stream().anyMatch(holder -> isIn(free, holder));
        };
    }

    private boolean canAllEnd(List<Ref> all) {
        int known = endings.getOrDefault(all, 0);
        while (known < all.size() && isIn(canEnd, all.get(known))) {
            known++;
        }
        endings.put(all, known);
        return known == all.size();
    }

    /// Of a job that is not in the picture nothing bad is known.
    private boolean isIn(Set<Long> set, Ref job) {
        return set.contains(job.id()) || !jobs.containsKey(job.id());
    }

    private void findCycles() {
        Set<Long> seen = new HashSet<>();
        for (var start : jobs.values()) {
            Set<JobTree> way = new LinkedHashSet<>();
            JobTree at = start;
            while (at != null && !canEnd.contains(at.id()) && seen.add(at.id())) {
                way.add(at);
                at = next(at);
            }
            if (at != null && way.contains(at)) {
                var all = List.copyOf(way);
                cycles.add(all.subList(all.indexOf(at), all.size()));
            }
        }
    }

    /// What keeps a job that cannot end from it.
    private @Nullable JobTree next(JobTree job) {
        if (free.contains(job.id())) {
            return job.children().stream()
                    .filter(child -> !canEnd.contains(child.id()))
                    .findFirst()
                    .orElse(null);
        }
        var wait = job.waitsFor().orElseThrow();
        return wait.jobs().stream()
                .filter(other -> jobs.containsKey(other.id()) && !canEnd.contains(other.id()))
                .map(other -> jobs.get(other.id()))
                .findFirst()
                .orElse(null);
    }

    public String report() {
        var lines = new ArrayList<String>();
        Map<Wait, List<JobTree>> atLimits = new LinkedHashMap<>();
        // Many jobs share a wait, whose hash code is that of all who hold a place.
        var known = new IdentityHashMap<Wait, List<JobTree>>();
        for (var job : jobs.values()) {
            job.waitsFor().ifPresent(wait -> {
                if (wait.kind() == Kind.JOB || wait.kind() == Kind.IDLE) {
                    lines.add(name(job) + " " + Drawing.describe(wait));
                } else {
                    known.computeIfAbsent(wait, any -> atLimits.computeIfAbsent(wait, some -> new ArrayList<>()))
                            .add(job);
                }
            });
        }
        atLimits.forEach((wait, waiting) -> addLimit(lines, wait, waiting));
        for (var cycle : cycles) {
            lines.add("deadlock: " + cycle.stream().map(this::step).collect(Collectors.joining(", ")));
        }
        return String.join("\n", lines);
    }

    private void addLimit(List<String> lines, Wait wait, List<JobTree> waiting) {
        var first = waiting.getFirst();
        var name = Texts.printable(wait.name());
        var what = wait.kind() == Kind.PLACE ? "for a place in " + name : "to spawn into " + name;
        lines.add(
                waiting.size() == 1
                        ? name(first) + " waits " + what
                        : waiting.size() + " jobs wait " + what + ", the first for " + Texts.duration(first.age())
                                + ": " + name(first));
        wait.jobs().stream().limit(MAX_HOLDERS).forEach(holder -> lines.add("    held by " + standing(holder)));
        if (wait.jobs().size() > MAX_HOLDERS) {
            lines.add("    and by " + (wait.jobs().size() - MAX_HOLDERS) + " more");
        }
    }

    private String standing(Ref holder) {
        var job = jobs.get(holder.id());
        return job == null
                ? Drawing.named(holder)
                : name(job) + "  " + job.state().orElseThrow() + "  " + Texts.duration(job.age());
    }

    private String step(JobTree job) {
        if (!free.contains(job.id())) {
            return name(job) + " " + Drawing.describe(job.waitsFor().orElseThrow());
        }
        var below = next(job);
        return name(job) + (below == null ? "" : " has " + name(below) + " below it");
    }

    private static String name(JobTree job) {
        return Drawing.named(new Ref(job.id(), job.name()));
    }
}
