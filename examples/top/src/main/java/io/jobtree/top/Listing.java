package io.jobtree.top;

import io.jobtree.scheduler.JobTree;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The lines on the screen: which jobs are folded, and which one is selected. Knows nothing of terminals.
final class Listing {
    private static final int MAX_CHILDREN = 40;
    private static final int MAX_DEPTH = 25;

    private final Set<Long> folded = new HashSet<>();
    private List<Line> lines = List.of();
    private int selected;

    /// A line.
    ///
    /// @param job whose it is; null for one that only counts jobs
    record Line(String text, @Nullable JobTree job) {}

    List<Line> lines() {
        return lines;
    }

    int selected() {
        return selected;
    }

    /// The job on the selected line, unless that is a scheduler's.
    Optional<JobTree> selectedJob() {
        return selected < lines.size()
                ? Optional.ofNullable(lines.get(selected).job())
                        .filter(job -> job.state().isPresent())
                : Optional.empty();
    }

    /// Shows other trees; the same job stays selected while there is one.
    void show(List<JobTree> trees) {
        var before = selectedJob().map(JobTree::id).orElse(0L);
        var next = new ArrayList<Line>();
        for (var tree : trees) {
            next.addAll(linesOf(pruned(tree, 0)));
        }
        lines = next;
        for (int i = 0; i < lines.size() && before != 0; i++) {
            var job = lines.get(i).job();
            if (job != null && job.id() == before) {
                selected = i;
                return;
            }
        }
        move(0);
    }

    void move(int by) {
        selected = Math.clamp((long) selected + by, 0, Math.max(0, lines.size() - 1));
    }

    /// Folds the selected job, or unfolds it.
    void toggle() {
        selectedJob().ifPresent(job -> {
            if (!folded.remove(job.id())) {
                folded.add(job.id());
            }
        });
    }

    /// The drawing has a line for each node that is left, in the same order.
    private static List<Line> linesOf(JobTree tree) {
        var drawn = tree.toString().lines().toList();
        var result = new ArrayList<Line>();
        var stack = new ArrayDeque<JobTree>();
        stack.push(tree);
        for (int i = 0; i < drawn.size() && !stack.isEmpty(); i++) {
            var node = stack.pop();
            result.add(new Line(drawn.get(i), node));
            node.children().reversed().forEach(stack::push);
        }
        return result;
    }

    private JobTree pruned(JobTree tree, int depth) {
        boolean isFolded = folded.contains(tree.id()) || depth == MAX_DEPTH;
        var note = isFolded && !tree.children().isEmpty() ? "+ " + (tree.size() - 1) + " folded" : tree.note();
        return new JobTree(
                tree.name(),
                tree.path(),
                tree.id(),
                tree.state(),
                tree.age(),
                tree.left(),
                tree.waitsFor(),
                note,
                isFolded ? List.of() : few(tree.children(), depth + 1));
    }

    private List<JobTree> few(List<JobTree> children, int depth) {
        int shown = children.size() > MAX_CHILDREN ? MAX_CHILDREN - 1 : children.size();
        var result = new ArrayList<JobTree>();
        children.subList(0, shown).forEach(child -> result.add(pruned(child, depth)));
        if (shown < children.size()) {
            result.add(new JobTree(
                    "… " + (children.size() - shown) + " more",
                    "",
                    0,
                    Optional.empty(),
                    Duration.ZERO,
                    Optional.empty(),
                    Optional.empty(),
                    "",
                    List.of()));
        }
        return result;
    }
}
