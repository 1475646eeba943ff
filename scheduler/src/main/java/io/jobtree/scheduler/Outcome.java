package io.jobtree.scheduler;

import io.jobtree.scheduler.engine.Ending;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What became of a job: exactly one of three.
///
/// ```java
/// switch (job.await()) {
///     case Outcome.Succeeded(var value) -> use(value);
///     case Outcome.Failed(var failure) -> report(failure);
///     case Outcome.Cancelled(var reason, var origin) -> skip(reason);
/// }
/// ```
///
/// @param <T> the type of the job's result
public sealed interface Outcome<T extends @Nullable Object> {
    /// The result, or what `join` would throw. An outcome does not know its job, so the message does not
    /// name that one, but the failure, or where the cancellation began.
    ///
    /// @return what the body returned
    /// @throws JobFailedException if the job failed; its cause is the failure, the same object
    /// @throws JobCancelledException if the job was cancelled
    T valueOrThrow();

    /// The body returned, and everything below it ended.
    ///
    /// @param value what the body returned; null for a body without a result
    /// @param <T> the type of the job's result
    record Succeeded<T extends @Nullable Object>(T value) implements Outcome<T> {
        @Override
        public T valueOrThrow() {
            return value;
        }
    }

    /// The body threw, its own timeout ran out, or a child of a fail-fast branch job failed.
    ///
    /// @param failure the very object that was thrown, or a [JobTimeoutException]
    /// @param <T> the type of the job's result
    record Failed<T extends @Nullable Object>(Throwable failure) implements Outcome<T> {
        /// Makes an outcome of the failure.
        public Failed {
            Objects.requireNonNull(failure, "failure");
        }

        @Override
        public T valueOrThrow() {
            throw new JobFailedException("A job failed: " + JobFailedException.text(failure), failure);
        }
    }

    /// The job was cancelled before it ended by itself.
    ///
    /// @param reason why
    /// @param origin the job where the cancellation began, when it was another one: the cancelled or
    ///     timed-out ancestor, or the failed sibling
    /// @param <T> the type of the job's result
    record Cancelled<T extends @Nullable Object>(CancelReason reason, Optional<Job<?>> origin) implements Outcome<T> {
        /// Makes an outcome of the reason and the origin.
        public Cancelled {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(origin, "origin");
        }

        @Override
        public T valueOrThrow() {
            throw new JobCancelledException(Ending.text(this, "A job"), reason);
        }
    }
}
