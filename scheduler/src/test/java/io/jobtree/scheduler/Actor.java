package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.platform.PollingLock;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A thread of the test's own that plays a user, and what came of it.
final class Actor<T extends @Nullable Object> {
    private final Callable<T> body;
    private final Thread thread;

    // Written by the thread, read after its end.
    private @Nullable T result;
    private @Nullable Throwable thrown;

    private Actor(ThreadKind kind, Callable<T> body) {
        this.body = body;
        this.thread = kind.unstarted("actor", this::play);
    }

    /// Starts one on a thread of the kind that the test runs on.
    static <T extends @Nullable Object> Actor<T> start(Callable<T> body) {
        return start(ThreadKind.current(), body);
    }

    static <T extends @Nullable Object> Actor<T> start(ThreadKind kind, Callable<T> body) {
        var actor = new Actor<>(kind, body);
        actor.thread.start();
        return actor;
    }

    Thread thread() {
        return thread;
    }

    void interrupt() {
        thread.interrupt();
    }

    boolean isOver() {
        return thread.getState() == Thread.State.TERMINATED;
    }

    /// Returns when the actor waits for something.
    Actor<T> awaitParked() {
        awaitParked(thread);
        return this;
    }

    /// Returns when a thread waits for something.
    static void awaitParked(Thread thread) {
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> isParked(thread));
    }

    /// Returns when a thread waits for a lock of the engine.
    static void awaitPolling(Thread thread) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .until(() -> Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(PollingLock.class.getName())));
    }

    private static boolean isParked(Thread thread) {
        var state = thread.getState();
        return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    }

    /// Waits for the end; what it threw is thrown here.
    @SuppressWarnings("NullAway") // null exactly if the body returned null
    T result() throws Exception {
        return switch (end()) {
            case null -> result;
            case Exception failure -> throw failure;
            case Error failure -> throw failure;
            case Throwable failure -> throw new AssertionError(failure);
        };
    }

    /// Waits for the end, and for what it threw.
    Throwable thrown() throws InterruptedException {
        var failure = end();
        assertThat(failure).as("what the actor threw; it returned %s", result).isNotNull();
        return failure;
    }

    private @Nullable Throwable end() throws InterruptedException {
        assertThat(thread.join(Duration.ofSeconds(30))).as("the actor ended").isTrue();
        return thrown;
    }

    private void play() {
        try {
            result = body.call();
        } catch (Throwable failure) {
            thrown = failure;
        }
    }
}
