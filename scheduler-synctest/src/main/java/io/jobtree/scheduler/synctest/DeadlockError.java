package io.jobtree.scheduler.synctest;

/// All threads of a bubble wait, no timer is set and nothing is outside; or they run without end while the clock
/// stands.
///
/// The message names each thread, where it stands, what it waits for and who holds that.
public final class DeadlockError extends BubbleError {
    private static final long serialVersionUID = 1;

    DeadlockError(String message) {
        super(message);
    }
}
