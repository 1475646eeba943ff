package io.jobtree.benchmarks.sleep;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Sleeping tasks of the thread-per-task executor.
final class ExecutorSleepers implements Sleepers {
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    ExecutorSleepers(int jobs, Sleep sleep) {
        for (int i = 0; i < jobs; i++) {
            var _ = executor.submit(sleep);
        }
    }

    /// A future is done as soon as it is cancelled, so the end of the body is waited for.
    @Override
    public void cancelOne() throws InterruptedException {
        var ended = new CountDownLatch(1);
        var one = new InterruptibleSleep(ended);
        var future = executor.submit(one);
        one.awaitStart();
        future.cancel(true);
        ended.await();
    }

    @Override
    public void close() {
        executor.shutdownNow();
        executor.close();
    }
}
