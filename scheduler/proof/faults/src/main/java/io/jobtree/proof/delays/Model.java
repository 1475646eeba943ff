package io.jobtree.proof.delays;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What may have become of each job.
final class Model {
    /// A failure takes no more than so many later ones.
    private static final int MOST_SUPPRESSED = 16;

    private final Group root;
    private final List<Node> nodes;
    private final boolean closing;
    private final BiConsumer<String, Object> wrong;

    Model(Group root, List<Node> nodes, boolean closing, BiConsumer<String, Object> wrong) {
        this.root = root;
        this.nodes = nodes;
        this.closing = closing;
        this.wrong = wrong;
    }

    void check() {
        checkLimit(root);
        for (var node : nodes) {
            var children = node.children;
            if (children != null) {
                checkLimit(children);
            }
            checkHooks(node);
            var job = node.job;
            if (job == null) {
                require(node.rejected && node.runs.get() == 0, "rejected, and ran", node);
            } else if (!job.isDone() || job.outcome().isEmpty()) {
                wrong.accept("no outcome", node);
            } else {
                check(node, job.outcome().orElseThrow());
            }
        }
    }

    private void require(boolean holds, String otherwise, Object detail) {
        if (!holds) {
            wrong.accept(otherwise, detail);
        }
    }

    private void checkLimit(Group group) {
        require(group.limit == 0 || group.crowd.most() <= group.limit, "more bodies than places", group.scope);
    }

    private void checkHooks(Node node) {
        int starting = node.starting.get();
        int spawned = node.spawned.get();
        require(
                spawned <= 1 && node.ended.get() == spawned && starting <= 1 && node.stopped.get() == starting,
                "hooks",
                node);
        require(node.runs.get() <= 1, "ran twice", node);
        require(!node.interruptedInHook, "an interrupt reached a hook", node);
        require(!node.childLeftInHook, "ended before a child", node);
    }

    private void check(Node node, Outcome<?> outcome) {
        require(!node.watched || node.spawned.get() == 0 || outcome.equals(node.heard), "heard another outcome", node);
        require(node.cancelsBegun.get() <= 1, "cancelled twice", node);
        if (node.cancelsBegun.get() == 1) {
            require(
                    outcome instanceof Outcome.Cancelled<?>(var reason, var origin)
                            && reason == CancelReason.REQUESTED
                            && origin.isEmpty(),
                    "cancel() began it, another outcome",
                    node + " " + outcome);
        }
        switch (outcome) {
            case Outcome.Succeeded<?>(var value) ->
                require(
                        Integer.valueOf(node.number).equals(value)
                                && node.threw == null
                                && node.runs.get() == 1
                                && !failedByChild(node),
                        "succeeded wrongly",
                        node);
            case Outcome.Failed<?>(var failure) -> checkFailed(node, failure);
            case Outcome.Cancelled<?>(var reason, var origin) -> checkCancelled(node, reason, origin.orElse(null));
        }
    }

    private static boolean failedByChild(Node node) {
        return !node.supervised && node.childNodes().stream().anyMatch(child -> child.failure() != null);
    }

    private void checkFailed(Node node, Throwable failure) {
        boolean own = failure.equals(node.threw) || (failure instanceof JobTimeoutException && node.hasTimeout());
        boolean fromChild =
                !node.supervised && node.childNodes().stream().anyMatch(child -> failure.equals(child.failure()));
        require(own || fromChild, "somebody else's failure", node + " " + failure);
        checkOwner(node, failure);
    }

    /// A failure has one owner: the fail-fast parent, or a waiter, or the handler.
    private void checkOwner(Node node, Throwable failure) {
        int handled = node.handled.get();
        require(handled <= 1, "handled twice", node);
        if (ownedByParent(node, failure)) {
            require(handled == 0, "handled, and the parent's", node);
        } else {
            require(handled + node.waitersGotIt.get() > 0, "a failure is lost", node + " " + failure);
        }
    }

    private static boolean ownedByParent(Node node, Throwable failure) {
        var parent = node.group.owner;
        var first = parent == null || parent.supervised ? null : parent.failure();
        if (first == null) {
            return false;
        }
        var later = first.getSuppressed();
        return first.equals(failure)
                || later.length >= MOST_SUPPRESSED
                || Arrays.asList(later).contains(failure);
    }

    private void checkCancelled(Node node, CancelReason reason, @Nullable Job<?> origin) {
        boolean allowed = switch (reason) {
            case REQUESTED -> origin == null && (node.cancelAsked || node.group.isCancelled());
            case CLOSED -> origin == null && closing;
            case PARENT -> origin != null && node.group.owner != null;
            case SIBLING_FAILED -> origin != null && node.group.isFailFast();
            case DEADLINE -> origin != null && node.group.owner != null;
        };
        require(allowed, "cancelled for no reason", node + " " + reason + " " + origin);
        if (node.threw instanceof Node.Meant late) {
            checkOwner(node, late);
        }
    }
}
