package io.jobtree.proof.soak;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// A program that is killed while its jobs run.
final class Victim {
    static final String READY = "ready";
    static final String ENDED = "ended";
    static final int JOBS = 20;

    private Victim() {}

    public static void main(String[] args) throws InterruptedException {
        var jobs = Scheduler.open(SchedulerOptions.named("victim")
                .withLimit(JOBS / 2)
                .withWaitTimeout(Duration.ofMillis(100))
                .withCloseOnExit(true));
        var running = new CountDownLatch(JOBS / 2);
        for (int i = 0; i < JOBS; i++) {
            jobs.spawn("job", () -> {
                running.countDown();
                try {
                    Thread.sleep(Duration.ofHours(1));
                } finally {
                    System.out.println(ENDED);
                }
            });
        }
        running.await();
        System.out.println(READY);
        Thread.sleep(Duration.ofHours(1));
    }
}
