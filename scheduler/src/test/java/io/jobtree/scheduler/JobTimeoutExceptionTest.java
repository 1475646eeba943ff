package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A timeout that a body hears of from elsewhere.
final class JobTimeoutExceptionTest {
    @Test
    void exceptionOfABody_isTheJobsFailure_withMessageCauseAndStack() throws InterruptedException {
        var cause = new IOException("no answer for 5 s");
        var elsewhere = new JobTimeoutException("the search took more than 5 s", cause);
        try (var scheduler = Scheduler.open(SchedulerOptions.named("shop").withFailureHandler((_, _) -> {}))) {
            var job = scheduler.spawn("search", () -> {
                throw elsewhere;
            });

            assertThat(job.await()).isEqualTo(new Outcome.Failed<Void>(elsewhere));
            assertThatThrownBy(job::join).isInstanceOf(JobFailedException.class).hasCause(elsewhere);
        }
        assertThat(elsewhere).hasMessage("the search took more than 5 s").hasCause(cause);
        assertThat(elsewhere.getStackTrace()[0].getClassName())
                .isEqualTo(getClass().getName());
    }

    @Test
    void cause_mayBeNull() {
        assertThat(new JobTimeoutException("too late", null)).hasNoCause();
    }
}
