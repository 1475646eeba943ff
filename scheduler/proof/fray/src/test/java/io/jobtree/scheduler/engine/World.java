package io.jobtree.scheduler.engine;

import static io.jobtree.scheduler.engine.Together.check;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A scheduler, and the failures that nobody else got.
final class World implements AutoCloseable {
    final Scheduler jobs;

    private record Handled(Job<?> job, Throwable failure) {}

    private final List<Handled> handled = new ArrayList<>();

    World(SchedulerOptions options) {
        // Fray's timeouts come at once, and a watch that only looks would look for ever.
        jobs = Scheduler.open(
                options.withoutStallWarning().withFailureHandler((job, failure) -> handled(job, failure)));
    }

    static World free() {
        return new World(SchedulerOptions.named("s").withoutLimit());
    }

    static World limited(int limit) {
        return new World(SchedulerOptions.named("s").withLimit(limit).withPendingLimit(2));
    }

    private synchronized void handled(Job<?> job, Throwable failure) {
        handled.add(new Handled(job, failure));
    }

    /// How often the handler got it, of the job that failed with it.
    synchronized int handles(Job<?> job, Throwable failure) {
        return (int) handled.stream().filter(new Handled(job, failure)::equals).count();
    }

    /// Where a check failed, for Fray then waits for every thread. Not after a deadlock, which would only go on.
    @Override
    public void close() {
        if (Together.hasFailed()) {
            jobs.close(Duration.ZERO);
        }
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

    /// A child's failure is its fail-fast parent's, or else the handler's.
    void checkOwnedOnce(Job<?> child, Throwable failure, Outcome<?> ofParent) {
        boolean byParent = ofParent instanceof Outcome.Failed<?>(var failed)
                && (failed.equals(failure) || List.of(failed.getSuppressed()).contains(failure));
        check((byParent ? 1 : 0) + handles(child, failure) == 1, ofParent + ", handled " + handled);
    }
}
