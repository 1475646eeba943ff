package io.jobtree.scheduler.engine;

import static io.jobtree.scheduler.engine.Together.check;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Outcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pastalab.fray.junit.junit5.FrayTestExtension;
import org.pastalab.fray.junit.junit5.annotations.FrayTest;

/// A deadline against the end of its job.
@ExtendWith(FrayTestExtension.class)
final class DeadlineFrayTest {
    private static final Duration SOON = Duration.ofNanos(1);

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void job_succeedsOrTimesOut() throws InterruptedException {
        try (var world = World.free()) {
            var job = world.jobs.spawn(JobOptions.named("job").withTimeout(SOON), () -> {});
            var outcome = job.await();
            check(
                    outcome instanceof Outcome.Succeeded<?>
                            || (outcome instanceof Outcome.Failed<?>(var failure)
                                    && failure instanceof JobTimeoutException),
                    outcome);
            world.end(job);
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void failFastParent_neverSucceedsOverAChildThatTimedOut() throws InterruptedException {
        try (var world = World.free()) {
            var child = new AtomicReference<Job<?>>();
            var parent = world.jobs.spawn("parent", scope -> {
                child.set(scope.spawn(JobOptions.named("child").withTimeout(SOON), () -> {}));
                return "ok";
            });
            var outcome = parent.await();
            check(child.get().isDone(), "the parent is done, its child is not");
            if (child.get().outcome().orElseThrow() instanceof Outcome.Failed<?>) {
                check(outcome instanceof Outcome.Failed<?>, outcome);
            }
            world.end(parent, child.get());
        }
    }
}
