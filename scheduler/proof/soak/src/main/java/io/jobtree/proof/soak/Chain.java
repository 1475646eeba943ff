package io.jobtree.proof.soak;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobBody;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.util.concurrent.CountDownLatch;

/// A chain of jobs, each the parent of the next: built, cancelled from the top, and built again to end by itself.
final class Chain {
    private Chain() {}

    /// Argument: how deep.
    public static void main(String[] args) throws InterruptedException {
        int depth = Integer.parseInt(args[0]);
        var jobs = Scheduler.open(SchedulerOptions.named("chain").withoutLimit());
        long start = System.nanoTime();
        var bottom = new CountDownLatch(1);
        var top = jobs.spawn("job", link(depth, bottom, true));
        bottom.await();
        boolean cancelled = top.cancel() && top.await() instanceof Outcome.Cancelled<?>;
        boolean ended = jobs.spawn("job", link(depth, bottom, false)).await() instanceof Outcome.Succeeded<?>;
        jobs.close();
        System.out.printf("%d deep, twice, in %.1f s%n", depth, (System.nanoTime() - start) / 1e9);
        System.exit(cancelled && ended ? 0 : 1);
    }

    private static JobBody<Integer> link(int left, CountDownLatch bottom, boolean sleeps) {
        return (JobScope scope) -> {
            if (left > 1) {
                Job<Integer> next = scope.spawn("job", link(left - 1, bottom, sleeps));
                return sleeps ? next.join() + 1 : 1;
            }
            bottom.countDown();
            if (sleeps) {
                Thread.sleep(3_600_000);
            }
            return 1;
        };
    }
}
