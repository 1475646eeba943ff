package io.jobtree.proof.soak;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobCancelledException;
import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// What a service does with a scheduler: trees, limits, failures, cancellations, deadlines, waits with a
/// timeout for one job that never ends, and schedulers that come and go.
final class Load {
    private static final int USERS = 4;
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final Histogram spawns = new ConcurrentHistogram(3);
    private final Histogram cancels = new ConcurrentHistogram(3);
    private final AtomicInteger unexpected = new AtomicInteger();
    private final CountDownLatch forever = new CountDownLatch(1);
    private final Limit limit = Limit.of("shared", 2);
    private final List<Thread> users = new ArrayList<>();
    private final Scheduler jobs = Scheduler.open(SchedulerOptions.named("soak")
            .withLimit(16)
            .withPendingLimit(64)
            .withThreadReuse()
            .withFailureHandler((job, failure) -> {}));
    private final Job<?> endless = jobs.spawn("endless", () -> forever.await());
    private volatile boolean stopping;

    void start() {
        for (int i = 0; i < USERS; i++) {
            int turn = i;
            users.add(Thread.ofPlatform().start(() -> use(turn)));
        }
    }

    void stop() throws InterruptedException {
        stopping = true;
        for (var user : users) {
            user.join();
        }
        forever.countDown();
        if (!jobs.close(Duration.ofSeconds(20)).isEmpty()) {
            unexpected.incrementAndGet();
        }
    }

    Histogram spawns() {
        return spawns;
    }

    Histogram cancels() {
        return cancels;
    }

    int unexpected() {
        return unexpected.get();
    }

    private void use(int turn) {
        for (int i = turn; !stopping; i++) {
            try {
                step(i);
                // A service is not busy all the time, and a machine is shared.
                TimeUnit.MICROSECONDS.sleep(500);
            } catch (JobFailedException | JobCancelledException | TimeoutException meant) {
                // What the step is about.
            } catch (Exception | Error thrown) {
                unexpected.incrementAndGet();
                System.out.println(thrown);
            }
        }
    }

    private void step(int i) throws Exception {
        switch (i % 8) {
            case 0, 1 -> spawn(JobOptions.unnamed()).join();
            case 2 -> tree();
            case 3 -> cancel();
            case 4 ->
                timed(() -> jobs.spawn(JobOptions.named("late").withTimeout(MOMENT), () -> Thread.sleep(1_000)))
                        .join();
            case 5 -> endless.join(Duration.ofNanos(1_000));
            case 6 ->
                spawn(JobOptions.named("limited").withSharedLimit(limit))
                        .toCompletableFuture()
                        .get();
            default -> another();
        }
    }

    private Job<Integer> spawn(JobOptions options) {
        return timed(() -> jobs.spawn(options, () -> 1));
    }

    private <T> Job<T> timed(java.util.function.Supplier<Job<T>> spawn) {
        long start = System.nanoTime();
        var job = spawn.get();
        spawns.recordValue(System.nanoTime() - start);
        return job;
    }

    private void tree() throws InterruptedException {
        jobs.spawn("tree", scope -> {
                    for (int i = 0; i < 8; i++) {
                        int number = i;
                        scope.spawn(
                                "branch",
                                inner -> inner.spawn("leaf", () -> number / (number - 7))
                                        .join());
                    }
                    return 1;
                })
                .join();
    }

    private void cancel() throws InterruptedException {
        var sleeping = new ConcurrentLinkedQueue<Job<?>>();
        for (int i = 0; i < 4; i++) {
            sleeping.add(jobs.spawn("sleeping", () -> Thread.sleep(60_000)));
        }
        for (var job : sleeping) {
            long start = System.nanoTime();
            job.cancel();
            cancels.recordValue(System.nanoTime() - start);
            if (!(job.await() instanceof Outcome.Cancelled<?>)) {
                unexpected.incrementAndGet();
            }
        }
    }

    private static void another() {
        try (var other = Scheduler.open("other")) {
            other.spawn("job", () -> 1);
        }
    }
}
