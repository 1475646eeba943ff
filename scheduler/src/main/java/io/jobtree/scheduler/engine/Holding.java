package io.jobtree.scheduler.engine;

import org.jspecify.annotations.Nullable;

/// The scope of a job, and which limits it needs a place in, fixed before the job is shared. A shielded job has the
/// limits of which the job that waits for it holds a place, so that a place always goes back where it came from, and
/// needs no other.
///
/// @param scope where the job was spawned
/// @param limit the limit of that scope
/// @param shared a `Limit`'s
record Holding(Scope scope, @Nullable Gate limit, @Nullable Gate shared) {
    /// The gate that gave the place of this bit.
    @Nullable
    Gate gate(int bit) {
        return bit == JobImpl.HOLDS_SCOPE ? limit : shared;
    }

    /// The first limit in which a job lacks a place whose state says which it holds; null where it has all.
    @Nullable
    Gate missing(int state) {
        if (limit != null && (state & JobImpl.HOLDS_SCOPE) == 0) {
            return limit;
        }
        return (state & JobImpl.HOLDS_SHARED) == 0 ? shared : null;
    }

    /// What of this a job of another scope has that holds these places.
    Holding part(Scope other, int held) {
        return new Holding(
                other,
                (held & JobImpl.HOLDS_SCOPE) == 0 ? null : limit,
                (held & JobImpl.HOLDS_SHARED) == 0 ? null : shared);
    }

    /// The bits of a job that has every place.
    int all() {
        return (limit == null ? 0 : JobImpl.HOLDS_SCOPE) | (shared == null ? 0 : JobImpl.HOLDS_SHARED);
    }
}
