package io.jobtree.scheduler.engine;

import java.util.concurrent.locks.LockSupport;
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

    void wake() {
        for (var request = first; request != null; request = request.next) {
            LockSupport.unpark(request.thread);
        }
    }

    /// One of them. What it got is written under the lock, and read by its thread.
    static final class RoomRequest {
        final Thread thread;
        volatile int got;
        private @Nullable RoomRequest previous;
        private @Nullable RoomRequest next;

        RoomRequest(Thread thread) {
            this.thread = thread;
        }

        void give(int what) {
            got = what;
            LockSupport.unpark(thread);
        }
    }
}
