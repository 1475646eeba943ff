package io.jobtree.scheduler.synctest.runtime;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Something that a bubble's first thread is to do for a caller outside.
final class Command<T extends @Nullable Object> {
    private final Callable<T> body;
    private final boolean last;
    private final CountDownLatch published = new CountDownLatch(1);

    private @Nullable T value;
    private @Nullable Throwable failure;
    private boolean over;

    Command(Callable<T> body, boolean last) {
        this.body = body;
        this.last = last;
    }

    /// Whether the bubble ends with it.
    boolean isLast() {
        return last;
    }

    boolean hasFailed() {
        return failure != null;
    }

    /// In the bubble.
    void run() {
        try {
            value = body.call();
        } catch (Throwable thrown) {
            failure = thrown;
        } finally {
            over = true;
        }
    }

    boolean isOver() {
        return over;
    }

    void publish() {
        published.countDown();
    }

    void fail(Throwable instead) {
        failure = instead;
        published.countDown();
    }

    boolean await(long millis) throws InterruptedException {
        return published.await(millis, TimeUnit.MILLISECONDS);
    }

    @Nullable
    T result() throws Throwable {
        if (failure != null) {
            throw failure;
        }
        return value;
    }
}
