package io.jobtree.scheduler.engine;

import java.util.concurrent.locks.LockSupport;

/// A spawner that waits for room in a limit's queue. What it got is written under the gate's lock, and read by its
/// thread.
final class RoomRequest extends Link {
    final Thread thread;
    volatile int got;

    RoomRequest(Thread thread) {
        super(null);
        this.thread = thread;
    }

    void give(int what) {
        got = what;
        LockSupport.unpark(thread);
    }
}
