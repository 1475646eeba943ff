package io.jobtree.examples;

import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Uploads the files of a folder, 8 at once, each tried up to four times. One that fails does not stop the others.
public final class Upload {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    /// Tries and waits on the job's own thread, so that cancelling the job ends it.
    private static final RetryPolicy<Object> RETRIES = RetryPolicy.builder()
            .handle(IOException.class)
            .withBackoff(Duration.ofMillis(50), Duration.ofSeconds(2))
            .withMaxRetries(3)
            .build();

    /// Runs it: `Upload FOLDER http://files.example.org/`.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.exit(upload(Path.of(arguments[0]), URI.create(arguments[1])) == 0 ? 0 : 1);
    }

    /// Gives the number of files that failed.
    public static int upload(Path folder, URI to) throws IOException, InterruptedException {
        var failed = new AtomicInteger();
        var uploaded = new AtomicInteger();
        var options = SchedulerOptions.named("upload").withLimit(8).withFailureHandler((job, failure) -> {
            failed.incrementAndGet();
            IO.println(job.name() + " failed: " + failure);
        });
        try (var jobs = Scheduler.open(options);
                var files = Files.list(folder)) {
            files.forEach(file -> jobs.spawn(file.getFileName().toString(), () -> {
                var target = to.resolve(folder.toUri().relativize(file.toUri()));
                Failsafe.with(RETRIES).run(() -> put(file, target));
                IO.println(uploaded.incrementAndGet() + " uploaded, " + jobs.pendingCount() + " pending");
            }));
            jobs.awaitIdle(); // however long it takes; close alone would cancel them after a minute
        }
        return failed.get();
    }

    private static void put(Path file, URI to) throws Exception {
        var request = HttpRequest.newBuilder(to).PUT(HttpRequest.BodyPublishers.ofFile(file));
        var status = HTTP.send(request.build(), BodyHandlers.discarding()).statusCode();
        if (status >= 300) {
            var answer = to + " answered " + status; // only a server in trouble is asked again
            throw status >= 500 ? new IOException(answer) : new IllegalArgumentException(answer);
        }
    }
}
