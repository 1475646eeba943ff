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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who waits for whom in a picture, and which of the waits end only by each other.
public final class Waits {
    private static final int MAX_HOLDERS = 8;

    /// In the order of the drawing.
    private final Map<Long, JobTree> jobs = new LinkedHashMap<>();

    private final Endings endings;

    /// The first of a list that cannot end, of lists that were looked through: many jobs may wait for the same.
    private final IdentityHashMap<List<Ref>, Optional<JobTree>> stuck = new IdentityHashMap<>();

    private final List<List<JobTree>> cycles = new ArrayList<>();

    public Waits(JobTree root) {
        visit(root, job -> jobs.put(job.id(), job));
        boolean sticky = jobs.values().stream().anyMatch(Waits::mayStick);
        endings = new Endings(sticky ? jobs : Map.of());
        if (sticky) {
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

    /// The jobs top down, in the order of the drawing.
    static void visit(JobTree root, Consumer<JobTree> action) {
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

    private void findCycles() {
        Set<Long> seen = new HashSet<>();
        for (var start : jobs.values()) {
            Map<Long, JobTree> way = new LinkedHashMap<>();
            JobTree at = start;
            while (at != null && !endings.canEnd(at) && seen.add(at.id())) {
                way.put(at.id(), at);
                at = next(at);
            }
            if (at != null && way.containsKey(at.id())) {
                long first = at.id();
                cycles.add(way.values().stream()
                        .dropWhile(job -> job.id() != first)
                        .toList());
            }
        }
    }

    /// What keeps a job that cannot end from it.
    private @Nullable JobTree next(JobTree job) {
        if (endings.isFree(job)) {
            return job.children().stream()
                    .filter(child -> !endings.canEnd(child))
                    .findFirst()
                    .orElse(null);
        }
        return stuck.computeIfAbsent(job.waitsFor().orElseThrow().jobs(), this::firstStuck)
                .orElse(null);
    }

    private Optional<JobTree> firstStuck(List<Ref> all) {
        return all.stream()
                .map(ref -> jobs.get(ref.id()))
                .filter(job -> job != null && !endings.canEnd(job))
                .findFirst();
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
        if (!endings.isFree(job)) {
            return name(job) + " " + Drawing.describe(job.waitsFor().orElseThrow());
        }
        var below = next(job);
        return name(job) + (below == null ? "" : " has " + name(below) + " below it");
    }

    private static String name(JobTree job) {
        return Drawing.named(new Ref(job.id(), job.name()));
    }
}
