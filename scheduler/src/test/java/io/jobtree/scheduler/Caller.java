package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A thread that makes one call for a test, so that the test can see it blocked and interrupt it.
final class Caller<T extends @Nullable Object> {
    private final FutureTask<T> call;
    private final Thread thread;
    private volatile boolean flagKept;

    private Caller(Thread.Builder kind, Callable<T> body) {
        call = new FutureTask<>(() -> {
            try {
                return body.call();
            } finally {
                flagKept = Thread.currentThread().isInterrupted();
            }
        });
        thread = kind.name("caller").start(call);
    }

    static <T extends @Nullable Object> Caller<T> virtual(Callable<T> call) {
        return new Caller<>(Thread.ofVirtual(), call);
    }

    static <T extends @Nullable Object> Caller<T> platform(Callable<T> call) {
        return new Caller<>(Thread.ofPlatform().daemon(), call);
    }

    /// Returns when the thread waits in its call.
    Caller<T> awaitBlocked() {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(this::isBlocked);
        return this;
    }

    boolean isBlocked() {
        var state = thread.getState();
        return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    }

    boolean isOver() {
        return call.isDone();
    }

    /// The time that a platform thread has spent on a processor.
    long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
    }

    void interrupt() {
        thread.interrupt();
    }

    /// What the call returned.
    T result() throws Exception {
        return call.get(30, TimeUnit.SECONDS);
    }

    /// What the call threw.
    Throwable thrown() throws Exception {
        try {
            var result = result();
            throw new AssertionError("the call returned " + result);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isNotNull();
            return e.getCause();
        }
    }

    /// Whether the thread's interrupt flag was set when the call was over.
    boolean flagKept() throws InterruptedException {
        assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
        return flagKept;
    }
}
