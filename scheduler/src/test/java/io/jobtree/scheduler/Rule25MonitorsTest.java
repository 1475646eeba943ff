package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(40)
@DisplayName("R25: no lock is ever taken on an object that a user can hold")
final class Rule25MonitorsTest {
    private final Door hold = new Door();
    private final Limit limit = Limit.of("shared", 2);
    private final RecordedFailures failures = new RecordedFailures();
    private final JobObserver observer = new Hooks();
    private final List<JobObservation> observations = new CopyOnWriteArrayList<>();

    @AfterEach
    void letGo() {
        hold.open();
    }

    private SchedulerOptions options() {
        return TestOptions.limit(2)
                .withWaitTimeout(Duration.ofSeconds(1))
                .withCloseTimeout(Duration.ofSeconds(2))
                .withFailureHandler(failures)
                .withObserver(observer)
                .withObserver(job -> {
                    var observation = new JobObservation() {};
                    observations.add(observation);
                    return observation;
                });
    }

    /// Also what a cancelled job throws besides is looked at: whether it says that this was because of the interrupt.
    @Test
    void exceptionThatHangs_keepsNoPlace() throws Exception {
        var hangs = new IllegalStateException("on purpose") {
            @Override
            public synchronized @Nullable Throwable getCause() {
                hold.passIgnoringInterrupts();
                return null;
            }
        };
        try (var jobs = Scheduler.open(TestOptions.limit(1).withFailureHandler(failures))) {
            var thrower = jobs.spawn("thrower", () -> {
                try {
                    Thread.sleep(Duration.ofHours(1));
                } catch (InterruptedException cancelled) {
                    throw hangs;
                }
            });
            Within.isParked(thrower);
            var next = jobs.spawn("next", () -> 1);
            thrower.cancel();
            assertThat(Within.outcome(next)).isEqualTo(new Outcome.Succeeded<>(1));
            assertThat(thrower.isDone()).isFalse();
            hold.open();
            assertThat(Within.outcome(thrower)).isInstanceOf(Outcome.Cancelled.class);
        }
    }

    /// Objects that a user has in hand.
    enum Mine {
        SCHEDULER,
        SCHEDULER_OPTIONS,
        SCOPE,
        RUNNING_JOB,
        PENDING_JOB,
        BRANCH_JOB,
        DONE_JOB,
        LIMIT,
        JOB_OPTIONS,
        OBSERVER,
        OBSERVATION,
        HANDLER,
        BODY,
        FUTURE,
        OUTCOME,
        FAILURE,
        TREE,
        JOB_LIST,
        THREAD
    }

    /// Some jobs, and everything about them that a user can lock.
    private final class World {
        final Door hold = new Door();
        final SchedulerOptions schedulerOptions = options();
        final Scheduler jobs = Scheduler.open(schedulerOptions);
        final JobOptions jobOptions = JobOptions.named("limited").withSharedLimit(limit);
        final IllegalStateException failure = new IllegalStateException("on purpose");
        final Callable<Integer> body = () -> 1;
        final CompletableFuture<JobScope> scope = new CompletableFuture<>();
        final Job<Integer> branch;
        final Job<?> running;
        final Job<?> pending;
        final Job<?> done;
        final Thread thread;

        World() throws Exception {
            done = jobs.spawn("done", () -> {
                throw failure;
            });
            Within.outcome(done);
            branch = jobs.spawn(JobOptions.named("branch").withSupervision(), inner -> {
                scope.complete(inner);
                hold.passIgnoringInterrupts();
                return 1;
            });
            scope.join();
            var started = new Door();
            running = jobs.spawn(jobOptions, () -> {
                started.open();
                hold.pass();
            });
            started.pass();
            thread = running.thread().orElseThrow();
            pending = jobs.spawn(JobOptions.named("pending").withSharedLimit(limit), () -> 1);
        }

        Object of(Mine mine) {
            return switch (mine) {
                case SCHEDULER -> jobs;
                case SCHEDULER_OPTIONS -> schedulerOptions;
                case SCOPE -> scope.join();
                case RUNNING_JOB -> running;
                case PENDING_JOB -> pending;
                case BRANCH_JOB -> branch;
                case DONE_JOB -> done;
                case LIMIT -> limit;
                case JOB_OPTIONS -> jobOptions;
                case OBSERVER -> observer;
                case OBSERVATION -> observations.getFirst();
                case HANDLER -> failures;
                case BODY -> body;
                case FUTURE -> running.toCompletableFuture();
                case OUTCOME -> done.outcome().orElseThrow();
                case FAILURE -> failure;
                case TREE -> jobs.tree();
                case JOB_LIST -> jobs.jobs();
                case THREAD -> thread;
            };
        }
    }

    private static final class Held {
        private final CountDownLatch release = new CountDownLatch(1);
        private final Thread holder;

        Held(Object mine) throws InterruptedException {
            var held = new CountDownLatch(1);
            holder = ThreadKind.PLATFORM.unstarted("holder", () -> {
                synchronized (mine) {
                    held.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            });
            holder.start();
            held.await();
        }

        void release() throws InterruptedException {
            release.countDown();
            holder.join();
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void everyCall_whileAUserHoldsTheMonitor_comesBack(Mine mine) throws Exception {
        for (var kind : ThreadKind.values()) {
            var world = new World();
            var held = new Held(world.of(mine));
            try {
                assertCallsComeBack(world, kind);
            } finally {
                held.release();
            }
            world.hold.open();
            Within.outcome(world.branch);
            assertThat(Within.call(() -> world.jobs.close(Duration.ZERO))).isEmpty();
        }
    }

    private void assertCallsComeBack(World world, ThreadKind kind) throws Exception {
        var jobs = world.jobs;
        var scope = world.scope.join();
        var child = Within.call(kind, () -> scope.spawn("child", () -> 2));
        assertThat(Within.outcome(child)).isEqualTo(new Outcome.Succeeded<>(2));
        var failing = Within.call(
                kind,
                () -> scope.spawn("fails", () -> {
                    throw new IllegalStateException("on purpose");
                }));
        Within.outcome(failing);
        var timed = Within.call(
                kind,
                () -> scope.spawn(
                        JobOptions.named("timed").withTimeout(Duration.ofMillis(20)), () -> new Door().pass()));
        Within.outcome(timed);
        assertThat(Within.call(kind, () -> jobs.spawn(world.jobOptions, world.body))
                        .isDone())
                .isFalse();
        Within.run(kind, () -> {
            assertThat(jobs.tree().toString()).contains("branch");
            assertThat(jobs.jobs()).contains(world.branch);
            assertThat(jobs.contains(world.running)).isTrue();
            assertThat(jobs.activeCount() + jobs.pendingCount()).isPositive();
            assertThat(limit.taken() + limit.waiting()).isPositive();
            assertThat(world.running.toString() + world.running.path() + world.running.state() + scope)
                    .isNotEmpty();
            assertThat(Scheduler.all()).contains(jobs);
        });
        Within.run(kind, () -> {
            assertThat(world.running.toCompletableFuture()).isNotDone();
            assertThatThrownBy(() -> world.pending.join(TestOptions.SHORT)).isInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> world.done.join()).isInstanceOf(JobFailedException.class);
            assertThat(world.done.await()).isInstanceOf(Outcome.Failed.class);
        });
    }

    @ParameterizedTest
    @EnumSource
    void endings_whileAUserHoldsTheMonitor_come(Mine mine) throws Exception {
        for (var kind : ThreadKind.values()) {
            var world = new World();
            var held = new Held(world.of(mine));
            try {
                Within.run(kind, world.pending::cancel);
                assertThat(Within.outcome(world.pending)).isInstanceOf(Outcome.Cancelled.class);
                // A thread's own monitor is not taken by us; what the JDK does with it is its own affair.
                Within.run(kind, world.running::cancel);
                assertThat(Within.outcome(world.running)).isInstanceOf(Outcome.Cancelled.class);
                Within.run(kind, () -> world.scope.join().cancel());
                Within.run(kind, world.branch::cancel);
                world.hold.open();
                assertThat(Within.outcome(world.branch)).isInstanceOf(Outcome.Cancelled.class);
                assertThat(Within.call(kind, () -> world.jobs.close(Duration.ZERO)))
                        .isEmpty();
                var next = Within.call(kind, () -> Scheduler.open(world.schedulerOptions));
                assertThat(Within.call(kind, () -> next.spawn("job", () -> 3).join()))
                        .isEqualTo(3);
                Within.run(kind, next::close);
            } finally {
                held.release();
            }
        }
    }

    /// The lock is held by the body itself, round everything that it does.
    @EnumSource(names = {"SCHEDULER", "SCOPE", "BRANCH_JOB", "LIMIT"})
    @ParameterizedTest
    void body_thatLocksWhatItHas_spawnsAndJoins(Mine mine) throws Exception {
        var jobs = Scheduler.open(options());
        Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withChildLimit(2), scope -> {
            Object lock = switch (mine) {
                case SCHEDULER -> jobs;
                case SCOPE -> scope;
                case LIMIT -> limit;
                default -> Job.current().orElseThrow();
            };
            synchronized (lock) {
                var options = JobOptions.named("child").withSharedLimit(limit);
                return scope.spawn(options, () -> scope.spawn(options, () -> 1).join())
                        .join();
            }
        });
        assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>(1));
        assertThat(Within.call(() -> jobs.close(Duration.ZERO))).isEmpty();
    }

    /// A user who waits for a notification of its own on a job, as with any object.
    @Test
    void notify_onAJobOrScope_isTheUsersOwn() throws Exception {
        var jobs = Scheduler.open(options());
        var job = jobs.spawn("job", hold::pass);
        var notified = new CompletableFuture<Boolean>();
        var waiting = new CountDownLatch(1);
        var waiter = Actor.start(ThreadKind.PLATFORM, () -> {
            synchronized (job) {
                waiting.countDown();
                job.wait(30_000);
                notified.complete(true);
            }
            return 1;
        });
        waiting.await();
        synchronized (job) {
            assertThat(notified).isNotDone();
        }
        hold.open();
        Within.outcome(job);
        jobs.close();
        assertThat(notified).as("nobody but the user notifies").isNotDone();
        synchronized (job) {
            job.notifyAll();
        }
        waiter.result();
    }

    /// `getSuppressed` and `addSuppressed` are synchronized: who writes an exception to a slow stream holds it.
    @Test
    void laterFailure_whileAUserHoldsTheFirst_goesToTheHandler_andNobodyElseWaits() throws Exception {
        var first = new IllegalStateException("first");
        var later = new IllegalArgumentException("later");
        var held = new Held(first);
        try (var jobs = Scheduler.open(options())) {
            var branch = Rule05SuppressionTest.branch(jobs, first, List.of(later));
            // No assertion on the first itself: its text needs what is held.
            assertThat(new Outcome.Failed<Integer>(first).equals(Within.outcome(branch)))
                    .isTrue();
            assertThat(failures.await(2))
                    .filteredOn(report -> later.equals(report.failure()))
                    .hasSize(1);
            var other = new IllegalStateException("first of another");
            Within.outcome(Rule05SuppressionTest.branch(
                    jobs, other, List.of(new IllegalArgumentException("later of another"))));
            assertThat(other).hasSuppressedException(new IllegalArgumentException("later of another"));
        } finally {
            held.release();
        }
        assertThat(first.getSuppressed()).as("told once").isEmpty();
    }
}
