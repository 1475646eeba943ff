package io.jobtree.scheduler.temporal;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/// The failure of a job whose work ran out of time elsewhere.
final class RemoteTimeout {
    private RemoteTimeout() {}

    /// Only a scheduler makes such exceptions, so one has to have a job that runs out of time.
    static JobTimeoutException of(String path, Throwable remote) throws InterruptedException {
        var options = SchedulerOptions.named(path).withFailureHandler((_, _) -> {});
        try (var scheduler = Scheduler.open(options)) {
            var job = scheduler.spawn(JobOptions.named("elsewhere").withTimeout(Duration.ZERO), () -> {
                new CountDownLatch(1).await();
            });
            if (job.await() instanceof Outcome.Failed<?>(JobTimeoutException timeout)) {
                timeout.addSuppressed(RemoteFailure.of(remote));
                return timeout;
            }
            throw new IllegalStateException("a job without time ended otherwise: " + job, remote);
        }
    }
}
