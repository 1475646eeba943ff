package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.JobTree;
import io.jobtree.scheduler.JobTree.Kind;
import io.jobtree.scheduler.JobTree.Ref;
import io.jobtree.scheduler.JobTree.Wait;
import io.jobtree.scheduler.platform.Checks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Takes pictures of trees, without recursion: a tree may be deeper than a stack. What the engine is asked
/// is all in here, and is only read.
final class Pictures {
    private final Holders holders;

    /// Many jobs wait for a place in the same limit.
    private final IdentityHashMap<Gate, Wait> places = new IdentityHashMap<>();

    /// Or for room in its queue.
    private final IdentityHashMap<Gate, Wait> rooms = new IdentityHashMap<>();

    /// Or until the same scope is idle.
    private final IdentityHashMap<Scope, List<Ref>> unfinished = new IdentityHashMap<>();

    private final List<Node> nodes = new ArrayList<>();

    private Pictures(Holders holders) {
        this.holders = holders;
    }

    /// What a job waits for in `awaitIdle`.
    record Idle(Scope scope) {
        @Override
        public String toString() {
            return scope.title();
        }
    }

    /// A node while its children are being collected. The root of a scheduler's picture has no job.
    private record Node(
            @Nullable JobImpl<?> job, int parent, @Nullable Duration left, List<JobTree> children) {}

    static JobTree take(RootScope scheduler) {
        return take(scheduler, new Holders());
    }

    /// One of several, which are looked through once for all.
    static JobTree take(RootScope scheduler, Holders holders) {
        var pictures = new Pictures(holders);
        pictures.nodes.add(new Node(null, -1, null, new ArrayList<>()));
        pictures.addChildren(scheduler, 0);
        var children = pictures.freezeBelow();
        return new JobTree(
                scheduler.name(),
                Paths.upTo(scheduler),
                0,
                Optional.empty(),
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                scheduler.standing(),
                children);
    }

    static JobTree take(JobImpl<?> job) {
        var pictures = new Pictures(new Holders());
        Duration left = null;
        for (var above = job.parentOrNull(); above != null; above = above.parentOrNull()) {
            left = timeLeft(above, left);
        }
        var root = new Node(job, -1, timeLeft(job, left), new ArrayList<>());
        pictures.nodes.add(root);
        return pictures.freeze(job, root.left, pictures.freezeBelow());
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
        for (var job : scope.live.list()) {
            nodes.add(new Node(job, parent, timeLeft(job, left), new ArrayList<>(0)));
        }
    }

    private JobTree freeze(JobImpl<?> job, @Nullable Duration left, List<JobTree> children) {
        return new JobTree(
                job.name(),
                Paths.upTo(job),
                job.id(),
                Optional.of(job.state()),
                job.age(),
                Optional.ofNullable(left),
                Optional.ofNullable(waitsFor(job)),
                note(job),
                children);
    }

    private static String note(JobImpl<?> job) {
        return job.waitsFor instanceof String what ? "waits for " + what : job.isShielded() ? "shielded" : "";
    }

    /// The time until the nearest deadline, the job's own or an ancestor's; null without one.
    private static @Nullable Duration timeLeft(JobImpl<?> job, @Nullable Duration above) {
        var timeout = job.timeoutOrNull();
        if (timeout == null || Checks.nanos(timeout) == Long.MAX_VALUE) {
            return above;
        }
        var age = job.age();
        var own = timeout.compareTo(age) > 0 ? timeout.minus(age) : Duration.ZERO;
        return above != null && above.compareTo(own) < 0 ? above : own;
    }

    private @Nullable Wait waitsFor(JobImpl<?> job) {
        var missing = Places.missing(job);
        if (missing != null) {
            return atGate(Kind.PLACE, missing, job.scope());
        }
        return switch (job.waitsFor) {
            case JobImpl<?> other when other.isDone() -> returning(job);
            case Gate _ -> returning(job);
            case JobImpl<?> other -> new Wait(Kind.JOB, other.name(), isTimed(job), List.of(ref(other)));
            case Idle(var scope) -> new Wait(Kind.IDLE, Paths.upTo(scope), isTimed(job), refs(scope));
            case Scope scope when scope.gate != null -> atGate(Kind.ROOM, scope.gate, scope);
            case null, default -> null;
        };
    }

    /// A job whose wait is over, and that is on its way back to its places.
    private @Nullable Wait returning(JobImpl<?> job) {
        var gate = job.holding.missing(job.state);
        return gate == null ? null : atGate(Kind.PLACE, gate, job.scope());
    }

    /// All that wait for a place are shown with the same.
    private Wait atGate(Kind kind, Gate gate, Scope near) {
        return (kind == Kind.PLACE ? places : rooms)
                .computeIfAbsent(gate, any -> new Wait(kind, gate.name(), false, refs(holders.of(gate, near))));
    }

    private List<Ref> refs(Scope scope) {
        return unfinished.computeIfAbsent(scope, any -> refs(scope.live.list()));
    }

    /// In a list that a [Wait] takes as it is.
    private static List<Ref> refs(List<JobImpl<?>> jobs) {
        return List.copyOf(jobs.stream().map(Pictures::ref).toList());
    }

    static boolean isTimed(JobImpl<?> job) {
        var thread = job.runner();
        return thread != null && thread.getState() == Thread.State.TIMED_WAITING;
    }

    private static Ref ref(JobImpl<?> job) {
        return new Ref(job.id(), job.name());
    }
}
