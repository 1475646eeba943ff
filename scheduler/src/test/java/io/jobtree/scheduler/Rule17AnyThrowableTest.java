package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertFailed;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.failure;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("R17: any Throwable out of a body is that job's failure; handlers and observers that throw change nothing")
final class Rule17AnyThrowableTest {
    private final RecordedFailures failures = new RecordedFailures();

    private Scheduler open() {
        return Scheduler.open(TestOptions.limit(1).withFailureHandler(failures));
    }

    static Stream<Throwable> throwables() {
        return Stream.of(
                new RuntimeException("runtime"),
                new Exception("checked"),
                new Throwable("neither"),
                new Error("error"),
                new AssertionError("assertion"),
                new OutOfMemoryError("not really"),
                new StackOverflowError("not really"),
                new LinkageError("linkage"),
                new TimeoutException("the user's own"),
                new ExceptionWithoutStack(),
                new ExceptionThatThrows());
    }

    private static final class ExceptionWithoutStack extends RuntimeException {
        private static final long serialVersionUID = 1;

        ExceptionWithoutStack() {
            super("no stack, no suppression", null, false, false);
        }
    }

    @SuppressWarnings("ThrowableEqualsHashCode") // the attack
    private static final class ExceptionThatThrows extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message for you");
        }

        @Override
        public String toString() {
            return "ExceptionThatThrows";
        }

        @Override
        public boolean equals(Object other) {
            throw new IllegalStateException("no equality either");
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException("no hash either");
        }
    }

    @ParameterizedTest
    @MethodSource("throwables")
    void throwable_outOfBody_isTheFailure_andTheSchedulerGoesOn(Throwable thrown) throws Exception {
        try (var jobs = open()) {
            var job = jobs.spawn("fails", () -> {
                throw Outcomes.sneak(thrown);
            });
            assertThat(failure(job)).isSameAs(thrown);
            Job<Integer> branch = jobs.spawn("branch fails", scope -> {
                scope.spawn("pending for ever", () -> new Door().pass());
                throw Outcomes.sneak(thrown);
            });
            assertThat(failure(branch)).isSameAs(thrown);
            Job<Integer> above = jobs.spawn("child fails", scope -> {
                for (var i = 0; i < 3; i++) {
                    scope.spawn("child", () -> {
                        throw Outcomes.sneak(thrown);
                    });
                }
                return 1;
            });
            assertThat(failure(above)).isSameAs(thrown);
            assertSucceeded(jobs.spawn("next", () -> 1), 1);
        }
    }

    @Test
    void stackOverflow_forReal_isTheFailure_andTheSchedulerGoesOn() throws Exception {
        try (var jobs = open()) {
            var job = jobs.spawn("overflows", () -> overflow(0));
            assertThat(failure(job)).isInstanceOf(StackOverflowError.class);
            assertSucceeded(jobs.spawn("next", () -> 1), 1);
        }
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }

    @Test
    void outOfMemory_forReal_isTheFailure_andTheSchedulerGoesOn() throws Exception {
        try (var jobs = open()) {
            var job = jobs.spawn("exhausts", () -> new long[Integer.MAX_VALUE][Integer.MAX_VALUE].length);
            assertThat(failure(job)).isInstanceOf(OutOfMemoryError.class);
            assertSucceeded(jobs.spawn("next", () -> 1), 1);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("throwables")
    void handlerThatThrows_isLoggedOnce_andChangesNothing(Throwable thrown) throws Exception {
        var calls = new AtomicInteger();
        var failure = new IllegalStateException("on purpose");
        try (var log = new RecordedLog()) {
            var options = TestOptions.limit(1).withFailureHandler((job, reported) -> {
                calls.incrementAndGet();
                throw Outcomes.sneak(thrown);
            });
            try (var jobs = Scheduler.open(options)) {
                var job = jobs.spawn("fails", () -> {
                    throw failure;
                });
                assertSucceeded(jobs.spawn("next", () -> 1), 1);
                // Who waited for it now might still come in time to own the failure.
                Awaitility.await().until(job::isDone);
                assertFailed(job, failure);
                assertThat(jobs.activeCount()).isZero();
            }
            assertThat(calls).hasValue(1);
            assertThat(log.about(thrown)).hasSize(1);
        }
    }

    /// Where an observer may throw.
    enum Hook {
        OPENED,
        SPAWNED,
        STARTING,
        STOPPED,
        ENDED,
        CLOSED
    }

    private record ThrowingObserver(Hook where, Throwable thrown) implements JobObserver {
        private void hook(Hook hook) {
            if (hook == where) {
                throw Outcomes.sneak(thrown);
            }
        }

        @Override
        public void schedulerOpened(Scheduler scheduler) {
            hook(Hook.OPENED);
        }

        @Override
        public void schedulerClosed(Scheduler scheduler) {
            hook(Hook.CLOSED);
        }

        @Override
        public JobObservation spawned(Job<?> job) {
            hook(Hook.SPAWNED);
            return new JobObservation() {
                @Override
                public void starting() {
                    hook(Hook.STARTING);
                }

                @Override
                public void stopped() {
                    hook(Hook.STOPPED);
                }

                @Override
                public void ended(Outcome<?> outcome) {
                    hook(Hook.ENDED);
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Hook.class)
    void observerThatThrows_isLoggedOnce_andChangesNothing(Hook hook) throws Exception {
        for (var thrown : new Throwable[] {new IllegalStateException("broken"), new AssertionError("very broken")}) {
            var heard = new AtomicInteger();
            try (var log = new RecordedLog()) {
                var options = TestOptions.limit(1)
                        .withObserver(new ThrowingObserver(hook, thrown))
                        .withObserver(new Hooks()
                                .onSpawned(job -> heard.incrementAndGet())
                                .onStarting(job -> heard.incrementAndGet())
                                .onStopped(job -> heard.incrementAndGet())
                                .onEnded((job, outcome) -> heard.incrementAndGet()));
                try (var jobs = Scheduler.open(options)) {
                    assertSucceeded(jobs.spawn("job", () -> 1), 1);
                }
                assertThat(log.about(thrown)).hasSize(1);
            }
            assertThat(heard).as("hooks of the other observer").hasValue(4);
        }
    }

    @Test
    void observersThatThrowEverywhere_doNotStopFailureCancellationOrClose() throws Exception {
        try (var log = new RecordedLog()) {
            var options = TestOptions.limit(1).withFailureHandler(failures);
            for (var hook : Hook.values()) {
                options = options.withObserver(new ThrowingObserver(hook, new AssertionError("broken")));
            }
            var failure = new IllegalStateException("on purpose");
            try (var jobs = Scheduler.open(options)) {
                var fails = jobs.spawn("fails", () -> {
                    throw failure;
                });
                var cancelled = jobs.spawn("cancelled", () -> new Door().pass());
                cancelled.cancel();
                assertFailed(fails, failure);
                Outcomes.assertCancelled(cancelled, CancelReason.REQUESTED);
                assertSucceeded(jobs.spawn("next", () -> 1), 1);
            }
            assertThat(log.records()).isNotEmpty();
        }
    }

    @Test
    void closeWithThrowingObserver_returns() {
        try (var log = new RecordedLog()) {
            var broken = new AssertionError("broken");
            Scheduler.open(TestOptions.limit(1).withObserver(new ThrowingObserver(Hook.CLOSED, broken)))
                    .close();
            assertThat(log.about(broken)).hasSize(1);
        }
    }

    @Test
    void defaultHandler_logsTheFailureOnce_withThePath() throws Exception {
        var failure = new IllegalStateException("on purpose");
        try (var log = new RecordedLog();
                var jobs = Scheduler.open(TestOptions.limit(1))) {
            jobs.spawn("fails", () -> {
                throw failure;
            });
            assertSucceeded(jobs.spawn("next", () -> 1), 1);
            Awaitility.await().until(() -> !log.about(failure).isEmpty());
            assertThat(log.about(failure)).hasSize(1);
            assertThat(log.about(failure).getFirst().getMessage()).contains("test/fails");
        }
    }
}
