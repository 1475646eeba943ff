package shop;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The code under test in docs/testing.md: its pool is never shut down.
final class Mail {
    private final ExecutorService pool =
            Executors.newFixedThreadPool(2, Thread.ofPlatform().name("mail-", 1).factory());

    void send(String text) {
        pool.execute(() -> IO.println(text));
    }
}
