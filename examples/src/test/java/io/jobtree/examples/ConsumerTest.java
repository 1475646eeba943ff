package io.jobtree.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The consumer in a JVM of its own, which gets a SIGTERM.
final class ConsumerTest {
    private static final int SIGTERM = 128 + 15;

    private final Queue<String> messages = new ConcurrentLinkedQueue<>();
    private final CountDownLatch delivering = new CountDownLatch(1);
    private final CountDownLatch delivered = new CountDownLatch(1);

    private Site.Answer answer(String request) throws InterruptedException {
        if (request.startsWith("POST /deliver/slow")) {
            delivering.countDown();
            delivered.await();
        }
        if (!request.equals("GET /next")) {
            return new Site.Answer(200, "");
        }
        var message = messages.poll();
        if (message == null) {
            new CountDownLatch(1).await(); // a queue holds the request until there is a message
        }
        return new Site.Answer(200, "" + message);
    }

    private static Process consumer(Site queue, String grace) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classPath = System.getProperty("java.class.path");
        return new ProcessBuilder(
                        java,
                        "-cp",
                        classPath,
                        Consumer.class.getName(),
                        queue.uri("/").toString(),
                        grace)
                .redirectErrorStream(true)
                .start();
    }

    /// The shutdown has begun: what goes on from here on goes on in the grace.
    private static void awaitClosing(BufferedReader output) throws IOException {
        for (var line = output.readLine(); !"closing".equals(line); line = output.readLine()) {
            assertThat(line).as("a line before \"closing\"").isNotNull();
        }
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return process.exitValue();
    }

    @Test
    void sigterm_letsTheMessageUnderWayEnd() throws IOException, InterruptedException {
        messages.add("slow");
        try (var queue = new Site(this::answer)) {
            var process = consumer(queue, "PT60S");
            try (var output = process.inputReader()) {
                delivering.await();
                process.toHandle().destroy(); // SIGTERM; destroy() of a Process would close its output too
                awaitClosing(output);
                delivered.countDown();

                assertThat(exitCode(process)).isEqualTo(SIGTERM);
                assertThat(queue.requests).contains("DELETE /taken/slow");
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Tag("slow")
    @Test
    void sigterm_cancelsAfterTheGrace_whatHasNotEnded_andDoesNotAcknowledgeIt()
            throws IOException, InterruptedException {
        messages.add("slow");
        try (var queue = new Site(this::answer)) {
            var process = consumer(queue, "PT1S");
            try (var output = process.inputReader()) {
                delivering.await();
                process.toHandle().destroy(); // SIGTERM; destroy() of a Process would close its output too
                awaitClosing(output);

                assertThat(exitCode(process)).isEqualTo(SIGTERM);
                assertThat(queue.requests).doesNotContain("DELETE /taken/slow");
            } finally {
                process.destroyForcibly();
            }
        }
    }
}
