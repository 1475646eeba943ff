package io.jobtree.scheduler.timeline;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/// A run with a bit of everything, for pictures: orders that are checked out, some of which fail, are too late
/// or not done when the timeline is written.
final class ShopRun {
    private static final int ORDERS = 16;
    private static final int LATE = 11;

    private final Random random = new Random(4);
    private final Limit payments = Limit.of("payments", 3);

    private ShopRun() {}

    static void record(Path html, Path perfetto) throws IOException, InterruptedException {
        var timeline = new Timeline();
        var options = SchedulerOptions.named("shop")
                .withLimit(5)
                .withFailureHandler((_, _) -> {})
                .withCloseTimeout(Duration.ofSeconds(1))
                .withObserver(timeline);
        try (var jobs = Scheduler.open(options)) {
            var run = new ShopRun();
            var orders = IntStream.range(1, ORDERS + 1)
                    .mapToObj(i -> run.order(jobs, i))
                    .toList();
            for (var order : orders) {
                order.await();
            }
            var audit = new CountDownLatch(1);
            jobs.spawn("nightly audit", scope -> {
                List.of("ledger", "stock").forEach(what -> scope.spawn(what, () -> audit.await()));
                run.pause(30);
                return "counted";
            });
            var prices = jobs.spawn("price list", () -> run.pause(60_000));
            run.pause(60);
            prices.cancel();
            prices.await();
            run.pause(30);
            timeline.writeHtml(html);
            timeline.writePerfetto(perfetto);
            audit.countDown();
        }
    }

    private Job<String> order(JobScope scope, int number) {
        var options = JobOptions.named("order " + (1_000 + number));
        long user = random.nextLong(20, 60);
        long stock = random.nextLong(15, 90);
        long pay = random.nextLong(40, 90) + (number == LATE ? 60_000 : 0);
        return scope.spawn(number == LATE ? options.withTimeout(Duration.ofMillis(700)) : options, order -> {
            var customer = order.spawn("load customer", () -> pause(user));
            order.spawn("reserve stock", items -> {
                items.spawn("warehouse north", () -> pause(stock));
                items.spawn("warehouse south", () -> pause(stock / 2));
                return "reserved";
            });
            customer.join();
            order.spawn(JobOptions.named("charge card").withSharedLimit(payments), () -> charge(number, pay))
                    .join();
            order.spawn("send mail", () -> pause(18));
            return "done";
        });
    }

    private String charge(int number, long millis) throws InterruptedException {
        pause(millis / 2);
        if (number == 4 || number == 13) {
            throw new IllegalStateException("card declined");
        }
        return pause(millis / 2);
    }

    /// The work of these jobs is to take time.
    private String pause(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return "done";
    }
}
