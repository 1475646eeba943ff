package io.jobtree.scheduler;

import io.jobtree.scheduler.JobTree.Kind;
import io.jobtree.scheduler.JobTree.Ref;
import io.jobtree.scheduler.JobTree.Wait;
import io.jobtree.scheduler.text.Texts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes pictures of trees, without recursion: a tree may be deeper than a stack. What the engine is asked
/// is all in here, and is only read.
final class Pictures {
    /// Many jobs wait for the same limit, and its holders are looked for once.
    private final IdentityHashMap<Gate, Wait> atGates = new IdentityHashMap<>();

    private final List<Node> nodes = new ArrayList<>();

    private Pictures() {}

    /// A node while its children are being collected. The root of a scheduler's picture has no job.
    private record Node(
            @Nullable JobImpl<?> job, int parent, @Nullable Duration left, List<JobTree> children) {}

    static JobTree take(Scheduler scheduler) {
        var pictures = new Pictures();
        pictures.nodes.add(new Node(null, -1, null, new ArrayList<>()));
        pictures.addChildren(scheduler, 0);
        var children = pictures.freezeBelow();
        var note = scheduler.toString().substring(scheduler.name().length() + "Scheduler '' ".length());
        return new JobTree(
                scheduler.name(),
                scheduler.path(),
                0,
                Optional.empty(),
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                note,
                children);
    }

    static JobTree take(JobImpl<?> job) {
        var pictures = new Pictures();
        Duration left = null;
        for (var above = job.parentOrNull(); above != null; above = above.parentOrNull()) {
            left = timeLeft(above, left);
        }
        var root = new Node(job, -1, timeLeft(job, left), new ArrayList<>());
        pictures.nodes.add(root);
        return pictures.freeze(job, root.left, pictures.freezeBelow());
    }

    static String seconds(Duration age) {
        return Texts.duration(age);
    }

    /// Walks breadth first, so that children come after their parent, and freezes from the end: the
    /// youngest child comes first.
    private List<JobTree> freezeBelow() {
        for (int i = 0; i < nodes.size(); i++) {
            var job = nodes.get(i).job;
            var branch = job == null ? null : job.branch;
            if (branch != null) {
                addChildren(branch, i);
            }
        }
        for (int i = nodes.size() - 1; i > 0; i--) {
            var node = nodes.get(i);
            if (node.job != null) {
                nodes.get(node.parent).children.add(freeze(node.job, node.left, node.children.reversed()));
            }
        }
        return nodes.getFirst().children.reversed();
    }

    private void addChildren(Scope scope, int parent) {
        var left = nodes.get(parent).left;
        for (var job : scope.live.list(any -> true)) {
            nodes.add(new Node(job, parent, timeLeft(job, left), new ArrayList<>(0)));
        }
    }

    private JobTree freeze(JobImpl<?> job, @Nullable Duration left, List<JobTree> children) {
        return new JobTree(
                job.name(),
                job.path(),
                job.id(),
                Optional.of(job.state()),
                job.age(),
                Optional.ofNullable(left),
                Optional.ofNullable(waitsFor(job)),
                job.isShielded() ? "shielded" : "",
                children);
    }

    /// The time until the nearest deadline, the job's own or an ancestor's; null without one.
    private static @Nullable Duration timeLeft(JobImpl<?> job, @Nullable Duration above) {
        // A job with a timeout has extras; to ask each for its options would make those of most.
        var timeout = job.extras == null ? null : job.options().timeout().orElse(null);
        if (timeout == null) {
            return above;
        }
        var own = timeout.compareTo(job.age()) > 0 ? timeout.minus(job.age()) : Duration.ZERO;
        return above != null && above.compareTo(own) < 0 ? above : own;
    }

    private @Nullable Wait waitsFor(JobImpl<?> job) {
        var scopeGate = job.scopeGate();
        if (job.lacksPlace()) {
            return scopeGate != null && !job.holds(scopeGate.bit)
                    ? atGate(Kind.PLACE, scopeGate, job.scope.path())
                    : atShared(job);
        }
        return switch (job.waitsFor) {
            case JobImpl<?> other -> new Wait(Kind.JOB, other.name(), isTimed(job), List.of(ref(other)));
            case Scope scope when scope.gate != null -> atGate(Kind.ROOM, scope.gate, scope.path());
            case null, default -> null;
        };
    }

    private @Nullable Wait atShared(JobImpl<?> job) {
        var gate = job.sharedGate();
        var limit = job.options().limit().orElse(null);
        return gate == null || limit == null ? null : atGate(Kind.PLACE, gate, limit.name());
    }

    private Wait atGate(Kind kind, Gate gate, String name) {
        var wait = atGates.get(gate);
        if (wait == null || wait.kind() != kind) {
            wait = new Wait(
                    kind, name, false, holders(gate).stream().map(Pictures::ref).toList());
            atGates.put(gate, wait);
        }
        return wait;
    }

    /// The jobs that hold a place of this limit right now, oldest first, of whatever scope and scheduler.
    /// A job that gave its place up for a wait is not one of them.
    private static List<JobImpl<?>> holders(Gate gate) {
        var holders = new ArrayList<JobImpl<?>>();
        var scopes = new ArrayDeque<Scope>(Scheduler.all());
        for (var scope = scopes.poll(); scope != null; scope = scopes.poll()) {
            for (var job : scope.live.list(any -> true)) {
                var own = gate.bit == JobImpl.HOLDS_SHARED ? job.sharedGate() : job.scopeGate();
                if (own == gate && job.holds(gate.bit)) {
                    holders.add(job);
                }
                if (job.branch != null) {
                    scopes.add(job.branch);
                }
            }
        }
        holders.sort(Comparator.comparingLong(JobImpl::id));
        return holders;
    }

    private static boolean isTimed(JobImpl<?> job) {
        var thread = job.thread;
        return thread != null && thread.getState() == Thread.State.TIMED_WAITING;
    }

    private static Ref ref(JobImpl<?> job) {
        return new Ref(job.id(), job.name());
    }
}
