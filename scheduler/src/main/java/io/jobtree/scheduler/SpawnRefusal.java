package io.jobtree.scheduler;

import java.util.Objects;

/// A spawn that gave no job.
///
/// @param scope where it was to be spawned
/// @param options the job's
/// @param reason why there is none
public record SpawnRefusal(JobScope scope, JobOptions options, Reason reason) {
    /// Why a spawn gave no job.
    public enum Reason {
        /// The scheduler, or the scope of the branch job, takes no more.
        CLOSED,
        /// The spawn was a `trySpawn`, and would have had to wait for room.
        FULL,
        /// The spawning thread was interrupted while it waited for room.
        INTERRUPTED
    }

    /// Makes one.
    public SpawnRefusal {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(reason, "reason");
    }
}
