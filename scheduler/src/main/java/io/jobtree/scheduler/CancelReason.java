package io.jobtree.scheduler;

/// Why a job was cancelled.
public enum CancelReason {
    /// Somebody called `cancel` on it, or on its scope.
    REQUESTED("was cancelled"),
    /// A job above it was cancelled, or failed.
    PARENT("was cancelled with the job above it"),
    /// Another child of its fail-fast parent failed.
    SIBLING_FAILED("was cancelled because a sibling failed"),
    /// The timeout of a job above it ran out.
    DEADLINE("was cancelled because the time of a job above it ran out"),
    /// Its scheduler was closed.
    CLOSED("was cancelled because its scheduler was closed");

    private final String text;

    CancelReason(String text) {
        this.text = text;
    }

    /// What became of a job, for messages. No switch says it, whose table would be a class that is first needed where
    /// memory may be out.
    String text() {
        return text;
    }
}
