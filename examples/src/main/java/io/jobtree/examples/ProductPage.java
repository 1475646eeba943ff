package io.jobtree.examples;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// A page out of three services, in time. Without price or stock there is no page, and the other requests are cancelled
/// at once; the reviews are left out where they fail or take too long.
public final class ProductPage {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /// Where the services are.
    public record Services(URI price, URI stock, URI reviews) {}

    /// What is shown.
    public record Page(String price, String stock, Outcome<String> reviews) {}

    /// Runs it, with where price, stock and reviews are.
    public static void main(String[] at) throws InterruptedException {
        try (var jobs = Scheduler.open("shop")) {
            var services = new Services(URI.create(at[0]), URI.create(at[1]), URI.create(at[2]));
            IO.println(load(jobs, services, Duration.ofSeconds(2)));
        }
    }

    /// Fails with the failure of price or stock, or with `JobTimeoutException`, as cause of a `JobFailedException`.
    public static Page load(Scheduler jobs, Services services, Duration deadline) throws InterruptedException {
        var page = JobOptions.named("page").withTimeout(deadline);
        return jobs.spawn(page, scope -> {
                    var price = scope.spawn("price", () -> get(services.price()));
                    var stock = scope.spawn("stock", () -> get(services.stock()));
                    var slow = JobOptions.named("reviews").withTimeout(deadline.dividedBy(2));
                    // Supervised: what fails below stays there, as an outcome.
                    var reviews = scope.spawn(
                            JobOptions.named("optional").withSupervision(),
                            optional -> optional.spawn(slow, () -> get(services.reviews()))
                                    .await());
                    return new Page(price.join(), stock.join(), reviews.join());
                })
                .join();
    }

    private static String get(URI service) throws IOException, InterruptedException {
        var response = HTTP.send(HttpRequest.newBuilder(service).build(), BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(service + " answered " + response.statusCode());
        }
        return response.body();
    }
}
