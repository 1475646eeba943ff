package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.text.Texts;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a job ends that does not end by itself, and how the jobs below it end then.
///
/// @param outcome the job's own
/// @param below that of the jobs below; null where it follows from the outcome, which is a [Outcome.Cancelled] then
public record Ending(Outcome<?> outcome, @Nullable Ending below) {
    static final Ending REQUESTED = cancelled(CancelReason.REQUESTED, Optional.empty());
    static final Ending CLOSED = cancelled(CancelReason.CLOSED, Optional.empty());

    private static Ending cancelled(CancelReason reason, Optional<Job<?>> origin) {
        return new Ending(new Outcome.Cancelled<>(reason, origin), null);
    }

    /// A failure; the jobs below are cancelled for the given reason.
    static Ending failed(Throwable failure, CancelReason below, JobImpl<?> origin) {
        return new Ending(new Outcome.Failed<>(failure), cancelled(below, Optional.of(origin)));
    }

    boolean isFailure() {
        return outcome instanceof Outcome.Failed<?>;
    }

    /// Whether this is because of a close.
    boolean isClose() {
        return outcome instanceof Outcome.Cancelled<?> cancelled && cancelled.reason() == CancelReason.CLOSED;
    }

    /// The request to stop that this is to a job which has started; null where the job itself failed, which nobody
    /// asked for.
    Outcome.@Nullable Cancelled<?> request() {
        if (outcome instanceof Outcome.Cancelled<?> cancelled) {
            return cancelled;
        }
        return below != null
                        && below.outcome instanceof Outcome.Cancelled<?> cancelled
                        && cancelled.reason() != CancelReason.PARENT
                ? cancelled
                : null;
    }

    /// How the children of a job end that ends like this. Allocates nothing below the first level.
    Ending below(JobImpl<?> job) {
        if (below != null) {
            return below;
        }
        if (outcome instanceof Outcome.Cancelled<?>(var reason, var origin)
                && (reason == CancelReason.REQUESTED || reason == CancelReason.SIBLING_FAILED)) {
            return cancelled(CancelReason.PARENT, origin.or(() -> Optional.of(job)));
        }
        return this;
    }

    public static String text(Outcome.Cancelled<?> cancelled, Object job) {
        return job + " " + ApiAccess.get().text(cancelled.reason())
                + cancelled
                        .origin()
                        .map(origin -> "; it began with " + Texts.printable(Paths.upTo((JobImpl<?>) origin)) + " #"
                                + origin.id())
                        .orElse("");
    }
}
