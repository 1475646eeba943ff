package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.failure;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("ThrowableEqualsHashCode") // the attack
@Timeout(30)
@DisplayName("R17: objects of the user's that throw from any method cost no place, no supervisor and no state")
final class Rule17HostileObjectsTest {
    private static SchedulerOptions options() {
        return TestOptions.limit(1).withWaitTimeout(Duration.ofSeconds(1)).withCloseTimeout(Duration.ofSeconds(1));
    }

    private static IllegalStateException refusal() {
        return new IllegalStateException("not this method");
    }

    /// An observer without a working hashCode, equals or toString, which throws in one hook too.
    private static final class Observer implements JobObserver {
        private final Where where;

        Observer(Where where) {
            this.where = where;
        }

        private void throwIn(Where here) {
            if (here == where) {
                throw new IllegalArgumentException("in the hook");
            }
        }

        @Override
        public void schedulerOpened(Scheduler scheduler) {
            throwIn(Where.OPENED);
        }

        @Override
        public void schedulerClosed(Scheduler scheduler) {
            throwIn(Where.CLOSED);
        }

        @Override
        public JobObservation spawned(Job<?> job) {
            throwIn(Where.SPAWNED);
            return new Observation(this);
        }

        @Override
        public int hashCode() {
            throw new ConcurrentModificationException("hashCode");
        }

        @Override
        public boolean equals(@Nullable Object other) {
            throw new ConcurrentModificationException("equals");
        }

        @Override
        public String toString() {
            throw new ConcurrentModificationException("toString");
        }
    }

    /// Like its observer.
    private static final class Observation implements JobObservation {
        private final Observer observer;

        Observation(Observer observer) {
            this.observer = observer;
        }

        @Override
        public void starting() {
            observer.throwIn(Where.STARTING);
        }

        @Override
        public void stopped() {
            observer.throwIn(Where.STOPPED);
        }

        @Override
        public void ended(Outcome<?> outcome) {
            observer.throwIn(Where.ENDED);
        }

        @Override
        public void unobserved(Throwable failure) {
            observer.throwIn(Where.UNOBSERVED);
        }

        @Override
        public int hashCode() {
            throw new ConcurrentModificationException("hashCode");
        }

        @Override
        public boolean equals(@Nullable Object other) {
            throw new ConcurrentModificationException("equals");
        }

        @Override
        public String toString() {
            throw new ConcurrentModificationException("toString");
        }
    }

    /// Where an observer throws.
    enum Where {
        NOWHERE,
        OPENED,
        SPAWNED,
        STARTING,
        STOPPED,
        ENDED,
        UNOBSERVED,
        CLOSED
    }

    @ParameterizedTest
    @EnumSource
    void observerWithoutAWorkingHashCode_changesNothing(Where where) throws Exception {
        for (var kind : ThreadKind.values()) {
            try (var log = new RecordedLog()) {
                var jobs = Within.call(
                        kind,
                        () -> Scheduler.open(options()
                                .withFailureHandler((job, failure) -> {})
                                .withObserver(new Observer(where))));
                for (var i = 0; i < 3; i++) {
                    assertThat(Within.call(
                                    kind, () -> jobs.spawn("job", () -> 1).join(TestOptions.LONG)))
                            .isEqualTo(1);
                    Within.outcome(jobs.spawn("fails", () -> {
                        throw refusal();
                    }));
                    var pending = jobs.spawn("cancelled", () -> new Door().pass());
                    Within.run(kind, pending::cancel);
                    Within.outcome(pending);
                }
                Within.hasAllPlaces(jobs, 1);
                assertThat(Within.call(kind, () -> jobs.close(TestOptions.LONG)))
                        .isEmpty();
                assertThat(log.records()).hasSize(where == Where.NOWHERE ? 0 : 1);
            }
        }
    }

    /// One observer of the process, installed and removed.
    @EachThreadKind
    void installedObserverWithoutAWorkingHashCode_isCalledAndRemoved() throws Exception {
        try (var log = new RecordedLog();
                var jobs = Scheduler.open(options())) {
            var installation = JobObserver.install(new Observer(Where.ENDED));
            try {
                assertThat(jobs.spawn("job", () -> 1).join(TestOptions.LONG)).isEqualTo(1);
            } finally {
                installation.close();
            }
            Within.isTrue(() -> log.records().size() == 1);
            assertThat(jobs.spawn("job", () -> 1).join(TestOptions.LONG)).isEqualTo(1);
            assertThat(log.records()).hasSize(1);
        }
    }

    /// A throwable that lets itself be thrown, and nothing else.
    private static final class Hostile extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized @Nullable Throwable getCause() {
            throw refusal();
        }

        @Override
        public synchronized Throwable initCause(@Nullable Throwable cause) {
            throw refusal();
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw refusal();
        }

        @Override
        public String getMessage() {
            throw refusal();
        }

        @Override
        public String getLocalizedMessage() {
            throw refusal();
        }

        @Override
        public String toString() {
            throw refusal();
        }

        @Override
        public int hashCode() {
            throw refusal();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            throw refusal();
        }
    }

    /// A throwable that is its own cause for whoever asks.
    private static final class Selfish extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable getCause() {
            return this;
        }
    }

    /// A throwable whose text never ends to be written.
    private static final class Overflowing extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        @SuppressWarnings({"InfiniteRecursion", "OverrideThrowableToString"}) // the attack
        public String toString() {
            return toString() + "!";
        }
    }

    static Stream<Class<? extends RuntimeException>> hostile() {
        return Stream.of(Hostile.class, Selfish.class, Overflowing.class);
    }

    private static RuntimeException make(Class<? extends RuntimeException> type) {
        if (type == Hostile.class) {
            return new Hostile();
        }
        return type == Selfish.class ? new Selfish() : new Overflowing();
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void hostileThrowable_isTheFailure_inEveryRole(Class<? extends RuntimeException> type) throws Exception {
        var reported = new AtomicInteger();
        try (var log = new RecordedLog();
                var jobs = Scheduler.open(options().withFailureHandler((job, failure) -> reported.incrementAndGet()))) {
            Callable<Integer> body = () -> {
                throw make(type);
            };
            var alone = jobs.spawn("alone", body);
            assertThat(((Outcome.Failed<?>) Within.outcome(alone)).failure()).isInstanceOf(type);
            Within.isTrue(() -> reported.get() == 1);
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scope.spawn("child", body);
                scope.spawn("child", body);
                throw make(type);
            });
            assertThat(failure(branch)).isInstanceOf(type);
            Job<Integer> supervised = jobs.spawn(JobOptions.named("supervised").withSupervision(), scope -> {
                assertThat(scope.spawn("child", body).await()).isInstanceOf(Outcome.Failed.class);
                return 3;
            });
            assertThat(Within.outcome(supervised)).isEqualTo(new Outcome.Succeeded<>(3));
            var cancelled = jobs.spawn("cancelled", () -> {
                try {
                    new Door().pass();
                } catch (InterruptedException e) {
                    throw make(type);
                }
            });
            Within.isParked(cancelled);
            cancelled.cancel();
            assertThat(Within.outcome(cancelled)).isInstanceOf(Outcome.Cancelled.class);
            Within.isTrue(() -> reported.get() >= 2);
            Within.hasAllPlaces(jobs, 1);
            assertThat(log.records()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void hostileThrowable_ofAHandlerOrHook_orForTheDefaultHandler_isLoggedOnce(Class<? extends RuntimeException> type)
            throws Exception {
        try (var log = new RecordedLog()) {
            var throwing = options()
                    .withFailureHandler((job, failure) -> {
                        throw make(type);
                    })
                    .withObserver(new Hooks().onEnded((job, outcome) -> {
                        throw make(type);
                    }));
            for (var options : List.of(options(), throwing)) {
                try (var jobs = Scheduler.open(options)) {
                    var job = jobs.spawn("fails", () -> {
                        throw make(type);
                    });
                    assertThat(Within.outcome(job)).isInstanceOf(Outcome.Failed.class);
                    Within.hasAllPlaces(jobs, 1);
                }
            }
            assertThat(log.records()).hasSizeBetween(1, 4);
        }
    }

    /// Logging that throws, in the middle of whatever is logged.
    @EachThreadKind
    void loggerThatThrows_changesNothing() throws Exception {
        var logger = Logger.getLogger("io.jobtree.scheduler");
        var published = new AtomicInteger();
        var throwing = new Handler() {
            @Override
            public void publish(LogRecord record) {
                published.incrementAndGet();
                throw new LinkageError("the log is broken");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        var hold = new Door();
        logger.addHandler(throwing);
        try {
            var jobs = Scheduler.open(
                    options().withCloseTimeout(Duration.ofMillis(100)).withObserver(new Hooks().onStopped(job -> {
                                throw refusal();
                            })));
            var job = jobs.spawn("fails", () -> {
                throw refusal();
            });
            assertThat(Within.outcome(job)).isInstanceOf(Outcome.Failed.class);
            Within.hasAllPlaces(jobs, 1);
            var running = new Door();
            var stubborn = jobs.spawn("stubborn", () -> {
                running.open();
                hold.passIgnoringInterrupts();
            });
            running.pass();
            assertThat(Within.call(() -> jobs.close(Duration.ZERO))).containsExactly(stubborn);
            hold.open();
            assertThat(Within.outcome(stubborn)).isInstanceOf(Outcome.Cancelled.class);
            assertThat(published.get()).isPositive();
        } finally {
            logger.removeHandler(throwing);
            hold.open();
        }
    }

    /// A handler without a working hashCode, for a failure of which two are equal.
    @Test
    void handlerAndBodies_withoutWorkingEquality_areCalledAllTheSame() throws Exception {
        List<Throwable> reported = new CopyOnWriteArrayList<>();
        final class Body implements Callable<Integer>, FailureHandler {
            @Override
            public Integer call() {
                throw new Hostile();
            }

            @Override
            public void onFailure(Job<?> job, Throwable failure) {
                reported.add(failure);
                throw new Hostile();
            }

            @Override
            public int hashCode() {
                throw refusal();
            }

            @Override
            public boolean equals(@Nullable Object other) {
                throw refusal();
            }

            @Override
            public String toString() {
                throw refusal();
            }
        }
        try (var log = new RecordedLog();
                var jobs = Scheduler.open(options().withFailureHandler(new Body()))) {
            for (var i = 0; i < 10; i++) {
                assertThat(Within.outcome(jobs.spawn("job", new Body()))).isInstanceOf(Outcome.Failed.class);
            }
            Within.isTrue(() -> reported.size() == 10);
            Within.hasAllPlaces(jobs, 1);
            Within.isTrue(() -> log.records().size() == 10);
        }
    }

    /// A result that throws from everything is a result.
    @Test
    @SuppressWarnings("ReferenceEquality") // the very object
    void valueThatThrowsFromEveryMethod_isTheValue() throws Exception {
        final class Value {
            @Override
            public int hashCode() {
                throw refusal();
            }

            @Override
            public boolean equals(@Nullable Object other) {
                throw refusal();
            }

            @Override
            public String toString() {
                throw refusal();
            }
        }
        var value = new Value();
        try (var jobs = Scheduler.open(options().withObserver(new Hooks()))) {
            var job = jobs.spawn("job", () -> value);
            var future = job.toCompletableFuture();
            Within.isTrue(job::isDone);
            assertThat(job.join() == value).isTrue();
            assertThat(future.get() == value).isTrue();
            assertThat(job.toString()).contains("test/job");
        }
    }
}
