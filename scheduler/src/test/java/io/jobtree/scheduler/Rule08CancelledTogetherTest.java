package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.engine.EngineView;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// A pending job is over as soon as it is stopped, and so wakes who waits for it, maybe before that is stopped.
@Timeout(60)
@DisplayName("R8: of jobs that one request stops none fails because another, for which it waits, ended first")
final class Rule08CancelledTogetherTest {
    private static final int ROUNDS = 60;
    private static final int MOST_PENDING = 200;

    private final Limit limit = Limit.of("taken", 1);
    private final Door hold = new Door();
    private final RecordedFailures failures = new RecordedFailures();

    /// What stops the jobs.
    enum Request {
        SCHEDULER(CancelReason.PARENT),
        CLOSE(CancelReason.CLOSED),
        PARENT(CancelReason.PARENT),
        DEADLINE(CancelReason.DEADLINE),
        SIBLING(CancelReason.SIBLING_FAILED);

        final CancelReason reason;

        Request(CancelReason reason) {
            this.reason = reason;
        }
    }

    /// How a job waits for another.
    enum Wait {
        JOIN {
            @Override
            void of(Job<?> job) throws Exception {
                job.join();
            }
        },
        FUTURE {
            @Override
            void of(Job<?> job) throws Exception {
                job.toCompletableFuture().get();
            }
        },
        /// Its failure does not say that it comes from a cancellation.
        AWAIT {
            @Override
            void of(Job<?> job) throws Exception {
                if (job.await() instanceof Outcome.Cancelled<?>) {
                    throw new IllegalStateException("nothing to go on with");
                }
            }
        };

        abstract void of(Job<?> job) throws Exception;
    }

    @AfterEach
    void letGo() {
        hold.open();
    }

    private Scheduler open() {
        return Scheduler.open(TestOptions.unlimited().withFailureHandler(failures));
    }

    private void takeTheLimit(Scheduler jobs) throws Exception {
        var taken = new Door();
        jobs.spawn(JobOptions.named("holder").withSharedLimit(limit), () -> {
            taken.open();
            hold.passIgnoringInterrupts();
        });
        taken.pass();
    }

    /// Waits for the newest of many that are pending: it is the first to be stopped.
    private void waitForPending(JobScope scope, Wait wait, int pending, CountDownLatch ready) throws Exception {
        Job<?> last = null;
        for (int i = 0; i < pending; i++) {
            last = scope.spawn(JobOptions.named("pending").withSharedLimit(limit), () -> {});
        }
        ready.countDown();
        if (last != null) {
            wait.of(last);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SCHEDULER, JOIN",
        "SCHEDULER, FUTURE",
        "SCHEDULER, AWAIT",
        "CLOSE, JOIN",
        "CLOSE, FUTURE",
        "PARENT, JOIN",
        "DEADLINE, JOIN",
        "SIBLING, JOIN"
    })
    void waiterBelowABranch_isCancelled_withWhatItWaitsFor(Request request, Wait wait) throws Exception {
        try (var holders = open()) {
            takeTheLimit(holders);
            for (int round = 0; round < ROUNDS; round++) {
                waiterBelowABranch(request, wait, 1 + round * MOST_PENDING / ROUNDS);
            }
            hold.open();
        }
        assertNotTold(wait);
    }

    private void waiterBelowABranch(Request request, Wait wait, int pending) throws Exception {
        var ready = new CountDownLatch(1);
        var mayFail = new Door();
        var waiter = new CompletableFuture<Job<?>>();
        var jobs = open();
        var branch = jobs.spawn("branch", scope -> {
            scope.spawn("fails", () -> {
                mayFail.pass();
                throw new IllegalStateException("on purpose");
            });
            waiter.complete(scope.spawn("waiter", () -> waitForPending(scope, wait, pending, ready)));
            new Door().pass();
        });
        ready.await();
        switch (request) {
            case SCHEDULER -> jobs.cancel();
            case CLOSE -> jobs.close(Duration.ZERO);
            case PARENT -> branch.cancel();
            case SIBLING -> mayFail.open();
            case DEADLINE -> EngineView.timeOut(branch, Duration.ofMillis(20));
        }
        assertThat(Within.outcome(waiter.join()))
                .isInstanceOfSatisfying(
                        Outcome.Cancelled.class,
                        cancelled -> assertThat(cancelled.reason()).isEqualTo(request.reason));
        if (request == Request.SIBLING) {
            assertThatThrownBy(branch::join).hasMessageNotContaining("later");
        }
        jobs.close();
    }

    /// Two levels below the one that fails, and so not its sibling.
    @Test
    void waiterBelowASibling_isCancelledWithItsParent() throws Exception {
        try (var jobs = open()) {
            takeTheLimit(jobs);
            for (int round = 0; round < ROUNDS; round++) {
                int pending = 1 + round * MOST_PENDING / ROUNDS;
                var waiter = new CompletableFuture<Job<?>>();
                var ready = new CountDownLatch(1);
                var branch = jobs.spawn("branch", scope -> {
                    scope.spawn(
                            "sibling",
                            inner -> waiter.complete(
                                    inner.spawn("waiter", () -> waitForPending(scope, Wait.JOIN, pending, ready))));
                    scope.spawn("fails", () -> {
                        ready.await();
                        throw new IllegalStateException("on purpose");
                    });
                    new Door().pass();
                });
                assertThat(Within.outcome(branch)).isInstanceOf(Outcome.Failed.class);
                assertThat(Within.outcome(waiter.join()))
                        .isInstanceOfSatisfying(
                                Outcome.Cancelled.class,
                                cancelled -> assertThat(cancelled.reason()).isEqualTo(CancelReason.PARENT));
            }
            hold.open();
        }
    }

    @ParameterizedTest
    @EnumSource
    void waiterInAScopeThatIsCancelled_isCancelled_andItsBranchGoesOn(Wait wait) throws Exception {
        try (var jobs = open()) {
            takeTheLimit(jobs);
            for (int round = 0; round < ROUNDS; round++) {
                int pending = 1 + round * MOST_PENDING / ROUNDS;
                Job<Outcome<?>> branch = jobs.spawn("branch", scope -> {
                    var ready = new CountDownLatch(1);
                    var waiter = scope.spawn("waiter", () -> waitForPending(scope, wait, pending, ready));
                    ready.await();
                    scope.cancel();
                    return waiter.await();
                });
                assertThat(branch.join())
                        .isInstanceOfSatisfying(
                                Outcome.Cancelled.class,
                                cancelled -> assertThat(cancelled.reason()).isEqualTo(CancelReason.REQUESTED));
            }
            hold.open();
        }
        assertNotTold(wait);
    }

    /// The body is over, and each page spawns the next: what ends them is that a spawn is refused.
    @ParameterizedTest
    @EnumSource(names = {"SCHEDULER", "CLOSE", "PARENT"})
    void completingBranch_neverSucceeds_overChildrenThatAreCutShort(Request request) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            var jobs = open();
            var going = new CountDownLatch(100);
            var branch = jobs.spawn("crawl", scope -> {
                visit(scope, going);
            });
            going.await();
            switch (request) {
                case SCHEDULER -> jobs.cancel();
                case PARENT -> branch.cancel();
                default -> jobs.close(Duration.ZERO);
            }
            assertThat(Within.outcome(branch)).isInstanceOf(Outcome.Cancelled.class);
            jobs.close();
        }
        assertThat(failures.reports()).isEmpty();
    }

    private static void visit(JobScope scope, CountDownLatch going) {
        going.countDown();
        scope.spawn("page", () -> visit(scope, going));
    }

    /// Its spawn is refused, and an observer knows it already.
    @Test
    void jobThatComesTooLate_endsAsItsScopesJobsDo() throws Exception {
        var mayFail = new Door();
        var ended = new CompletableFuture<Outcome<?>>();
        var hooks = new Hooks()
                .onSpawned(job -> {
                    if (job.name().equals("late")) {
                        mayFail.open();
                        Awaitility.await()
                                .until(() -> job.parent().orElseThrow().state() == JobState.CANCELLING);
                    }
                })
                .onEnded((job, outcome) -> {
                    if (job.name().equals("late")) {
                        ended.complete(outcome);
                    }
                });
        try (var jobs = Scheduler.open(TestOptions.unlimited().withObserver(hooks))) {
            var fails = new CompletableFuture<Job<?>>();
            jobs.spawn("branch", scope -> {
                fails.complete(scope.spawn("fails", () -> {
                    mayFail.pass();
                    throw new IllegalStateException("on purpose");
                }));
                scope.spawn("late", () -> {});
            });
            assertThat(ended.join())
                    .isEqualTo(new Outcome.Cancelled<>(CancelReason.SIBLING_FAILED, Optional.of(fails.join())));
        }
    }

    /// What a cancelled body throws of its own is told all the same.
    private void assertNotTold(Wait wait) {
        if (wait != Wait.AWAIT) {
            assertThat(failures.reports())
                    .noneMatch(report -> report.job().name().equals("waiter"));
        }
    }

    /// A job that throws while it is about to be stopped stops what is below it itself. Who cancels comes
    /// meanwhile, and finds it stopped.
    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void whatAJobStopsItself_isInterrupted(ThreadKind kind) throws Exception {
        for (int round = 0; round < 3; round++) {
            var ready = new CountDownLatch(22_000);
            JobAction sleeper = () -> {
                ready.countDown();
                new Door().pass();
            };
            try (var jobs = Scheduler.open(TestOptions.unlimited())) {
                var known = new CompletableFuture<Job<?>>();
                var outer = jobs.spawn("outer", scope -> {
                    scope.spawn("throws", inner -> {
                        for (int i = 0; i < 20_000; i++) {
                            inner.spawn("child", sleeper);
                        }
                        var above = known.get();
                        while (above.state() != JobState.CANCELLING) {
                            Thread.onSpinWait();
                        }
                        throw new IllegalStateException("on purpose");
                    });
                    for (int i = 0; i < 2_000; i++) {
                        scope.spawn("sibling", sleeper);
                    }
                    new Door().pass();
                });
                known.complete(outer);
                ready.await();
                Within.run(kind, outer::cancel);
                assertThat(Within.outcome(outer)).isInstanceOf(Outcome.Cancelled.class);
            }
        }
    }
}
