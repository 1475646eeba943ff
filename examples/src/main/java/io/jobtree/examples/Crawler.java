package io.jobtree.examples;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Scheduler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/// Follows the links of a site: a job for each page, 8 at once, 200 in all, 10 s for each.
public final class Crawler {
    static final int MOST = 200;
    private static final Pattern LINK = Pattern.compile("href=\"([^\"#]+)");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Map<URI, Integer> statuses = new ConcurrentSkipListMap<>();
    private final Set<URI> seen = ConcurrentHashMap.newKeySet();
    private final Semaphore pagesLeft = new Semaphore(MOST);

    /// Runs it: `Crawler http://localhost:8000/`.
    public static void main(String[] arguments) throws InterruptedException {
        try (var jobs = Scheduler.open("crawler")) {
            crawl(jobs, URI.create(arguments[0])).forEach((page, status) -> IO.println(status + " " + page));
        }
    }

    /// Gives the status of each page that answered. Why another did not goes to the scheduler's failure handler.
    static Map<URI, Integer> crawl(Scheduler jobs, URI start) throws InterruptedException {
        var crawler = new Crawler();
        var options = JobOptions.named("crawl").withChildLimit(8).withSupervision();
        // Pages spawn pages; this job is over when all of them are.
        jobs.spawn(options, site -> crawler.visit(site, start)).join();
        return crawler.statuses;
    }

    private boolean visit(JobScope site, URI page) {
        boolean isNew = seen.add(page) && pagesLeft.tryAcquire();
        if (isNew) {
            var options = JobOptions.named(page.toString()).withTimeout(Duration.ofSeconds(10));
            site.spawn(options, () -> fetch(site, page));
        }
        return isNew;
    }

    private void fetch(JobScope site, URI page) throws IOException, InterruptedException {
        var response = HTTP.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
        statuses.put(page, response.statusCode());
        var links = LINK.matcher(response.body()).results().map(link -> page.resolve(link.group(1)));
        links.filter(link -> page.getAuthority().equals(link.getAuthority())).forEach(link -> visit(site, link));
    }
}
