package io.jobtree.scheduler.synctest;

/// Something in a bubble uses what lives in real time: a platform thread, a socket, a `java.util.Timer`.
///
/// The message names it and what to do instead; the stack trace is that of the place.
public final class LeftBubbleError extends BubbleError {
    private static final long serialVersionUID = 1;

    LeftBubbleError(String message) {
        super(message);
    }
}
