package io.jobtree.scheduler.engine;

import org.jspecify.annotations.Nullable;

/// Branch scopes whose jobs are still to be cancelled; linked by themselves, so that nothing is allocated
/// half-way. A scope is in one queue, once: that of whoever stopped its job.
final class CancelQueue {
    private @Nullable BranchScope first;
    private @Nullable BranchScope last;

    void add(@Nullable BranchScope scope) {
        if (scope == null) {
            return;
        }
        if (last == null) {
            first = scope;
        } else {
            last.nextToCancel = scope;
        }
        last = scope;
    }

    @Nullable
    BranchScope poll() {
        var next = first;
        if (next != null) {
            first = next.nextToCancel;
            next.nextToCancel = null;
            if (first == null) {
                last = null;
            }
        }
        return next;
    }
}
