package io.jobtree.top;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.timeline.SchedulerBeans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// A shop with slow services, to be looked at: three orders at once, of which one can pay at once.
final class ShopJobs {
    private static final CountDownLatch NEVER = new CountDownLatch(1);
    private static final Limit PAYMENTS = Limit.of("payments", 1);

    private ShopJobs() {}

    public static void main(String[] arguments) throws InterruptedException {
        var shopOptions = SchedulerOptions.named("shop").withLimit(3).withObserver(new SchedulerBeans());
        try (var shop = Scheduler.open(shopOptions)) {
            var orders = new ArrayList<Job<?>>();
            for (int number = 1001; number <= 1003; number++) {
                var options = JobOptions.named("order " + number).withTimeout(Duration.ofMinutes(5));
                orders.add(shop.spawn(options, ShopJobs::order));
            }
            shop.spawn("nightly report", ShopJobs::work);
            shop.spawn("mail", ShopJobs::work);
            System.out.println("ready");
            JobScope.joinAll(orders);
        }
    }

    private static List<Void> order(JobScope order) throws InterruptedException {
        var stock = order.spawn("reserve stock", warehouses -> {
            warehouses.spawn("warehouse north", ShopJobs::work);
            warehouses.spawn("warehouse south", ShopJobs::work);
            return 2;
        });
        var card = order.spawn(JobOptions.named("charge card").withSharedLimit(PAYMENTS), ShopJobs::work);
        stock.await();
        return JobScope.joinAll(List.of(card));
    }

    private static void work() throws InterruptedException {
        NEVER.await();
    }
}
