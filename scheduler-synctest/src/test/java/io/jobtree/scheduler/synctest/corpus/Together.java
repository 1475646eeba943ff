package io.jobtree.scheduler.synctest.corpus;

import io.jobtree.scheduler.synctest.Bubble;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// Runs bodies on threads of their own, and fails as the first that fails.
final class Together {
    private Together() {}

    static void run(Bubble.Body... bodies) throws InterruptedException {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (Bubble.Body body : bodies) {
            threads.add(Thread.ofVirtual().name("body-" + threads.size()).start(() -> {
                try {
                    body.run();
                } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("a thread failed", failure.get());
        }
    }

    static void ensure(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
