package io.jobtree.hashtree;

import io.jobtree.scheduler.Job;

/// What is to be printed of one path, in the order of the paths.
sealed interface Item {
    /// A file, and the job that hashes it.
    ///
    /// @param shown its path, a byte string
    /// @param job gives the digest
    record Hash(String shown, Job<byte[]> job) implements Item {}

    /// A directory that could not be walked.
    ///
    /// @param shown its path, a byte string
    /// @param failure why
    record Problem(String shown, Throwable failure) implements Item {}

    /// Comes after the last one.
    record End() implements Item {}
}
