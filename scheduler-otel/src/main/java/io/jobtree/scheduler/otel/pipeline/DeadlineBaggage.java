package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.otel.JobDeadlines;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The time that a job has left, as an entry of the baggage.
public final class DeadlineBaggage {
    private DeadlineBaggage() {}

    /// How long the job may still take; empty without a deadline.
    public static Optional<Duration> remaining(Job<?> job) {
        return job.deadline().map(deadline -> notNegative(Duration.between(Instant.now(), deadline)));
    }

    /// The time, or zero where it is over.
    public static Duration notNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    /// As it is written in headers, and in the baggage.
    public static String text(Duration left) {
        return String.valueOf(left.toMillis());
    }

    /// The context with the time left in its baggage. What is there of somebody else, the spawner for one, is not the
    /// job's: one without a deadline has none there either.
    public static Context into(Context context, Job<?> job) {
        var baggage = Baggage.fromContext(context);
        var left = remaining(job);
        if (left.isEmpty() && baggage.getEntry(JobDeadlines.HEADER) == null) {
            return context;
        }
        var own = baggage.toBuilder().remove(JobDeadlines.HEADER);
        left.ifPresent(time -> own.put(JobDeadlines.HEADER, text(time)));
        return own.build().storeInContext(context);
    }
}
