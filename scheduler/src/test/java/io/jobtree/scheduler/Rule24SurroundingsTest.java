package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("R24: hooks and the failure handler run within what observers have made current, and run in any case")
final class Rule24SurroundingsTest {
    private static final ThreadLocal<String> CURRENT = ThreadLocal.withInitial(() -> "nothing");

    private final Door hold = new Door();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void letGo() {
        hold.open();
    }

    private void see(String what) {
        seen.add(what + " in " + CURRENT.get());
    }

    /// Makes the job's name current, as a tracer or a logger would.
    private static JobObserver surrounding(Supplier<? extends @Nullable AutoCloseable> instead) {
        return job -> new JobObservation() {
            @Override
            @SuppressWarnings("NullAway") // a user's may give null all the same
            public AutoCloseable makeCurrent() {
                return instead.get();
            }
        };
    }

    private static JobObserver surrounding() {
        return job -> new JobObservation() {
            @Override
            public AutoCloseable makeCurrent() {
                var before = CURRENT.get();
                CURRENT.set(job.name());
                return () -> CURRENT.set(before);
            }
        };
    }

    private JobObserver seeing() {
        return job -> new JobObservation() {
            @Override
            public void ended(Outcome<?> outcome) {
                see("ended");
            }

            @Override
            public void unobserved(Throwable failure) {
                see("unobserved");
            }
        };
    }

    private SchedulerOptions options() {
        return TestOptions.limit(1).withFailureHandler((job, failure) -> see("handler"));
    }

    private static int fail() {
        throw new IllegalStateException("broken");
    }

    @Test
    void hooksAndHandler_runWithin_whicheverObserverComesFirst() throws Exception {
        for (var options : List.of(
                options().withObserver(surrounding()).withObserver(seeing()),
                options().withObserver(seeing()).withObserver(surrounding()))) {
            seen.clear();
            try (var jobs = Scheduler.open(options)) {
                jobs.spawn("page", Rule24SurroundingsTest::fail);
            }
            assertThat(seen).containsExactly("ended in page", "unobserved in page", "handler in page");
        }
    }

    @Test
    void aJobThatNeverRan_andAStraggler_areReportedWithin() throws Exception {
        var runs = new CountDownLatch(1);
        try (var log = new RecordedLog()) {
            var jobs = Scheduler.open(options().withObserver(surrounding()).withCloseTimeout(Duration.ofMillis(50)));
            jobs.spawn("stubborn", () -> {
                runs.countDown();
                return hold.passIgnoringInterrupts();
            });
            runs.await();
            var late = jobs.spawn(JobOptions.named("late").withTimeout(Duration.ofMillis(1)), () -> 1);
            assertThat(Within.outcome(late)).isInstanceOf(Outcome.Failed.class);
            Within.isTrue(() -> seen.contains("handler in late"));
            jobs.close(Duration.ZERO);
            assertThat(seen).contains("handler in stubborn");
            assertThat(log.containing("did not stop")).hasSize(1);
        }
    }

    @Test
    void nothingStaysCurrent() throws Exception {
        try (var jobs = Scheduler.open(options()
                .withObserver(surrounding())
                .withObserver(new Hooks().onStopped(job -> see("stopped")).onEnded((job, outcome) -> {})))) {
            jobs.spawn("page", scope -> scope.spawn("user", () -> 1).join()).join();
        }
        assertThat(seen).containsExactly("stopped in nothing", "stopped in nothing");
    }

    @Test
    void oneThatThrows_orGivesNull_orThrowsWhenClosed_losesNoStep() throws Exception {
        List<Supplier<? extends @Nullable AutoCloseable>> broken = List.of(
                () -> {
                    throw new IllegalStateException("makeCurrent's own");
                },
                () -> {
                    throw new StackOverflowError("makeCurrent's own");
                },
                () -> null,
                () -> () -> {
                    throw new LinkageError("close's own");
                });
        for (var instead : broken) {
            seen.clear();
            try (var log = new RecordedLog()) {
                try (var jobs = Scheduler.open(options()
                        .withObserver(seeing())
                        .withObserver(surrounding(instead))
                        .withObserver(surrounding()))) {
                    jobs.spawn("page", Rule24SurroundingsTest::fail);
                    jobs.spawn("user", () -> 1).join();
                }
                assertThat(seen)
                        .containsExactlyInAnyOrder(
                                "ended in page", "unobserved in page", "handler in page", "ended in user");
                assertThat(log.containing("Job observer")).hasSize(1);
            }
        }
    }
}
