package io.jobtree.scheduler;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes and draws pictures of trees, without recursion: a tree may be deeper than a stack.
final class Pictures {
    private static final int MAX_CHILDREN = 50;
    private static final int MAX_DEPTH = 60;

    private Pictures() {}

    /// A node while its children are being collected. The root of a scheduler's picture has no job.
    private record Node(@Nullable JobImpl<?> job, int parent, List<JobTree> children) {}

    static JobTree take(Scheduler scheduler) {
        var nodes = new ArrayList<Node>();
        nodes.add(new Node(null, -1, new ArrayList<>()));
        addChildren(nodes, scheduler, 0);
        var children = freezeBelow(nodes);
        var note = scheduler.toString().substring(scheduler.name().length() + "Scheduler '' ".length());
        return new JobTree(scheduler.name(), Paths.of(scheduler), 0, Optional.empty(), Duration.ZERO, note, children);
    }

    static JobTree take(JobImpl<?> job) {
        var nodes = new ArrayList<Node>();
        nodes.add(new Node(job, -1, new ArrayList<>()));
        return freeze(job, freezeBelow(nodes));
    }

    /// Walks breadth first, so that children come after their parent, and freezes from the end: the
    /// youngest child comes first.
    private static List<JobTree> freezeBelow(List<Node> nodes) {
        for (int i = 0; i < nodes.size(); i++) {
            var job = nodes.get(i).job;
            var branch = job == null ? null : job.branch;
            if (branch != null) {
                addChildren(nodes, branch, i);
            }
        }
        for (int i = nodes.size() - 1; i > 0; i--) {
            var node = nodes.get(i);
            if (node.job != null) {
                nodes.get(node.parent).children.add(freeze(node.job, node.children.reversed()));
            }
        }
        return nodes.getFirst().children.reversed();
    }

    private static void addChildren(List<Node> nodes, Scope scope, int parent) {
        for (var job : scope.live.list(any -> true)) {
            nodes.add(new Node(job, parent, new ArrayList<>(0)));
        }
    }

    private static JobTree freeze(JobImpl<?> job, List<JobTree> children) {
        return new JobTree(
                job.name(), Paths.shown(job), job.id(), Optional.of(job.state()), job.age(), note(job), children);
    }

    private static String note(JobImpl<?> job) {
        if (Places.missing(job) != null) {
            return "waits for a place";
        }
        return switch (job.waitsFor) {
            case JobImpl<?> other -> "waits for " + other.name() + " #" + other.id();
            case Scope scope -> "waits to spawn into " + scope.name();
            case null, default -> job.isShielded() ? "shielded" : "";
        };
    }

    static int size(JobTree tree) {
        int size = 0;
        var queue = new ArrayDeque<JobTree>();
        queue.add(tree);
        for (var next = queue.poll(); next != null; next = queue.poll()) {
            size += next.state().isPresent() ? 1 : 0;
            queue.addAll(next.children());
        }
        return size;
    }

    /// A line that is still to be drawn: a tree's, or a remark.
    private record Line(
            String indent,
            String branch,
            String below,
            @Nullable JobTree tree,
            String remark) {}

    static String draw(JobTree tree) {
        var text = new StringBuilder();
        var stack = new ArrayDeque<Line>();
        stack.push(new Line("", "", "", tree, ""));
        for (var line = stack.poll(); line != null; line = stack.poll()) {
            if (!text.isEmpty()) {
                text.append('\n');
            }
            text.append(line.indent).append(line.branch);
            if (line.tree == null) {
                text.append(line.remark);
            } else {
                text.append(describe(line.tree));
                pushChildren(stack, line.tree, line.indent + line.below);
            }
        }
        return text.toString();
    }

    private static void pushChildren(ArrayDeque<Line> stack, JobTree tree, String indent) {
        var children = tree.children();
        if (children.isEmpty()) {
            return;
        }
        if (indent.length() >= 4 * MAX_DEPTH) {
            stack.push(new Line(indent, "└── ", "", null, "… " + (size(tree) - 1) + " more below"));
            return;
        }
        int shown = children.size() > MAX_CHILDREN ? MAX_CHILDREN - 1 : children.size();
        if (shown < children.size()) {
            stack.push(new Line(indent, "└── ", "", null, rest(children.subList(shown, children.size()))));
        }
        for (int i = shown - 1; i >= 0; i--) {
            boolean last = i == children.size() - 1;
            stack.push(new Line(indent, last ? "└── " : "├── ", last ? "    " : "│   ", children.get(i), ""));
        }
    }

    private static String rest(List<JobTree> rest) {
        var text = new StringBuilder("… ").append(rest.size()).append(" more:");
        for (var state : JobState.values()) {
            long count = rest.stream()
                    .filter(tree -> tree.state().equals(Optional.of(state)))
                    .count();
            if (count > 0) {
                text.append(' ').append(count).append(' ').append(state).append(',');
            }
        }
        return text.deleteCharAt(text.length() - 1).toString();
    }

    private static String describe(JobTree tree) {
        var text = new StringBuilder(printable(tree.name()));
        tree.state()
                .ifPresent(state -> text.append(" #")
                        .append(tree.id())
                        .append("  ")
                        .append(state)
                        .append("  ")
                        .append(seconds(tree.age())));
        if (!tree.note().isEmpty()) {
            text.append("  ").append(printable(tree.note()));
        }
        return text.toString();
    }

    /// A name may hold anything; a line feed or an escape in it must not spoil the picture.
    private static String printable(String text) {
        if (text.codePoints().noneMatch(Character::isISOControl)) {
            return text;
        }
        var clean = new StringBuilder();
        text.codePoints()
                .forEach(c -> clean.append(
                        Character.isISOControl(c) ? String.format(Locale.ROOT, "\\u%04x", c) : Character.toString(c)));
        return clean.toString();
    }

    /// A duration as a person says it: 340 µs, 12 ms, 1.2 s, 3 min 20 s, 5 h 3 min.
    static String seconds(Duration age) {
        long micros = age.toNanos() / 1_000;
        if (micros < 1_000) {
            return micros + " µs";
        }
        if (micros < 1_000_000) {
            return micros / 1_000 + " ms";
        }
        if (age.toSeconds() < 60) {
            return String.format(Locale.ROOT, "%.1f s", micros / 1e6);
        }
        if (age.toMinutes() < 60) {
            return age.toMinutes() + " min " + age.toSecondsPart() + " s";
        }
        return age.toHours() + " h " + age.toMinutesPart() + " min";
    }
}
