package io.jobtree.hashtree;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Holds the exit of the JVM, when a signal asks for it, until the program has said how far it came. What a
/// signal does to the jobs is the scheduler's, which closes at exit; the exit code, 130 or 143, is the JVM's.
final class LastWords implements AutoCloseable {
    /// For a file that takes its time to be read, and for a reader of the output that does.
    private static final long PATIENCE_SECONDS = 10;

    private final CountDownLatch spoken = new CountDownLatch(1);

    private LastWords() {}

    /// Holds it until closed.
    static LastWords awaitedAtExit() {
        var words = new LastWords();
        Runtime.getRuntime().addShutdownHook(new Thread(words::await, "last-words"));
        return words;
    }

    private void await() {
        try {
            var _ = spoken.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        spoken.countDown();
    }
}
