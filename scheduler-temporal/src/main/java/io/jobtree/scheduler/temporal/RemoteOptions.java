package io.jobtree.scheduler.temporal;

import static com.google.common.base.Preconditions.checkArgument;

import io.temporal.common.RetryOptions;
import java.time.Duration;

/// How a body is run elsewhere.
///
/// @param queue the task queue that the workers poll
/// @param heartbeat an attempt that reports no progress for so long is given up, and another one made
/// @param attempts how many attempts may fail before the job does; those that a closing worker hands back do not count
/// @param timeout how long all attempts may take; the job's own deadline bounds it too
public record RemoteOptions(String queue, Duration heartbeat, int attempts, Duration timeout) {
    /// So much of the engine's time, at least, a body does not get.
    static final Duration LEAST = Duration.ofSeconds(1);

    /// Checks the values.
    public RemoteOptions {
        checkArgument(!queue.isBlank(), "queue must not be blank: '%s'", queue);
        checkArgument(heartbeat.compareTo(LEAST) >= 0, "heartbeat must be 1 s or more: %s", heartbeat);
        checkArgument(attempts > 0, "attempts must be positive: %s", attempts);
        checkArgument(timeout.isPositive(), "timeout must be positive: %s", timeout);
    }

    /// Options for a queue: 10 s for a heartbeat, 3 attempts, 1 day for all of them.
    ///
    /// @param queue the task queue that the workers poll
    /// @return the options
    public static RemoteOptions onQueue(String queue) {
        return new RemoteOptions(queue, Duration.ofSeconds(10), 3, Duration.ofDays(1));
    }

    /// After an attempt that ran out of time there is none, since no time is left.
    RetryOptions retries() {
        return RetryOptions.newBuilder()
                .setMaximumAttempts(attempts)
                .setDoNotRetry(RemoteFailure.TIMED_OUT)
                .build();
    }

    /// These options with another time without progress. Short ones fire falsely on a machine under load.
    ///
    /// @param newHeartbeat 1 s or more
    /// @return a copy
    public RemoteOptions withHeartbeat(Duration newHeartbeat) {
        return new RemoteOptions(queue, newHeartbeat, attempts, timeout);
    }

    /// These options with another number of attempts.
    ///
    /// @param newAttempts 1 or more
    /// @return a copy
    public RemoteOptions withAttempts(int newAttempts) {
        return new RemoteOptions(queue, heartbeat, newAttempts, timeout);
    }

    /// These options with another time for all attempts.
    ///
    /// @param newTimeout of which the body does not get 5 %, or 1 s if that is more
    /// @return a copy
    public RemoteOptions withTimeout(Duration newTimeout) {
        return new RemoteOptions(queue, heartbeat, attempts, newTimeout);
    }
}
