package io.jobtree.scheduler.picture;

import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.JobTree;
import io.jobtree.scheduler.platform.Checks;
import io.jobtree.scheduler.text.JsonWriter;
import io.jobtree.scheduler.text.Texts;
import io.jobtree.scheduler.text.TreeText;
import io.jobtree.scheduler.text.TreeText.Row;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Writes pictures of trees: as text and as JSON, without recursion, for a tree may be deeper than a stack.
public final class Drawing {
    private static final int MAX_CHILDREN = 50;
    private static final int MAX_LINES = 1_000;
    private static final int MAX_NAMED = 3;
    private static final int MAX_NAMED_IN_JSON = 16;

    private Drawing() {}

    public static int size(JobTree tree) {
        var size = new int[1];
        Waits.visit(tree, job -> size[0]++);
        return size[0];
    }

    /// Whether both show the same.
    public static boolean isSame(JobTree one, JobTree other) {
        var ones = new ArrayDeque<JobTree>();
        var others = new ArrayDeque<JobTree>();
        ones.add(one);
        others.add(other);
        while (!ones.isEmpty()) {
            var mine = ones.remove();
            var theirs = others.remove();
            if (!shows(mine, theirs)) {
                return false;
            }
            ones.addAll(mine.children());
            others.addAll(theirs.children());
        }
        return true;
    }

    /// Whether both say the same of the job itself, and have as many children.
    private static boolean shows(JobTree one, JobTree other) {
        return one.id() == other.id()
                && one.name().equals(other.name())
                && one.path().equals(other.path())
                && one.state().equals(other.state())
                && one.age().equals(other.age())
                && one.left().equals(other.left())
                && one.waitsFor().equals(other.waitsFor())
                && one.note().equals(other.note())
                && one.children().size() == other.children().size();
    }

    public static String draw(JobTree tree) {
        var deadlocked = Waits.deadlocked(tree);
        return new TreeText<>(
                        node -> row(node, deadlocked), JobTree::children, Drawing::states, MAX_CHILDREN, MAX_LINES)
                .draw(tree);
    }

    private static Row row(JobTree tree, Set<Long> deadlocked) {
        if (tree.state().isEmpty()) {
            return Row.of((Texts.printable(tree.name()) + "  " + Texts.printable(tree.note())).stripTrailing());
        }
        var remarks = new ArrayList<String>();
        tree.waitsFor()
                .ifPresent(wait -> remarks.add((deadlocked.contains(tree.id()) ? "deadlock: " : "") + describe(wait)));
        tree.left().ifPresent(left -> remarks.add(left.isZero() ? "no time left" : Texts.duration(left) + " left"));
        if (!tree.note().isEmpty()) {
            remarks.add(Texts.printable(tree.note()));
        }
        return new Row(
                Texts.printable(tree.name()) + " #" + tree.id(),
                tree.state().get().toString(),
                Texts.duration(tree.age()),
                String.join(", ", remarks));
    }

    public static String describe(JobTree.Wait wait) {
        var name = Texts.printable(wait.name());
        return switch (wait.kind()) {
            case JOB -> "waits for " + named(wait.jobs()) + (wait.timed() ? " with a timeout" : "");
            case PLACE -> "waits for a place in " + name + heldBy(wait.jobs());
            case IDLE -> "waits until " + name + " is idle" + (wait.timed() ? ", with a timeout" : "");
            case ROOM -> "waits to spawn into " + name + heldBy(wait.jobs());
        };
    }

    private static String heldBy(List<JobTree.Ref> holders) {
        return holders.isEmpty() ? "" : ", held by " + named(holders);
    }

    private static String named(List<JobTree.Ref> jobs) {
        var first = jobs.stream().limit(MAX_NAMED).map(Drawing::named).collect(Collectors.joining(", "));
        return jobs.size() <= MAX_NAMED ? first : first + " and " + (jobs.size() - MAX_NAMED) + " more";
    }

    public static String named(JobTree.Ref job) {
        return Texts.printable(job.name()) + " #" + job.id();
    }

    private static String states(List<JobTree> trees) {
        var counts = new EnumMap<JobState, Integer>(JobState.class);
        trees.forEach(tree -> tree.state().ifPresent(state -> counts.merge(state, 1, Integer::sum)));
        return counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    public static String toJson(JobTree root) {
        var deadlocked = Waits.deadlocked(root);
        var json = new JsonWriter();
        // What is still to be written: a job, or the end of one and of the list of its children.
        var stack = new ArrayDeque<Optional<JobTree>>();
        stack.push(Optional.of(root));
        while (!stack.isEmpty()) {
            var next = stack.pop();
            if (next.isEmpty()) {
                json.close(']').close('}');
                continue;
            }
            var tree = next.get();
            begin(json, tree, deadlocked.contains(tree.id()));
            stack.push(Optional.empty());
            tree.children().reversed().forEach(child -> stack.push(Optional.of(child)));
        }
        return json.toString();
    }

    private static void begin(JsonWriter json, JobTree tree, boolean deadlocked) {
        json.open('{').name("name").value(tree.name()).name("path").value(tree.path());
        tree.state().ifPresent(state -> {
            json.name("id").value(tree.id()).name("state").value(state.toString());
            json.name("ageSeconds").seconds(Checks.nanos(tree.age()));
        });
        tree.left().ifPresent(left -> json.name("secondsLeft").seconds(Checks.nanos(left)));
        tree.waitsFor().ifPresent(wait -> add(json.name("waitsFor"), wait));
        if (deadlocked) {
            json.name("deadlock").value(true);
        }
        if (!tree.note().isEmpty()) {
            json.name("note").value(tree.note());
        }
        json.name("children").open('[');
    }

    private static void add(JsonWriter json, JobTree.Wait wait) {
        json.open('{').name("kind").value(wait.kind().toString());
        json.name("name").value(wait.name()).name("timed").value(wait.timed());
        json.name("jobCount").value(wait.jobs().size()).name("jobs").open('[');
        wait.jobs().stream()
                .limit(MAX_NAMED_IN_JSON)
                .forEach(job -> json.open('{')
                        .name("id")
                        .value(job.id())
                        .name("name")
                        .value(job.name())
                        .close('}'));
        json.close(']').close('}');
    }
}
