package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import java.util.Objects;
import java.util.function.Predicate;

/// Which jobs have a span. What has none still passes the context on, so that the spans below it hang on the
/// next one above; metrics count every job.
public final class SpanPolicy {
    private static final SpanPolicy ALL = new SpanPolicy("all", job -> true);
    private static final SpanPolicy ROOTS =
            new SpanPolicy("roots", job -> job.parent().isEmpty());
    private static final SpanPolicy NAMED =
            new SpanPolicy("named", job -> job.options().name().isPresent());
    private static final SpanPolicy NONE = new SpanPolicy("none", job -> false);

    private final String name;
    private final Predicate<? super Job<?>> predicate;

    private SpanPolicy(String name, Predicate<? super Job<?>> predicate) {
        this.name = name;
        this.predicate = predicate;
    }

    /// Every job; the default.
    ///
    /// @return the policy
    public static SpanPolicy all() {
        return ALL;
    }

    /// Jobs of a scheduler itself.
    ///
    /// @return the policy
    public static SpanPolicy roots() {
        return ROOTS;
    }

    /// Jobs that were given a name.
    ///
    /// @return the policy
    public static SpanPolicy named() {
        return NAMED;
    }

    /// No job: metrics, baggage and the context of the spawner only.
    ///
    /// @return the policy
    public static SpanPolicy none() {
        return NONE;
    }

    /// Jobs that a predicate accepts. It is asked on the job's thread, right before the body; where it throws,
    /// the job has no span.
    ///
    /// @param predicate the predicate
    /// @return the policy
    public static SpanPolicy matching(Predicate<? super Job<?>> predicate) {
        return new SpanPolicy("matching", Objects.requireNonNull(predicate, "predicate"));
    }

    boolean covers(Job<?> job) {
        return predicate.test(job);
    }

    @Override
    public String toString() {
        return "SpanPolicy[" + name + ']';
    }
}
