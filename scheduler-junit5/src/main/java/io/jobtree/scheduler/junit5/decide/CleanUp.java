package io.jobtree.scheduler.junit5.decide;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.junit5.find.JobRecord;
import io.jobtree.scheduler.junit5.find.SchedulerRecord;
import io.jobtree.scheduler.junit5.find.StillRunning;
import io.jobtree.scheduler.junit5.leak.Cancelled;
import io.jobtree.scheduler.text.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Ends leaked jobs and schedulers, so that the next test starts clean.
final class CleanUp {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long POLL_NANOS = 200_000;

    private CleanUp() {}

    static Cancelled cancel(StillRunning running) {
        long start = System.nanoTime();
        List<Job<?>> jobs = new ArrayList<>();
        for (JobRecord entry : running.jobs()) {
            Job<?> job = entry.get();
            if (job != null) {
                jobs.add(job);
                job.cancel();
            }
        }
        List<Scheduler> schedulers = new ArrayList<>();
        for (SchedulerRecord entry : running.schedulers()) {
            entry.scheduler().ifPresent(schedulers::add);
        }
        awaitAll(jobs, start + PATIENCE.toNanos());
        schedulers.forEach(CleanUp::close);
        List<Job<?>> survivors = jobs.stream().filter(job -> !job.isDone()).toList();
        return new Cancelled(
                true, jobs.size(), schedulers.size(), Duration.ofNanos(System.nanoTime() - start), survivors);
    }

    private static void awaitAll(List<Job<?>> jobs, long deadline) {
        boolean interrupted = false;
        for (Job<?> job : jobs) {
            while (!job.isDone() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(POLL_NANOS);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Closes without a wait for jobs. One whose jobs will not stop takes longer, and is left to a thread of its own.
    static void close(Scheduler scheduler) {
        Thread closer = Thread.ofVirtual()
                .name("jobtree-leaks-close-" + Texts.printable(scheduler.name()))
                .inheritInheritableThreadLocals(false)
                .start(() -> scheduler.close(Duration.ZERO));
        boolean interrupted = Thread.interrupted();
        try {
            closer.join(PATIENCE);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
