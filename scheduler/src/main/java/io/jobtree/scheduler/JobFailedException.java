package io.jobtree.scheduler;

import io.jobtree.scheduler.text.Texts;
import org.jspecify.annotations.Nullable;

/// Thrown by `join` for a job that failed; its cause is the failure itself, the same object as in
/// [Outcome.Failed]. The message names the job.
public final class JobFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// The failure at the beginning, where each job failed for it had joined another that had; null once deserialized.
    private final transient @Nullable JobFailedException first;

    JobFailedException(String message, Throwable failure) {
        super(message, failure);
        this.first = failure instanceof JobFailedException before && before.first != null ? before.first : this;
    }

    /// A failure in the words of a message that is to name it: of jobs that fail one after the other because each joins
    /// the one before, only the first is named. The message of the last would have the words of all.
    static String text(Throwable failure) {
        return Texts.of(failure instanceof JobFailedException known && known.first != null ? known.first : failure);
    }
}
