package io.jobtree.scheduler.otel.pipeline;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Runs what is due later, on one daemon thread for the whole process, which is there as long as something is due.
final class OneThread {
    /// For what may block: a logger, whose exporter a user chose.
    static final OneThread LOGS = new OneThread("jobtree-telemetry");

    /// For what must not wait for that.
    static final OneThread BUDGET = new OneThread("jobtree-telemetry-budget");

    private static final long IDLE_SECONDS = 5;

    private final ScheduledThreadPoolExecutor executor;

    private OneThread(String name) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            var thread = new Thread(null, task, name, 0, false);
            thread.setDaemon(true);
            // Or it would keep the class loader of whoever came first.
            thread.setContextClassLoader(null);
            return thread;
        });
        executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
    }

    void after(Duration delay, Runnable code) {
        // First, for what it throws where there is no thread leaves nothing behind.
        executor.prestartCoreThread();
        var _ = executor.schedule(code, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
}
