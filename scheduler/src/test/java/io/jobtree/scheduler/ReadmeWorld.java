package io.jobtree.scheduler;

import java.time.Duration;

/// What the snippets of the README take for granted: a slow service, and a file.
public final class ReadmeWorld {
    private ReadmeWorld() {}

    /// Loads something, slowly.
    public static String load(String what) throws InterruptedException {
        Thread.sleep(Duration.ofMillis(20));
        return what + " loaded";
    }

    /// Fails.
    @SuppressWarnings("DoNotCallSuggester") // it is called to see it fail
    public static String broken(String what) {
        throw new IllegalStateException(what + " is broken");
    }

    /// Reads a file.
    public static byte[] read(String file) {
        return file.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }
}
