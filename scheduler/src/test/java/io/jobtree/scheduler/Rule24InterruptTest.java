package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.engine.EngineView;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `Thread.interrupt` closes the channel that the thread is blocked in, and so runs what a user wrote.
@Timeout(30)
@DisplayName("R24: Thread.interrupt is user code too: what it throws is logged once and changes nothing")
final class Rule24InterruptTest {
    private final Door hold = new Door();
    private final RecordedFailures failures = new RecordedFailures();

    @AfterEach
    void letGo() {
        hold.open();
    }

    /// A channel, and what its close does.
    private static class Channel extends AbstractInterruptibleChannel {
        private final Runnable closing;

        Channel(Runnable closing) {
            this.closing = closing;
        }

        @Override
        protected void implCloseChannel() {
            closing.run();
        }

        /// Waits as a read would, until it is let or interrupted.
        void read(Door running, Door until) {
            begin();
            try {
                running.open();
                until.pass();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } finally {
                finish();
            }
        }

        private void finish() {
            try {
                end(true);
            } catch (AsynchronousCloseException expected) {
                Thread.interrupted();
            }
        }
    }

    private SchedulerOptions options() {
        return TestOptions.limit(20)
                .withWaitTimeout(Duration.ofSeconds(1))
                .withCloseTimeout(Duration.ofSeconds(1))
                .withFailureHandler(failures);
    }

    /// Who interrupts.
    enum Canceller {
        JOB,
        SCHEDULER,
        CLOSE,
        PARENT,
        SIBLING,
        DEADLINE
    }

    @ParameterizedTest
    @EnumSource
    void interrupt_thatThrows_isLoggedOnce_andChangesNothing(Canceller canceller) throws Exception {
        for (var kind : ThreadKind.values()) {
            for (Throwable broken :
                    List.of(new IllegalStateException("close went wrong"), new AssertionError("very"))) {
                try (var log = new RecordedLog()) {
                    cancelOneThatThrows(canceller, kind, broken, log);
                    assertThat(log.about(broken)).hasSize(1);
                }
            }
        }
    }

    private void cancelOneThatThrows(Canceller canceller, ThreadKind kind, Throwable broken, RecordedLog log)
            throws Exception {
        var jobs = Scheduler.open(options());
        var hold = new Door();
        var running = new Door();
        var neighbours = new ArrayList<Job<?>>();
        var go = new Door();
        var started = new CompletableFuture<Job<?>>();
        Job<Integer> branch = jobs.spawn("branch", scope -> {
            neighbours.add(scope.spawn("before", () -> new Door().pass()));
            var channel = scope.spawn(
                    "channel",
                    () -> new Channel(() -> {
                                throw Outcomes.sneak(broken);
                            })
                            .read(running, hold));
            running.pass();
            neighbours.add(scope.spawn("after", () -> new Door().pass()));
            started.complete(channel);
            go.pass();
            throw new IllegalStateException("on purpose");
        });
        var channel = started.join();
        Within.isParked(channel);
        Within.areParked(neighbours);
        Within.run(kind, () -> {
            switch (canceller) {
                case JOB -> assertThat(channel.cancel()).isTrue();
                case SCHEDULER -> jobs.cancel();
                case CLOSE -> jobs.close(Duration.ZERO);
                case PARENT -> assertThat(branch.cancel()).isTrue();
                case SIBLING -> go.open();
                case DEADLINE -> EngineView.timeOut(channel, Duration.ofMillis(200));
            }
        });
        // Its state says so before it is interrupted.
        Within.isTrue(() -> !log.about(broken).isEmpty());
        // The JDK may not come to wake a thread whose channel threw; then it ends when it is let.
        hold.open();
        go.open();
        var outcome = Within.outcome(channel);
        if (canceller == Canceller.DEADLINE) {
            assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        } else {
            assertThat(outcome).isInstanceOf(Outcome.Cancelled.class);
        }
        Within.outcome(branch);
        for (var neighbour : neighbours) {
            assertThat(Within.outcome(neighbour)).isInstanceOf(Outcome.Cancelled.class);
        }
        if (canceller != Canceller.CLOSE) {
            Within.hasAllPlaces(jobs, 20);
        }
        Within.call(() -> jobs.close(Duration.ZERO));
        assertThat(jobs.jobs()).isEmpty();
    }

    /// The body of a branch job throws, which cancels a child whose interrupt hangs.
    @ParameterizedTest
    @EnumSource
    void interrupt_thatHangs_keepsNoPlace_ofABodyThatIsOver(ThreadKind kind) throws Exception {
        var jobs = Scheduler.open(options().withLimit(1));
        var running = new Door();
        var mayClose = new Door();
        var branch = jobs.spawn("branch", scope -> {
            scope.spawn("channel", () -> new Channel(mayClose::passIgnoringInterrupts).read(running, hold));
            running.pass();
            throw new IllegalStateException("on purpose");
        });
        assertThat(Within.call(kind, () -> jobs.spawn("next", () -> 1).join())).isEqualTo(1);
        assertThat(branch.isDone()).isFalse();
        mayClose.open();
        assertThat(Within.outcome(branch)).isInstanceOf(Outcome.Failed.class);
        Within.call(() -> jobs.close(Duration.ZERO));
    }

    /// Who cancels the future is to complete it, after it has cancelled the job.
    @ParameterizedTest
    @EnumSource
    void interrupt_thatHangs_keepsNoOneLonger_thanTheTimeoutOfGet(ThreadKind kind) throws Exception {
        var jobs = Scheduler.open(options());
        var running = new Door();
        var mayClose = new Door();
        var hangs = new Door();
        var channel = jobs.spawn(
                "channel",
                () -> new Channel(() -> {
                            hangs.open();
                            mayClose.passIgnoringInterrupts();
                        })
                        .read(running, hold));
        running.pass();
        var future = channel.toCompletableFuture();
        var canceller = Actor.start(kind, () -> future.cancel(true));
        hangs.pass();
        var gets = jobs.spawn("gets", () -> future.get(1, TimeUnit.MILLISECONDS));
        assertThat(Within.outcome(gets))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.failure()).isInstanceOf(TimeoutException.class));
        var waits = jobs.spawn("waits", () -> future.get());
        Within.isParked(waits);
        waits.cancel();
        assertThat(Within.outcome(waits)).isInstanceOf(Outcome.Cancelled.class);
        mayClose.open();
        assertThat(Within.call(canceller::result)).isTrue();
        assertThat(future).isCancelled();
        Within.call(() -> jobs.close(Duration.ZERO));
    }

    /// A child fails, which cancels another whose interrupt hangs.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interrupt_thatHangs_keepsNoChildThatFailed_norItsPlace(boolean observed) throws Exception {
        var failing = new CompletableFuture<Job<?>>();
        var options = options();
        var jobs = Scheduler.open(observed ? options.withObserver(new Hooks()) : options);
        var limit = Limit.of("shared", 1);
        var running = new Door();
        var mayClose = new Door();
        var branch = jobs.spawn("branch", scope -> {
            scope.spawn("channel", () -> new Channel(mayClose::passIgnoringInterrupts).read(running, hold));
            running.pass();
            failing.complete(scope.spawn(JobOptions.named("fails").withSharedLimit(limit), () -> {
                throw new IllegalStateException("on purpose");
            }));
            new Door().pass();
        });
        running.pass();
        var next = jobs.spawn(JobOptions.named("next").withSharedLimit(limit), () -> 1);
        assertThat(Within.outcome(next)).isInstanceOf(Outcome.Succeeded.class);
        assertThat(Within.outcome(failing.get())).isInstanceOf(Outcome.Failed.class);
        assertThat(branch.isDone()).isFalse();
        mayClose.open();
        assertThat(Within.outcome(branch)).isInstanceOf(Outcome.Failed.class);
        Within.call(() -> jobs.close(Duration.ZERO));
    }

    /// A spawn is refused before the closer comes to the job.
    @Test
    void interrupt_thatHangs_keepsNoSibling_thatWasStoppedWithIt() throws Exception {
        for (int round = 0; round < 20; round++) {
            var jobs = Scheduler.open(options().withoutLimit());
            var running = new Door();
            var mayClose = new Door();
            var going = new CountDownLatch(10);
            var spawner = new CompletableFuture<Job<?>>();
            jobs.spawn("branch", scope -> {
                scope.spawn("channel", () -> new Channel(mayClose::passIgnoringInterrupts).read(running, hold));
                spawner.complete(scope.spawn("spawner", () -> {
                    while (true) {
                        scope.spawn("child", () -> {});
                        going.countDown();
                    }
                }));
            });
            running.pass();
            going.await();
            var closer = Actor.start(ThreadKind.PLATFORM, () -> jobs.close(Duration.ZERO));
            assertThat(Within.outcome(spawner.get())).isInstanceOf(Outcome.Cancelled.class);
            mayClose.open();
            closer.result();
        }
    }

    /// On the canceller's thread.
    @EachThreadKind
    void interrupt_thatThrows_whereTheLogHangs_letsTheJobEnd() throws Exception {
        var broken = new IllegalStateException("close went wrong");
        var logging = new Door();
        var mayLog = new Door();
        try (var log = new RecordedLog();
                var _ = new HangingLog(broken, logging, mayLog)) {
            var jobs = Scheduler.open(options());
            var running = new Door();
            var channel = jobs.spawn(
                    "channel",
                    () -> new Channel(() -> {
                                throw broken;
                            })
                            .read(running, hold));
            Within.isParked(channel);
            var cancels = Actor.start(ThreadKind.PLATFORM, channel::cancel);
            logging.pass();
            // The JDK may not come to wake a thread whose channel threw.
            hold.open();
            assertThat(Within.outcome(channel)).isInstanceOf(Outcome.Cancelled.class);
            mayLog.open();
            assertThat(cancels.result()).isTrue();
            Within.call(() -> jobs.close(Duration.ZERO));
            assertThat(log.about(broken)).hasSize(1);
        }
    }

    /// A log handler that hangs at one failure.
    private static final class HangingLog extends Handler implements AutoCloseable {
        private final Logger logger = Logger.getLogger("io.jobtree.scheduler");
        private final Throwable awaited;
        private final Door logging;
        private final Door mayLog;

        HangingLog(Throwable awaited, Door logging, Door mayLog) {
            this.awaited = awaited;
            this.logging = logging;
            this.mayLog = mayLog;
            logger.addHandler(this);
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the very object
        public void publish(LogRecord record) {
            if (record.getThrown() == awaited) {
                logging.open();
                mayLog.passIgnoringInterrupts();
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            mayLog.open();
            logger.removeHandler(this);
        }
    }

    /// The interrupt of one job hangs; those of the others come all the same, and close has its bound.
    @Tag("slow")
    @ParameterizedTest
    @EnumSource(names = {"SCHEDULER", "CLOSE", "PARENT"})
    void interrupt_thatHangs_keepsNoOtherJobFromItsOwn(Canceller canceller) throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = Scheduler.open(options());
            var running = new Door();
            var others = new ArrayList<Job<?>>();
            var mayClose = new Door();
            var all = new CompletableFuture<Integer>();
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                others.add(scope.spawn("other", () -> new Door().pass()));
                scope.spawn("channel", () -> new Channel(mayClose::passIgnoringInterrupts).read(running, hold));
                running.pass();
                others.add(scope.spawn("other", () -> new Door().pass()));
                all.complete(1);
                return 1;
            });
            all.join();
            Within.areParked(others);
            var cancels = Actor.start(ThreadKind.PLATFORM, () -> {
                switch (canceller) {
                    case SCHEDULER -> jobs.cancel();
                    case PARENT -> branch.cancel();
                    default -> jobs.close(Duration.ZERO);
                }
                return 1;
            });
            for (var other : others) {
                assertThat(Within.outcome(other)).isInstanceOf(Outcome.Cancelled.class);
            }
            if (canceller == Canceller.CLOSE) {
                Within.isTrue(cancels::isOver);
            }
            mayClose.open();
            hold.open();
            Within.outcome(branch);
            cancels.result();
            Within.call(() -> jobs.close(Duration.ZERO));
            assertThat(log.records()).isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SCHEDULER", "CLOSE", "PARENT"})
    void interrupt_thatHangs_keepsNoObserverFromHearing(Canceller canceller) throws Exception {
        var heard = new CountDownLatch(2);
        JobObserver observer = job -> new JobObservation() {
            @Override
            public void cancelling(CancelReason reason, Optional<Job<?>> origin) {
                heard.countDown();
            }
        };
        var mayClose = new Door();
        var jobs = Scheduler.open(options().withObserver(observer));
        var running = new Door();
        var branch = jobs.spawn("branch", scope -> {
            scope.spawn("channel", () -> new Channel(mayClose::passIgnoringInterrupts).read(running, hold));
            hold.passIgnoringInterrupts();
        });
        running.pass();
        var cancels = Actor.start(ThreadKind.PLATFORM, () -> {
            switch (canceller) {
                case SCHEDULER -> jobs.cancel();
                case PARENT -> branch.cancel();
                default -> jobs.close(Duration.ofMillis(1));
            }
            return 1;
        });
        assertThat(heard.await(20, TimeUnit.SECONDS)).isTrue();
        mayClose.open();
        hold.open();
        cancels.result();
        Within.call(() -> jobs.close(Duration.ZERO));
    }
}
