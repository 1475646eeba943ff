package io.jobtree.scheduler;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/// How a job ends that does not end by itself, and what that means for the jobs below it.
final class Ending {
    static final Outcome.Cancelled<?> REQUESTED = new Outcome.Cancelled<>(CancelReason.REQUESTED, Optional.empty());
    static final Outcome.Cancelled<?> CLOSED = new Outcome.Cancelled<>(CancelReason.CLOSED, Optional.empty());

    /// How many later failures are suppressed on the first one.
    private static final int MAX_SUPPRESSED = 16;

    private Ending() {}

    static Outcome.Cancelled<?> because(CancelReason reason, JobImpl<?> origin) {
        return new Outcome.Cancelled<>(reason, Optional.of(origin));
    }

    /// How the children of a job end that was cancelled like this.
    static Outcome.Cancelled<?> below(JobImpl<?> job, Outcome.Cancelled<?> ending) {
        return switch (ending.reason()) {
            case DEADLINE, CLOSED, PARENT -> ending;
            case REQUESTED, SIBLING_FAILED ->
                new Outcome.Cancelled<>(CancelReason.PARENT, ending.origin().or(() -> Optional.of(job)));
        };
    }

    /// Whether a body threw this only because it was asked to stop.
    static boolean isEcho(Throwable thrown) {
        int depth = 0;
        for (Throwable cause = thrown; cause != null && depth < 32; cause = cause.getCause(), depth++) {
            if (cause instanceof InterruptedException
                    || cause instanceof CancellationException
                    || cause instanceof ClosedByInterruptException
                    || (cause instanceof InterruptedIOException && !(cause instanceof SocketTimeoutException))) {
                return true;
            }
        }
        return false;
    }

    /// Whether a later failure is the first one again, as thrown by `join`.
    @SuppressWarnings("ReferenceEquality")
    static boolean isSame(Throwable first, Throwable later) {
        return first == later || (later instanceof JobFailedException && later.getCause() == first);
    }

    /// Suppresses a later failure on the first one; what is beyond the first 16 is only counted.
    static void suppress(Throwable first, Throwable later, int count) {
        if (count <= MAX_SUPPRESSED) {
            first.addSuppressed(later);
        }
    }

    static String text(Outcome.Cancelled<?> cancelled, @Nullable Object job) {
        var why = switch (cancelled.reason()) {
            case REQUESTED -> "was cancelled";
            case PARENT -> "was cancelled with the job above it";
            case SIBLING_FAILED -> "was cancelled, for a sibling failed";
            case DEADLINE -> "was cancelled, for the time of a job above it ran out";
            case CLOSED -> "was cancelled, for its scheduler was closed";
        };
        return job + " " + why
                + cancelled
                        .origin()
                        .map(origin -> "; it began with " + origin.path() + " #" + origin.id())
                        .orElse("");
    }
}
