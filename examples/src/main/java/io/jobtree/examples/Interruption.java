package io.jobtree.examples;

import io.jobtree.scheduler.Job;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Cancels a job when a signal ends the JVM, and holds the exit until what the job printed is told. The JVM itself makes 130
/// of SIGINT and 143 of SIGTERM.
final class Interruption implements AutoCloseable {
    /// For a file that takes its time to be read, and for a reader of our output that does.
    private static final long PATIENCE_SECONDS = 5;

    private final CountDownLatch told = new CountDownLatch(1);

    private Interruption() {}

    /// Stands by until it is closed.
    static Interruption cancels(Job<?> job) {
        var interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interruption.cancel(job), "interruption"));
        return interruption;
    }

    private void cancel(Job<?> job) {
        job.cancel();
        try {
            told.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        told.countDown();
    }
}
