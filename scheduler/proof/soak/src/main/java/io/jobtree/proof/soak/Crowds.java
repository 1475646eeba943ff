package io.jobtree.proof.soak;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// Very many jobs at once, in a heap of a given size.
final class Crowds {
    private Crowds() {}

    /// Arguments: how many sleep, how many are pending.
    public static void main(String[] args) throws InterruptedException {
        int sleeping = Integer.parseInt(args[0]);
        int pending = Integer.parseInt(args[1]);
        var jobs = Scheduler.open(
                SchedulerOptions.named("crowds").withLimit(sleeping).withoutPendingLimit());
        var asleep = new CountDownLatch(sleeping);
        long start = System.nanoTime();
        for (int i = 0; i < sleeping + pending; i++) {
            jobs.spawn("job", () -> {
                asleep.countDown();
                Thread.sleep(Duration.ofHours(1));
            });
        }
        asleep.await();
        long spawned = System.nanoTime();
        int active = jobs.activeCount();
        int waiting = jobs.pendingCount();
        System.gc();
        var runtime = Runtime.getRuntime();
        System.out.printf(
                "%d active, %d pending after %.1f s; %d MiB%n",
                active, waiting, (spawned - start) / 1e9, (runtime.totalMemory() - runtime.freeMemory()) >> 20);
        long closing = System.nanoTime();
        var left = jobs.close(Duration.ZERO);
        System.out.printf("closed in %.1f s, %d left%n", (System.nanoTime() - closing) / 1e9, left.size());
        System.exit(active == sleeping && waiting == pending && left.isEmpty() ? 0 : 1);
    }
}
