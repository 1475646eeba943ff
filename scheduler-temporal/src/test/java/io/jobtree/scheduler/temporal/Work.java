package io.jobtree.scheduler.temporal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// Tasks that the tests' workers know.
final class Work {
    static final RemoteTask<String, String> UPPER =
            RemoteTask.of("upper", String.class, String.class, (_, text) -> text.toUpperCase(Locale.ROOT));

    static final RemoteTask<String, String> FAIL = RemoteTask.of("fail", String.class, String.class, (_, text) -> {
        throw new IllegalStateException(text, new NumberFormatException("cause of " + text));
    });

    /// Waits for a file, in a job of its own, and gives the process that did.
    static final RemoteTask<String, Long> AWAIT_FILE =
            RemoteTask.of("await-file", String.class, Long.class, (scope, file) -> {
                System.out.println("awaiting " + file);
                return scope.spawn("look", () -> awaitFile(Path.of(file))).join();
            });

    static final RemoteTask<Chunk, Sums> HASH =
            RemoteTask.of("hash", Chunk.class, Sums.class, (_, chunk) -> hash(chunk));

    private Work() {}

    /// Files to be hashed together.
    record Chunk(List<String> files) {}

    /// Their sums, in their order.
    record Sums(List<String> sums) {}

    private static long awaitFile(Path file) throws InterruptedException {
        while (!Files.exists(file)) {
            TimeUnit.MILLISECONDS.sleep(50);
            RemoteAttempt.current().progress(null);
        }
        return ProcessHandle.current().pid();
    }

    static Sums hash(Chunk chunk) throws IOException {
        var sums = new ArrayList<String>();
        for (var file : chunk.files()) {
            sums.add(HexFormat.of().formatHex(sha256().digest(Files.readAllBytes(Path.of(file)))));
        }
        return new Sums(sums);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
