package io.jobtree.scheduler.engine;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Spawners that wait for room in a limit's queue, first in, first out. Guarded by the gate.
final class RoomRequests {
    private @Nullable RoomRequest first;
    private @Nullable RoomRequest last;

    boolean isEmpty() {
        return first == null;
    }

    @Nullable
    RoomRequest first() {
        return first;
    }

    void add(RoomRequest request) {
        request.previous = last;
        if (last == null) {
            first = request;
        } else {
            last.next = request;
        }
        last = request;
    }

    void remove(RoomRequest request) {
        var before = request.previous;
        var after = request.next;
        if (before == null && first != request) {
            return;
        }
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        request.previous = null;
        request.next = null;
    }

    void refuse(Predicate<@Nullable JobImpl<?>> which) {
        for (var request = first; request != null; ) {
            var next = request.next;
            if (which.test(request.job)) {
                remove(request);
                request.refuse();
            }
            request = next;
        }
    }

    /// One of them. What it got and whether it was refused are written under the lock, and read by its thread.
    static final class RoomRequest {
        final Thread thread;
        final @Nullable JobImpl<?> job;
        volatile int got;
        volatile boolean refused;
        private @Nullable RoomRequest previous;
        private @Nullable RoomRequest next;

        /// @param job the job that the thread runs, also as its fork
        RoomRequest(Thread thread, @Nullable JobImpl<?> job) {
            this.thread = thread;
            this.job = job;
        }

        void give(int what) {
            got = what;
            LockSupport.unpark(thread);
        }

        private void refuse() {
            refused = true;
            LockSupport.unpark(thread);
        }
    }
}
