package io.jobtree.examples;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/// Takes messages from a queue and delivers them, four at once. On SIGTERM it takes no more, gives those under
/// way their grace to end, then cancels them; a message that was not acknowledged is given to another consumer
/// by the queue.
public final class Consumer {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private Consumer() {}

    /// Runs until SIGTERM: `Consumer http://queue.example.org/ PT20S`.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var queue = URI.create(arguments[0]);
        var grace = Duration.parse(arguments[1]);
        var options = SchedulerOptions.named("consumer")
                .withLimit(4)
                .withPendingLimit(4) // with so many waiting, spawn waits, and so nothing more is taken
                .withCloseOnExit(grace)
                .withFailureHandler((job, failure) -> System.err.println(job.path() + ": " + failure));
        var jobs = Scheduler.open(options); // closed by the shutdown hook, which is what SIGTERM runs
        Runtime.getRuntime().addShutdownHook(new Thread(() -> IO.println("closing\n" + jobs.tree())));
        while (!jobs.isClosed()) {
            var message = send("GET", queue.resolve("next")).body();
            if (message.isEmpty()) {
                continue; // the queue had none for a while
            }
            try {
                jobs.spawn("message " + message, () -> deliver(queue, message));
            } catch (RejectedExecutionException closed) {
                IO.println("not taken: " + message);
            }
        }
    }

    private static void deliver(URI queue, String message) throws IOException, InterruptedException {
        send("POST", queue.resolve("deliver/" + message));
        send("DELETE", queue.resolve("taken/" + message));
    }

    private static HttpResponse<String> send(String method, URI to) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(to).method(method, HttpRequest.BodyPublishers.noBody());
        var response = HTTP.send(request.build(), BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(to + " answered " + response.statusCode());
        }
        return response;
    }
}
