package io.jobtree.scheduler;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A body under a test's control: it says when it runs, and goes on when it is let.
final class Held<T> implements Callable<T> {
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger runs = new AtomicInteger();
    private final boolean stubborn;
    private final Callable<T> then;

    private Held(boolean stubborn, Callable<T> then) {
        this.stubborn = stubborn;
        this.then = then;
    }

    /// One that ends by an interrupt too.
    static Held<String> body() {
        return then(() -> "done");
    }

    static List<Held<String>> several(int count) {
        return Stream.generate(Held::body).limit(count).toList();
    }

    /// One that ends by an interrupt too, and does `then` when it is let.
    static <T> Held<T> then(Callable<T> then) {
        return new Held<>(false, then);
    }

    /// One that takes note of interrupts and holds on.
    static Held<String> stubborn() {
        return stubborn(() -> "done");
    }

    static <T> Held<T> stubborn(Callable<T> then) {
        return new Held<>(true, then);
    }

    @Override
    public T call() throws Exception {
        runs.incrementAndGet();
        started.countDown();
        while (true) {
            try {
                pass(released, "released");
                return then.call();
            } catch (InterruptedException e) {
                interrupted.countDown();
                if (!stubborn) {
                    throw e;
                }
            }
        }
    }

    void release() {
        released.countDown();
    }

    /// Returns when the body runs.
    Held<T> awaitStarted() throws InterruptedException {
        pass(started, "started");
        return this;
    }

    void awaitReleased() throws InterruptedException {
        pass(released, "released");
    }

    void awaitInterrupted() throws InterruptedException {
        pass(interrupted, "interrupted");
    }

    boolean hasStarted() {
        return started.getCount() == 0;
    }

    boolean wasInterrupted() {
        return interrupted.getCount() == 0;
    }

    int runs() {
        return runs.get();
    }

    private static void pass(CountDownLatch latch, String what) throws InterruptedException {
        if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the body was never " + what);
        }
    }
}
