package io.jobtree.benchmarks.sleep;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/// A body that another thread may interrupt once it runs, and that tells when it ends.
final class InterruptibleSleep implements Callable<Boolean> {
    private final CompletableFuture<Thread> thread = new CompletableFuture<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended;

    InterruptibleSleep(CountDownLatch ended) {
        this.ended = ended;
    }

    /// Interrupts the thread that runs it, once one does.
    void interrupt() {
        thread.join().interrupt();
    }

    /// Waits until it runs.
    void awaitStart() throws InterruptedException {
        started.await();
    }

    @Override
    public Boolean call() throws InterruptedException {
        thread.complete(Thread.currentThread());
        try {
            return Sleep.sleep(started);
        } finally {
            ended.countDown();
        }
    }
}
