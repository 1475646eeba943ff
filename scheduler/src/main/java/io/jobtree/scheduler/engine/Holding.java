package io.jobtree.scheduler.engine;

import org.jspecify.annotations.Nullable;

/// Which limits a job needs a place in, fixed before the job is shared. A shielded job has the part of which the job
/// that waits for it holds a place, so that a place always goes back where it came from, and needs no other.
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

    /// What of this a job has that holds these places.
    Holding part(int held) {
        if (held == all()) {
            return this;
        }
        return held == 0
                ? NONE
                : new Holding(
                        (held & JobImpl.HOLDS_SCOPE) == 0 ? null : scope,
                        (held & JobImpl.HOLDS_SHARED) == 0 ? null : shared);
    }

    /// The bits of a job that has every place.
    int all() {
        return (scope == null ? 0 : JobImpl.HOLDS_SCOPE) | (shared == null ? 0 : JobImpl.HOLDS_SHARED);
    }
}
