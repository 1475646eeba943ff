package io.jobtree.top;

import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.timeline.SchedulerBeans;
import java.util.concurrent.CountDownLatch;

/// A program to be looked at: jobs that go on until they are cancelled, and one that waits for a place. Says
/// when they are there, and which of them was cancelled.
final class HeldJobs {
    private HeldJobs() {}

    public static void main(String[] arguments) throws InterruptedException {
        var started = new CountDownLatch(2);
        var never = new CountDownLatch(1);
        var options = SchedulerOptions.named("shop").withLimit(1).withObserver(new SchedulerBeans());
        try (var jobs = Scheduler.open(options)) {
            var order = jobs.spawn("order", (JobScope scope) -> {
                scope.spawn("charge", () -> {
                    started.countDown();
                    never.await();
                });
                started.countDown();
                never.await();
                return 1;
            });
            started.await();
            jobs.spawn("mail", () -> 1);
            System.out.println("ready");
            System.out.println("order: " + order.await());
            // Is looked at until it is killed.
            never.await();
        }
    }
}
