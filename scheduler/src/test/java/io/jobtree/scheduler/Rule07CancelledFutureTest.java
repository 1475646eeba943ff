package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@DisplayName("R7: cancelling a job's future cancels the job, whatever depends on the future")
final class Rule07CancelledFutureTest {
    @Test
    @SuppressWarnings("FutureReturnValueIgnored") // what depends on it runs at once
    void cancel_ofTheFuture_cancelsTheJob_beforeWhatDependsOnItRuns() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var running = new Door();
            var never = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                never.pass();
                return 1;
            });
            running.pass();
            var future = job.toCompletableFuture();
            var seen = new AtomicReference<JobState>();
            future.whenComplete((value, thrown) -> seen.set(job.state()));
            assertThat(future.cancel(true)).isTrue();
            assertThat(seen.get()).isIn(JobState.CANCELLING, JobState.CANCELLED);
        }
    }
}
