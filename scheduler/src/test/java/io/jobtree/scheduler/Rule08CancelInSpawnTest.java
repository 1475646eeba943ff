package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
@DisplayName(
        "R8: a job that is cancelled while an observer hears of its spawn never runs, whatever else that wants to hear")
final class Rule08CancelInSpawnTest {
    private static final JobObservation SOMETHING = new JobObservation() {};

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancelledInSpawned_neverRuns(boolean wantsToHear) throws Exception {
        var ran = new AtomicBoolean();
        var options = TestOptions.limit(2).withObserver(job -> {
            job.cancel();
            return wantsToHear ? SOMETHING : JobObservation.NONE;
        });
        try (var jobs = Scheduler.open(options)) {
            var job = jobs.spawn("cancelled", () -> ran.getAndSet(true));
            Outcome<Boolean> outcome = Within.call(job::await);
            assertThat(outcome instanceof Outcome.Cancelled).isTrue();
            assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        }
        assertThat(ran).isFalse();
    }
}
