package io.jobtree.scheduler.otel.sdk;

import io.jobtree.scheduler.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;

/// Closes schedulers at exit, for [ClosingSpanProcessor], which may have it from another class loader.
public final class ExitClosing {
    private static final long MAX_SECONDS = 20;

    private ExitClosing() {}

    /// Closes the schedulers that asked for it, all at once, and returns when that is over.
    public static void close() {
        var closers = new ArrayList<Thread>();
        for (var scheduler : Scheduler.all()) {
            if (scheduler.options().closeOnExit()) {
                var closer =
                        new Thread(() -> scheduler.close(scheduler.options().exitWait()));
                closer.setDaemon(true);
                closer.start();
                closers.add(closer);
            }
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_SECONDS);
        try {
            for (var closer : closers) {
                closer.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
