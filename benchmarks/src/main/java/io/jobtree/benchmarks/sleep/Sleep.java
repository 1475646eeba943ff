package io.jobtree.benchmarks.sleep;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// The body that all sleeping threads of a benchmark share: takes a permit where there is a limit, says so, and sleeps.
public final class Sleep implements Callable<Boolean> {
    /// Longer than any benchmark runs.
    public static final Duration LONG = Duration.ofDays(1);

    /// Counts those that sleep.
    final CountDownLatch started;
    /// Counts those that came to the limit, where there is one.
    final CountDownLatch arrived;
    private final @Nullable Semaphore permits;

    /// Of so many jobs, of which so many may sleep at once.
    public Sleep(int jobs, int limit) {
        started = new CountDownLatch(Math.min(jobs, limit));
        arrived = new CountDownLatch(limit < jobs ? jobs : 0);
        permits = limit < jobs ? new Semaphore(limit) : null;
    }

    Sleep(CountDownLatch started) {
        this.started = started;
        arrived = new CountDownLatch(0);
        permits = null;
    }

    /// Lets the pending sleep too. Interrupting those that wait for a permit takes time that grows with their square.
    public void admitAll() {
        if (permits != null) {
            permits.release(Integer.MAX_VALUE / 2);
        }
    }

    /// Says that it runs, and sleeps until it is interrupted.
    static boolean sleep(CountDownLatch started) throws InterruptedException {
        started.countDown();
        Thread.sleep(LONG);
        return true;
    }

    @Override
    public Boolean call() throws InterruptedException {
        if (permits == null) {
            return sleep(started);
        }
        arrived.countDown();
        permits.acquire();
        try {
            return sleep(started);
        } finally {
            permits.release();
        }
    }

    /// The same for a plain thread.
    void run() {
        try {
            call();
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
        }
    }
}
