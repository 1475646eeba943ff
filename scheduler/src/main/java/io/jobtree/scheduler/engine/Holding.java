package io.jobtree.scheduler.engine;

import org.jspecify.annotations.Nullable;

/// Which limits a job needs a place in, fixed when the job is made. A job that is shielded has that of the job
/// which waits for it, so that a place always goes back where it came from.
///
/// @param scope the limit of its scope
/// @param shared a `Limit`'s
record Holding(@Nullable Gate scope, @Nullable Gate shared) {
    static final Holding NONE = new Holding(null, null);

    /// The gate that gave the place of this bit.
    @Nullable
    Gate gate(int bit) {
        return bit == JobImpl.HOLDS_SCOPE ? scope : shared;
    }

    /// The bits of a job that has every place.
    int all() {
        return (scope == null ? 0 : JobImpl.HOLDS_SCOPE) | (shared == null ? 0 : JobImpl.HOLDS_SHARED);
    }
}
