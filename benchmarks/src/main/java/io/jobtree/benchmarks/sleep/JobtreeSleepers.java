package io.jobtree.benchmarks.sleep;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Our sleeping jobs.
final class JobtreeSleepers implements Sleepers {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Scheduler scheduler;

    JobtreeSleepers(int jobs, int limit, CountDownLatch started) {
        var options = SchedulerOptions.named("sleepers").withoutPendingLimit().withCloseTimeout(PATIENCE);
        scheduler = Scheduler.open(limit < jobs ? options.withLimit(limit) : options.withoutLimit());
        JobAction sleep = () -> Sleep.sleep(started);
        for (int i = 0; i < jobs; i++) {
            scheduler.spawn(sleep);
        }
    }

    @Override
    public void cancelOne() throws InterruptedException {
        var started = new CountDownLatch(1);
        Job<@Nullable Void> one = scheduler.spawn((JobAction) () -> Sleep.sleep(started));
        started.await();
        if (!one.cancelAndJoin(PATIENCE)) {
            throw new IllegalStateException("A cancelled job did not end: " + one);
        }
    }

    @Override
    public void close() {
        List<Job<?>> survivors = scheduler.close(Duration.ZERO);
        if (!survivors.isEmpty()) {
            throw new IllegalStateException("Cancelled jobs did not end: " + survivors.size());
        }
    }
}
