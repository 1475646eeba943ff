package io.jobtree.scheduler.engine;

/// Threads that Fray puts into an order, and what must hold after it.
final class Together {
    private static volatile boolean failed;

    private Together() {}

    /// Something that a thread does.
    interface Step {
        void run() throws Exception;
    }

    /// Runs each on a thread of its own and waits for all.
    static void run(Step... steps) throws InterruptedException {
        var threads = new Thread[steps.length];
        for (int i = 0; i < steps.length; i++) {
            threads[i] = start(steps[i]);
        }
        for (var thread : threads) {
            thread.join();
        }
    }

    /// A step that throws ends the test.
    static Thread start(Step step) {
        var thread = new Thread(() -> {
            try {
                step.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        thread.start();
        return thread;
    }

    static void check(boolean holds, Object what) {
        if (!holds) {
            failed = true;
            throw new AssertionError(what);
        }
    }

    static boolean hasFailed() {
        return failed;
    }
}
