package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("R9: an interrupt that a hook leaves reaches neither the body nor another hook")
final class Rule09HooksInterruptTest {
    private final AtomicInteger reached = new AtomicInteger();

    private void check() {
        if (Thread.currentThread().isInterrupted()) {
            reached.incrementAndGet();
        }
    }

    private JobObservation interrupting() {
        return new JobObservation() {
            @Override
            public void starting() {
                Thread.currentThread().interrupt();
            }

            @Override
            public void stopped() {
                check();
                Thread.currentThread().interrupt();
            }

            @Override
            public void ended(Outcome<?> outcome) {
                check();
                Thread.currentThread().interrupt();
            }
        };
    }

    @Test
    void interrupt_ofAHook_endsWithTheHook() throws Exception {
        try (var jobs = Scheduler.open(
                TestOptions.limit(1).withObserver(job -> interrupting()).withObserver(job -> interrupting()))) {
            for (int i = 0; i < 3; i++) {
                jobs.spawn("branch", scope -> {
                    check();
                    scope.spawn("child", this::check);
                });
            }
            jobs.awaitIdle();
        }
        assertThat(reached).hasValue(0);
    }
}
