package io.jobtree.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.junit5.NoLeakedJobs;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@NoLeakedJobs
final class ProductPageTest {
    /// Longer than a machine under load takes.
    private static final Duration LONG = Duration.ofMinutes(10);

    private static Site.Answer all(String request) {
        return new Site.Answer(200, request.substring("GET /".length()) + " of it");
    }

    /// Never answers one of the requests.
    private static Site.Answers silentAt(String silent) {
        return request -> {
            if (request.equals(silent)) {
                new CountDownLatch(1).await();
            }
            return all(request);
        };
    }

    private static Site.Answers failingAt(String failing) {
        return request -> request.equals(failing) ? new Site.Answer(500, "") : all(request);
    }

    private static ProductPage.Page load(Site.Answers answers, Duration deadline)
            throws IOException, InterruptedException {
        try (var site = new Site(answers);
                var jobs = Scheduler.open("shop")) {
            var services = new ProductPage.Services(site.uri("/price"), site.uri("/stock"), site.uri("/reviews"));
            return ProductPage.load(jobs, services, deadline);
        }
    }

    @Test
    void page_isMadeOfAllThree() throws IOException, InterruptedException {
        assertThat(load(ProductPageTest::all, LONG))
                .isEqualTo(
                        new ProductPage.Page("price of it", "stock of it", new Outcome.Succeeded<>("reviews of it")));
    }

    @Tag("slow")
    @Test
    void slowReviews_areLeftOut() throws IOException, InterruptedException {
        var page = load(silentAt("GET /reviews"), Duration.ofSeconds(10));

        assertThat(page.stock()).isEqualTo("stock of it");
        assertThat(page.reviews())
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.failure()).isInstanceOf(JobTimeoutException.class));
    }

    @Test
    void failingReviews_areLeftOut() throws IOException, InterruptedException {
        assertThat(load(failingAt("GET /reviews"), LONG).reviews())
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.failure()).hasMessageEndingWith("reviews answered 500"));
    }

    @Test
    void failingPrice_failsThePageAtOnce_thoughStockNeverAnswers() {
        Site.Answers answers = request -> request.equals("GET /price")
                ? new Site.Answer(500, "")
                : silentAt("GET /stock").to(request);

        assertThatThrownBy(() -> load(answers, LONG))
                .isInstanceOf(JobFailedException.class)
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("/price answered 500");
    }

    @Test
    void slowStock_failsThePageAtItsDeadline() {
        assertThatThrownBy(() -> load(silentAt("GET /stock"), Duration.ofSeconds(1)))
                .isInstanceOf(JobFailedException.class)
                .cause()
                .isInstanceOf(JobTimeoutException.class)
                .hasMessageContaining("shop/page");
    }
}
