package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each body waits in one of the JDK's ways, is cancelled, and lets out whatever that throws.
@Timeout(30)
@DisplayName("R7: what the JDK or Jobtree throws because the body was interrupted is no failure; all else is")
final class Rule07EchoTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final List<Throwable> unobserved = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> resources = new ArrayList<>();

    @AfterEach
    void closeResources() throws Exception {
        for (var one : resources) {
            one.close();
        }
    }

    private SchedulerOptions options() {
        return TestOptions.unlimited().withFailureHandler(failures).withObserver(job -> new JobObservation() {
            @Override
            public void unobserved(Throwable failure) {
                unobserved.add(failure);
            }
        });
    }

    /// What a body throws once it was interrupted, with a name.
    record Thrown(String name, Throwable thrown) {
        @Override
        public String toString() {
            return name;
        }
    }

    /// Waits for the body to be in its wait: it is parked there, or busy writing.
    private static void awaitWaiting(Job<?> job, Door entered) throws InterruptedException {
        entered.pass();
        var stable = 0;
        for (var i = 0; i < 2_000 && stable < 20; i++) {
            var waits = job.thread()
                    .map(Thread::getState)
                    .filter(state -> state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
                    .isPresent();
            stable = waits ? stable + 1 : 0;
            LockSupport.parkNanos(100_000);
        }
    }

    private static JobAction entering(Door entered, JobAction body) {
        return () -> {
            entered.open();
            body.run();
        };
    }

    private void assertNothingReported(RecordedLog log) {
        assertThat(failures.reports()).isEmpty();
        assertThat(unobserved).isEmpty();
        assertThat(log.records()).noneMatch(record -> record.getLevel().intValue() >= Level.INFO.intValue());
    }

    @ParameterizedTest
    @MethodSource("io.jobtree.scheduler.InterruptibleWait#all")
    void wait_thatACancelEnds_isNoFailure(InterruptibleWait wait) throws Exception {
        try (var log = new RecordedLog()) {
            try (var jobs = Scheduler.open(options())) {
                var entered = new Door();
                var job = jobs.spawn("job", entering(entered, wait.body()));
                awaitWaiting(job, entered);
                job.cancel();
                assertThat(Within.outcome(job))
                        .isEqualTo(new Outcome.Cancelled<>(CancelReason.REQUESTED, Optional.empty()));
            }
            assertNothingReported(log);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("io.jobtree.scheduler.InterruptibleWait#all")
    void wait_thatAFailedSiblingOrTheCloseEnds_isNoFailure(InterruptibleWait wait) throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = Scheduler.open(options());
            var failure = new IllegalStateException("on purpose");
            var go = new Door();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var entered = new Door();
                awaitWaiting(scope.spawn("waits", entering(entered, wait.body())), entered);
                go.pass();
                scope.spawn("fails", () -> {
                    throw failure;
                });
                return 1;
            });
            var joiner = Actor.start(branch::await).awaitParked();
            go.open();
            assertThat(joiner.result()).isEqualTo(new Outcome.Failed<>(failure));
            assertThat(failure.getSuppressed()).isEmpty();
            var entered = new Door();
            var job = jobs.spawn("job", entering(entered, wait.body()));
            awaitWaiting(job, entered);
            assertThat(Within.call(() -> jobs.close(Duration.ZERO))).isEmpty();
            assertThat(job.state()).isEqualTo(JobState.CANCELLED);
            assertNothingReported(log);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("io.jobtree.scheduler.InterruptibleWait#others")
    void anyWait_thatTheOwnTimeoutEnds_isOnlyTheTimeout(InterruptibleWait wait) throws Exception {
        wait_thatTheOwnTimeoutEnds_isOnlyTheTimeout(wait);
    }

    @ParameterizedTest
    @MethodSource("io.jobtree.scheduler.InterruptibleWait#some")
    void wait_thatTheOwnTimeoutEnds_isOnlyTheTimeout(InterruptibleWait wait) throws Exception {
        try (var log = new RecordedLog()) {
            try (var jobs = Scheduler.open(options())) {
                var job = jobs.spawn(JobOptions.named("job").withTimeout(Duration.ofMillis(60)), wait.body());
                var failure = ((Outcome.Failed<?>) Within.outcome(job)).failure();
                assertThat(failure).isInstanceOf(JobTimeoutException.class);
                assertThat(failures.await(1)).hasSize(1);
                assertThat(failures.failures()).containsExactly(failure);
                assertThat(failure.getSuppressed()).isEmpty();
            }
            assertThat(failures.reports()).hasSize(1);
            assertThat(log.records()).noneMatch(record -> record.getLevel().intValue() >= Level.INFO.intValue());
        }
    }

    @EachThreadKind
    void spawn_thatWaitedForRoom_andWasCancelled_isNoFailure() throws Exception {
        try (var log = new RecordedLog()) {
            var hold = new Door();
            try (var jobs = Scheduler.open(options());
                    var full = Scheduler.open(TestOptions.limit(1).withPendingLimit(1))) {
                full.spawn("holder", hold::pass);
                full.spawn("pending", () -> {});
                var waits = jobs.spawn("waits", () -> full.spawn("late", () -> {}));
                Within.isParked(waits);
                var wraps = jobs.spawn("wraps", () -> {
                    try {
                        full.spawn("late", () -> {});
                    } catch (RejectedExecutionException e) {
                        throw new IllegalStateException("wrapped", e);
                    }
                });
                Within.isParked(wraps);
                waits.cancel();
                wraps.cancel();
                assertThat(Within.outcome(waits)).isInstanceOf(Outcome.Cancelled.class);
                assertThat(Within.outcome(wraps)).isInstanceOf(Outcome.Cancelled.class);
                hold.open();
            }
            assertNothingReported(log);
        }
    }

    @EachThreadKind
    void waitForAnotherJob_thatACancelEnds_isNoFailure() throws Exception {
        try (var log = new RecordedLog()) {
            var hold = new Door();
            try (var jobs = Scheduler.open(options())) {
                var target = jobs.spawn("target", () -> {
                    hold.pass();
                    return 1;
                });
                var running = new Door();
                var stubborn = jobs.spawn("stubborn", () -> {
                    running.open();
                    hold.passIgnoringInterrupts();
                });
                running.pass();
                List<Job<?>> all = List.of(
                        jobs.spawn("join", () -> target.join()),
                        jobs.spawn("timed join", () -> target.join(TestOptions.LONG)),
                        jobs.spawn("await", () -> target.await()),
                        jobs.spawn("cancelAndJoin", () -> stubborn.cancelAndJoin(TestOptions.LONG)),
                        jobs.spawn("future", () -> {
                            target.toCompletableFuture().get();
                        }),
                        jobs.spawn("shield", () -> jobs.shield("shielded", () -> hold.passIgnoringInterrupts())),
                        jobs.spawn("branch", scope -> {
                            scope.spawn("child", () -> new Door().pass()).join();
                            return 1;
                        }));
                Within.areParked(all);
                all.forEach(Job::cancel);
                for (var job : all) {
                    assertThat(Within.outcome(job)).isInstanceOf(Outcome.Cancelled.class);
                }
                hold.open();
            }
            assertNothingReported(log);
        }
    }

    @EachThreadKind
    void barrier_thatACancelBreaks_isNoFailureOfTheOthersThatAreCancelled() throws Exception {
        try (var log = new RecordedLog()) {
            try (var jobs = Scheduler.open(options())) {
                var barrier = new CyclicBarrier(3);
                var broken = new Door();
                var cancelled = new Door();
                var first = jobs.spawn("first", () -> barrier.await());
                var second = jobs.spawn("second", () -> {
                    try {
                        barrier.await();
                    } catch (BrokenBarrierException e) {
                        broken.open();
                        cancelled.passIgnoringInterrupts();
                        throw e;
                    }
                });
                Within.isTrue(() -> barrier.getNumberWaiting() == 2);
                first.cancel();
                broken.pass();
                second.cancel();
                cancelled.open();
                assertThat(Within.outcome(first)).isInstanceOf(Outcome.Cancelled.class);
                assertThat(Within.outcome(second)).isInstanceOf(Outcome.Cancelled.class);
            }
            assertNothingReported(log);
        }
    }

    /// What two jobs use. The interrupt of one closes it, and does not return before the other is done, which so
    /// throws before it is interrupted itself.
    private static final class Connection {
        private final List<Job<?>> users = new CopyOnWriteArrayList<>();
        private final CountDownLatch used = new CountDownLatch(2);
        private final Door closed = new Door();

        void use(Job<?> user, Exception thrown) throws Exception {
            users.add(user);
            var wait = new Wait();
            boolean isOver = false;
            wait.enter();
            try {
                used.countDown();
                while (!closed.isOpen() && !Thread.currentThread().isInterrupted()) {
                    LockSupport.parkNanos(100_000);
                }
                isOver = !Thread.currentThread().isInterrupted();
            } finally {
                wait.leave(isOver);
            }
            throw thrown;
        }

        private final class Wait extends AbstractInterruptibleChannel {
            void enter() {
                begin();
            }

            void leave(boolean isOver) throws AsynchronousCloseException {
                end(isOver);
            }

            @Override
            protected void implCloseChannel() {
                closed.open();
                while (users.stream().noneMatch(Job::isDone)) {
                    LockSupport.parkNanos(100_000);
                }
            }
        }
    }

    static Stream<Thrown> ofAClosedChannel() {
        return Stream.of(
                new Thrown("ClosedChannelException", new ClosedChannelException()),
                new Thrown("AsynchronousCloseException", new AsynchronousCloseException()),
                new Thrown("SocketException", new SocketException("Socket closed")),
                new Thrown("as a cause", new UncheckedIOException(new ClosedChannelException())));
    }

    @ParameterizedTest
    @MethodSource("ofAClosedChannel")
    void channelThatTheInterruptOfAnotherCloses_isNoFailureOfWhomIsCancelledWithIt(Thrown closed) throws Exception {
        try (var log = new RecordedLog()) {
            try (var jobs = Scheduler.open(options())) {
                var connection = new Connection();
                Job<Integer> branch = jobs.spawn("connection", scope -> {
                    for (var name : List.of("read", "write")) {
                        scope.spawn(
                                name, () -> connection.use(Job.current().orElseThrow(), (Exception) closed.thrown()));
                    }
                    return 1;
                });
                connection.used.await();
                branch.cancel();
                assertThat(Within.outcome(branch)).isInstanceOf(Outcome.Cancelled.class);
            }
            assertNothingReported(log);
        }
    }

    static Stream<Thrown> failuresAfterACancel() {
        var suppressing = new IllegalStateException("primary");
        suppressing.addSuppressed(new InterruptedException("while closing"));
        return Stream.of(
                new Thrown("NullPointerException", new NullPointerException("bug")),
                new Thrown("IllegalStateException", new IllegalStateException("bug")),
                new Thrown("disk full", new IOException("No space left on device")),
                new Thrown("disk full in a file", new FileSystemException("a", null, "No space left on device")),
                new Thrown("unchecked disk full", new UncheckedIOException(new IOException("No space left"))),
                new Thrown("SocketTimeoutException", new SocketTimeoutException("Read timed out")),
                new Thrown("as a cause", new IOException(new SocketTimeoutException("Read timed out"))),
                new Thrown("Error", new AssertionError("broken")),
                new Thrown("full executor", new RejectedExecutionException("Task rejected from executor")),
                new Thrown("InterruptedException suppressed", suppressing),
                new Thrown("OutOfMemoryError", new OutOfMemoryError("not really")),
                new Thrown("connection refused", new ConnectException("Connection refused")));
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("failuresAfterACancel")
    void failure_afterACancel_isReported_andTheJobIsCancelled(Thrown thrown) throws Exception {
        try (var jobs = Scheduler.open(options())) {
            var entered = new Door();
            var job = jobs.spawn("job", () -> {
                entered.open();
                try {
                    new Door().pass();
                } catch (InterruptedException cancelled) {
                    throw Outcomes.sneak(thrown.thrown());
                }
            });
            awaitWaiting(job, entered);
            job.cancel();
            assertThat(Within.outcome(job)).isInstanceOf(Outcome.Cancelled.class);
            var report = failures.await(1).getFirst();
            assertThat(report.job()).isSameAs(job);
            assertThat(report.failure()).isSameAs(thrown.thrown());
        }
        assertThat(failures.reports()).hasSize(1);
        assertThat(unobserved).containsExactly(thrown.thrown());
    }

    /// Nobody cancelled the job: some other code interrupted its thread.
    @Tag("slow")
    @ParameterizedTest
    @MethodSource("io.jobtree.scheduler.InterruptibleWait#others")
    void anyWait_thatAnotherInterruptEnds_isAFailure(InterruptibleWait wait) throws Exception {
        wait_thatAnotherInterruptEnds_isAFailure(wait);
    }

    @ParameterizedTest
    @MethodSource("io.jobtree.scheduler.InterruptibleWait#some")
    void wait_thatAnotherInterruptEnds_isAFailure(InterruptibleWait wait) throws Exception {
        try (var jobs = Scheduler.open(options())) {
            var entered = new Door();
            var job = jobs.spawn("job", entering(entered, wait.body()));
            awaitWaiting(job, entered);
            job.thread().orElseThrow().interrupt();
            assertThat(Within.outcome(job)).isInstanceOf(Outcome.Failed.class);
            failures.await(1);
        }
        assertThat(failures.reports()).hasSize(1);
    }

    static Stream<Thrown> alikeWithoutACancel() {
        return Stream.of(
                new Thrown("SocketException", new SocketException("Closed by interrupt")),
                new Thrown("ClosedByInterruptException", new ClosedByInterruptException()),
                new Thrown("InterruptedIOException", new InterruptedIOException()),
                new Thrown("InterruptedException", new InterruptedException()),
                new Thrown("as a cause", new IllegalStateException(new InterruptedException())));
    }

    @ParameterizedTest
    @MethodSource("alikeWithoutACancel")
    void exceptionOfAnInterrupt_withoutACancel_isAFailure(Thrown thrown) throws Exception {
        try (var jobs = Scheduler.open(options())) {
            var job = jobs.spawn("job", () -> {
                throw Outcomes.sneak(thrown.thrown());
            });
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Failed<>(thrown.thrown()));
            assertThat(failures.await(1).getFirst().failure()).isSameAs(thrown.thrown());
        }
        assertThat(failures.reports()).hasSize(1);
    }
}
