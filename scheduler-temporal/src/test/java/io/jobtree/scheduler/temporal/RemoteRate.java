package io.jobtree.scheduler.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/// Prints what an activity costs beside a local job: activities a second, jobs a second. Not a test of its own; run by
/// name.
final class RemoteRate {
    private static final int LOCAL = 100_000;
    private static final int REMOTE = Integer.getInteger("remote.activities", 500);

    @Test
    void print() throws Exception {
        try (var engine = new Engine();
                var scheduler = Scheduler.open(SchedulerOptions.named("rate").withLimit(32))) {
            engine.worker("rate");
            var options = RemoteOptions.onQueue("rate");
            Callable<String> local = () -> "a".toUpperCase(Locale.ROOT);
            var remote = engine.remote.activity(Work.UPPER, "a", options);
            perSecond(scheduler, LOCAL, local);
            perSecond(scheduler, REMOTE / 10, remote);
            System.out.printf(
                    Locale.ROOT,
                    "local jobs %,.0f/s, activities %,.0f/s, of one batch %,.0f/s%n",
                    perSecond(scheduler, LOCAL, local),
                    perSecond(scheduler, REMOTE, remote),
                    batch(scheduler, engine.remote.activities(Work.UPPER, Collections.nCopies(REMOTE, "a"), options)));
        }
    }

    private static double perSecond(JobScope scope, int count, Callable<String> body) throws InterruptedException {
        var jobs = new ArrayList<Job<String>>();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            jobs.add(scope.spawn("job", body));
        }
        for (var job : jobs) {
            assertThat(job.join()).isEqualTo("A");
        }
        return count * 1e9 / (System.nanoTime() - start);
    }

    private static double batch(JobScope scope, Callable<?> body) throws InterruptedException {
        long start = System.nanoTime();
        scope.spawn("batch", body).join();
        return REMOTE * 1e9 / (System.nanoTime() - start);
    }
}
