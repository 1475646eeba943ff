package io.jobtree.scheduler;

/// The two kinds of threads that a user may call from.
enum ThreadKind {
    PLATFORM,
    VIRTUAL;

    /// The kind of the current thread.
    static ThreadKind current() {
        return Thread.currentThread().isVirtual() ? VIRTUAL : PLATFORM;
    }

    /// The kind for a turn of a loop, so that a loop sees both.
    static ThreadKind ofTurn(int turn) {
        return turn % 2 == 0 ? PLATFORM : VIRTUAL;
    }

    Thread unstarted(String name, Runnable body) {
        return this == VIRTUAL
                ? Thread.ofVirtual().name(name).unstarted(body)
                : Thread.ofPlatform().daemon().name(name).unstarted(body);
    }
}
