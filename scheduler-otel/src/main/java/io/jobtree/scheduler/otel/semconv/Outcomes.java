package io.jobtree.scheduler.otel.semconv;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.SpawnRefusal;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The words for outcomes, in spans and metrics alike; few enough for both.
public final class Outcomes {
    public static final String SUCCEEDED = "succeeded";
    public static final String FAILED = "failed";
    public static final String CANCELLED = "cancelled";
    public static final String TIMEOUT = "timeout";

    private static final Map<CancelReason, String> REASONS = Stream.of(CancelReason.values())
            .collect(Collectors.toUnmodifiableMap(
                    Function.identity(), reason -> reason.name().toLowerCase(Locale.ROOT)));

    private Outcomes() {}

    public static String word(CancelReason reason) {
        return REASONS.getOrDefault(reason, "other");
    }

    public static String word(SpawnRefusal.Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    public static String word(JobState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /// Why a job with this outcome never ran.
    public static String notStartedReason(Outcome<?> outcome) {
        return switch (outcome) {
            case Outcome.Cancelled<?> cancelled -> word(cancelled.reason());
            case Outcome.Failed<?> failed -> errorType(failed.failure());
            case Outcome.Succeeded<?> _ -> SUCCEEDED;
        };
    }

    public static String errorType(Throwable failure) {
        var first = unwrap(failure);
        return first instanceof JobTimeoutException ? TIMEOUT : first.getClass().getName();
    }

    /// The failure that a wait for a job wrapped, `join` or `get` of its future: it travels up the tree in
    /// that wrapping.
    public static Throwable unwrap(Throwable failure) {
        var first = failure;
        while (isWrapping(first) && first.getCause() != null) {
            first = first.getCause();
        }
        return first;
    }

    /// Whether it was made by a wait for a job that failed, and has that one's failure for a cause.
    ///
    /// Not a class of the user's below these, which says more than its cause. The cause of these is given
    /// when they are made, so they form no cycle.
    public static boolean isWrapping(Throwable failure) {
        var type = failure.getClass();
        return failure instanceof JobFailedException
                || type == ExecutionException.class
                || type == CompletionException.class;
    }
}
