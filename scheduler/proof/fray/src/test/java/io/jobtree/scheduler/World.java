package io.jobtree.scheduler;

import static io.jobtree.scheduler.Together.check;

import java.util.ArrayList;
import java.util.List;

/// A scheduler, and the failures that nobody else got.
final class World implements AutoCloseable {
    final Scheduler jobs;
    private final List<Throwable> handled = new ArrayList<>();

    World(SchedulerOptions options) {
        jobs = Scheduler.open(options.withFailureHandler((job, failure) -> handled(failure)));
    }

    static World free() {
        return new World(SchedulerOptions.named("s").withoutLimit());
    }

    static World limited(int limit) {
        return new World(SchedulerOptions.named("s").withLimit(limit).withPendingLimit(2));
    }

    private synchronized void handled(Throwable failure) {
        handled.add(failure);
    }

    /// How often the handler got it.
    synchronized int handles(Throwable failure) {
        return (int) handled.stream().filter(failure::equals).count();
    }

    /// Also where a check failed: Fray waits for every thread.
    @Override
    public void close() {
        end();
    }

    /// Closes it, after which every job has its outcome and nothing is left.
    void end(Job<?>... spawned) {
        check(jobs.close(jobs.options().waitTimeout()).isEmpty(), "stragglers");
        checkOver(spawned);
    }

    void checkOver(Job<?>... spawned) {
        for (var job : spawned) {
            check(job == null || job.outcome().isPresent(), "no outcome after the close");
        }
        check(jobs.jobs().isEmpty() && jobs.activeCount() + jobs.pendingCount() == 0, "jobs left");
    }

    /// A failed child and its failure: the parent's, a waiter's, or the handler's, and one only.
    void checkOwnedOnce(Throwable failure, Outcome<?> ofParent, int joined) {
        int byParent = 0;
        if (ofParent instanceof Outcome.Failed<?>(var failed)) {
            byParent = failed.equals(failure) || List.of(failed.getSuppressed()).contains(failure) ? 1 : 0;
        }
        check(byParent + joined + handles(failure) == 1, ofParent + ", joined " + joined + ", handled " + handled);
    }
}
