package io.jobtree.scheduler;

/// Why a job was cancelled.
public enum CancelReason {
    /// Somebody called `cancel` on it, or on its scope.
    REQUESTED,
    /// A job above it was cancelled, or failed.
    PARENT,
    /// Another child of its fail-fast parent failed.
    SIBLING_FAILED,
    /// The timeout of a job above it ran out.
    DEADLINE,
    /// Its scheduler was closed.
    CLOSED
}
