package io.jobtree.benchmarks.sleep;

/// Sleeping virtual threads, and nothing else.
final class ThreadSleepers implements Sleepers {
    private final Thread[] threads;

    ThreadSleepers(int jobs, Sleep sleep) {
        threads = new Thread[jobs];
        for (int i = 0; i < jobs; i++) {
            threads[i] = Thread.startVirtualThread(sleep::run);
        }
    }

    @Override
    public void cancelOne() throws InterruptedException {
        var sleep = new Sleep(1, UNLIMITED);
        Thread one = Thread.startVirtualThread(sleep::run);
        sleep.started.await();
        cancel(one);
    }

    @Override
    public void close() throws InterruptedException {
        for (Thread thread : threads) {
            thread.interrupt();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void cancel(Thread thread) throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
