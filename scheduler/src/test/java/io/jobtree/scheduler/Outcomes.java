package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Assertions on what became of a job; each waits for it first.
final class Outcomes {
    private Outcomes() {}

    static void assertSucceeded(Job<?> job, @Nullable Object value) throws Exception {
        assertThat(outcome(job)).isEqualTo(new Outcome.Succeeded<>(value));
        assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    }

    /// Asserts that it failed with the very object.
    static void assertFailed(Job<?> job, Throwable failure) throws Exception {
        assertThat(outcome(job))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.failure()).isSameAs(failure));
        assertThat(job.state()).isEqualTo(JobState.FAILED);
    }

    static void assertTimedOut(Job<?> job) throws Exception {
        assertThat(outcome(job))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.failure()).isInstanceOf(JobTimeoutException.class));
        assertThat(job.state()).isEqualTo(JobState.FAILED);
    }

    static void assertCancelled(Job<?> job, CancelReason reason) throws Exception {
        assertThat(outcome(job))
                .isInstanceOfSatisfying(
                        Outcome.Cancelled.class,
                        cancelled -> assertThat(cancelled.reason()).isEqualTo(reason));
        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
    }

    static void assertCancelled(Job<?> job, CancelReason reason, Job<?> origin) throws Exception {
        assertThat(outcome(job)).isEqualTo(new Outcome.Cancelled<>(reason, Optional.of(origin)));
        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
    }

    /// The outcome, for which a broken engine is not waited for ever.
    static Outcome<?> outcome(Job<?> job) throws Exception {
        try {
            job.join(Duration.ofSeconds(30));
        } catch (JobFailedException | JobCancelledException isItsOutcome) {
            assertThat(job.isDone()).isTrue();
        }
        return job.outcome().orElseThrow();
    }

    /// The failure that a job ended with.
    static Throwable failure(Job<?> job) throws Exception {
        return ((Outcome.Failed<?>) outcome(job)).failure();
    }

    static boolean wasCancelled(Job<?> job) throws Exception {
        return outcome(job) instanceof Outcome.Cancelled<?>;
    }

    /// Throws any throwable, declared or not.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <X extends Throwable> RuntimeException sneak(Throwable failure) throws X {
        throw (X) failure;
    }
}
