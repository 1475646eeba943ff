package io.jobtree.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.junit5.NoLeakedJobs;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

@NoLeakedJobs
final class CrawlerTest {
    private static Site.Answer page(String... links) {
        var html = IntStream.range(0, links.length)
                .mapToObj(i -> "<a href=\"" + links[i] + "\">")
                .collect(Collectors.joining());
        return new Site.Answer(200, html.isEmpty() ? "nothing" : html);
    }

    private static Site.Answer smallSite(String request) {
        return switch (request) {
            case "GET /" -> page("/a", "b", "http://other.invalid/", "mailto:me");
            case "GET /a" -> page("/", "/b#part", "/missing");
            case "GET /b" -> page("/a");
            default -> new Site.Answer(404, "no page");
        };
    }

    @Test
    void crawl_visitsEachPageOfTheSiteOnce() throws IOException, InterruptedException {
        try (var site = new Site(CrawlerTest::smallSite);
                var jobs = Scheduler.open("crawler")) {
            assertThat(Crawler.crawl(jobs, site.uri("/")))
                    .hasSize(4)
                    .containsEntry(site.uri("/"), 200)
                    .containsEntry(site.uri("/b"), 200)
                    .containsEntry(site.uri("/missing"), 404);
            assertThat(site.requests).containsExactlyInAnyOrder("GET /", "GET /a", "GET /b", "GET /missing");
        }
    }

    @Test
    void crawl_visitsNoMorePagesThanAllowed() throws IOException, InterruptedException {
        var number = new AtomicInteger();
        try (var endless = new Site(_ -> page("/" + number.incrementAndGet(), "/" + number.incrementAndGet()));
                var jobs = Scheduler.open("crawler")) {
            assertThat(Crawler.crawl(jobs, endless.uri("/"))).hasSize(Crawler.MOST);
            assertThat(endless.requests).hasSize(Crawler.MOST);
        }
    }

    @Test
    void crawl_visitsEightPagesAtOnce() throws IOException, InterruptedException {
        var links = IntStream.range(0, 30).mapToObj(i -> "/" + i).toArray(String[]::new);
        var looked = new CountDownLatch(1);
        Site.Answers answers = request -> {
            if (request.equals("GET /")) {
                return page(links);
            }
            looked.await();
            return page();
        };
        try (var site = new Site(answers);
                var jobs = Scheduler.open("crawler")) {
            var crawl = jobs.spawn("in the background", () -> Crawler.crawl(jobs, site.uri("/")));
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .untilAsserted(() ->
                            assertThat(pages(jobs)).isEqualTo(Map.of(JobState.RUNNING, 8L, JobState.PENDING, 22L)));
            looked.countDown();

            assertThat(crawl.join()).hasSize(31);
        }
    }

    /// How many pages there are of each state.
    private static Map<JobState, Long> pages(Scheduler jobs) {
        return jobs.tree().children().stream()
                .filter(job -> job.name().equals("crawl"))
                .flatMap(crawl -> crawl.children().stream())
                .collect(Collectors.groupingBy(page -> page.state().orElseThrow(), Collectors.counting()));
    }

    @Test
    void pageThatFails_isReported_andTheOthersGoOn() throws IOException, InterruptedException {
        Queue<String> failed = new ConcurrentLinkedQueue<>();
        var options = SchedulerOptions.named("crawler").withFailureHandler((job, _) -> failed.add(job.name()));
        Site.Answers answers = request -> {
            if (request.equals("GET /b")) {
                throw new InterruptedException("no answer");
            }
            return smallSite(request);
        };
        try (var site = new Site(answers)) {
            try (var jobs = Scheduler.open(options)) {
                assertThat(Crawler.crawl(jobs, site.uri("/"))).hasSize(3);
            }
            // The scheduler's close has waited for the handler.
            assertThat(failed).containsExactly(site.uri("/b").toString());
        }
    }
}
