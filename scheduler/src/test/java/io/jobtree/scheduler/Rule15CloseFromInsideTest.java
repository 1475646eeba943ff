package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
@DisplayName("R15: from a handler or a hook, close begins, and does not wait for the job that it stands in")
final class Rule15CloseFromInsideTest {
    private final Door hold = new Door();
    private final Door go = new Door();

    /// What `close` returned, or threw.
    private final CompletableFuture<Object> closed = new CompletableFuture<>();

    private final AtomicBoolean begun = new AtomicBoolean();

    @AfterEach
    void letGo() {
        hold.open();
        go.open();
    }

    /// Where close is called.
    enum Where {
        SPAWNED,
        STARTING,
        STOPPED,
        ENDED,
        UNOBSERVED,
        HANDLER
    }

    private void close(Job<?> job) {
        if (job.name().equals("closes") && begun.compareAndSet(false, true)) {
            try {
                closed.complete(job.scheduler().close(TestOptions.LONG));
            } catch (Throwable thrown) {
                closed.complete(thrown);
            }
        }
    }

    private Scheduler open(Where where) {
        var options = TestOptions.limit(2).withCloseTimeout(TestOptions.LONG);
        return Scheduler.open(options.withFailureHandler((job, failure) -> closeIf(where == Where.HANDLER, job))
                .withObserver(job -> {
                    closeIf(where == Where.SPAWNED, job);
                    return new JobObservation() {
                        @Override
                        public void starting() {
                            closeIf(where == Where.STARTING, job);
                        }

                        @Override
                        public void stopped() {
                            closeIf(where == Where.STOPPED, job);
                        }

                        @Override
                        public void ended(Outcome<?> outcome) {
                            closeIf(where == Where.ENDED, job);
                        }

                        @Override
                        public void unobserved(Throwable failure) {
                            closeIf(where == Where.UNOBSERVED, job);
                        }
                    };
                }));
    }

    private void closeIf(boolean here, Job<?> job) {
        if (here) {
            close(job);
        }
    }

    private static Object fail() {
        throw new IllegalStateException("on purpose");
    }

    /// Spawns the job; it may be refused if its scheduler is closed meanwhile.
    private static @Nullable Job<?> spawn(JobScope scope) throws Exception {
        return Within.call(() -> {
            try {
                return scope.spawn("closes", Rule15CloseFromInsideTest::fail);
            } catch (RejectedExecutionException refused) {
                return null;
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void close_fromAHookOrHandler_closes(Where where) throws Exception {
        var jobs = open(where);
        var job = spawn(jobs);
        Within.isTrue(closed::isDone);
        assertThat(closed.join()).isInstanceOf(List.class);
        assertThat(jobs.isClosed()).isTrue();
        if (job != null) {
            Within.outcome(job);
        }
        assertThatThrownBy(() -> jobs.spawn("late", () -> 1)).isInstanceOf(RejectedExecutionException.class);
        assertThat(Within.call(() -> jobs.close(TestOptions.LONG))).isEmpty();
        Within.isTrue(() -> !Scheduler.all().contains(jobs));
        assertThat(jobs.jobs()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTING", "STOPPED", "ENDED", "UNOBSERVED", "HANDLER"})
    void close_fromAHookOrHandlerOfAChild_closes(Where where) throws Exception {
        var jobs = open(where);
        var child = new CompletableFuture<@Nullable Job<?>>();
        Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withSupervision(), scope -> {
            child.complete(spawn(scope));
            return 1;
        });
        Within.isTrue(closed::isDone);
        assertThat(closed.join()).isInstanceOf(List.class);
        Within.outcome(branch);
        assertThat(jobs.isClosed()).isTrue();
        assertThat(Within.call(() -> jobs.close(TestOptions.LONG))).isEmpty();
        assertThat(jobs.jobs()).isEmpty();
    }

    /// While another thread closes already, a hook's close must not wait for that one: it waits for this job.
    @ParameterizedTest
    @EnumSource(names = {"STARTING", "STOPPED", "ENDED", "UNOBSERVED", "HANDLER"})
    void close_fromAHookOrHandler_besideAnotherCloser_closes(Where where) throws Exception {
        var jobs = open(where);
        jobs.spawn("holder", hold::pass);
        var running = new Door();
        var job = jobs.spawn("closes", () -> {
            running.open();
            go.pass();
            return fail();
        });
        if (where != Where.STARTING) {
            running.pass();
        }
        var closer = Actor.start(() -> jobs.close(TestOptions.LONG));
        Within.isTrue(jobs::isClosed);
        hold.open();
        go.open();
        assertThat(closer.result()).isEmpty();
        Within.outcome(job);
        Within.isTrue(closed::isDone);
        assertThat(closed.join()).isInstanceOf(List.class);
        assertThat(jobs.jobs()).isEmpty();
    }

    /// What other jobs do is waited for, as `close` always does.
    @ParameterizedTest
    @EnumSource(names = {"STOPPED", "ENDED", "UNOBSERVED", "HANDLER"})
    void close_fromAHookOrHandler_letsOtherJobsEnd(Where where) throws Exception {
        var jobs = open(where);
        var other = jobs.spawn("other", () -> {
            hold.pass();
            return 7;
        });
        var job = spawn(jobs);
        Within.isTrue(jobs::isClosed);
        assertThat(other.isDone()).isFalse();
        hold.open();
        assertThat(Within.outcome(other)).isEqualTo(new Outcome.Succeeded<>(7));
        if (job != null) {
            Within.outcome(job);
        }
        Within.isTrue(closed::isDone);
        assertThat(Within.call(() -> jobs.close(TestOptions.LONG))).isEmpty();
    }

    @EachThreadKind
    void close_fromSchedulerOpened_closes() throws Exception {
        var jobs = Within.call(() -> Scheduler.open(TestOptions.limit(1).withObserver(new JobObserver() {
            @Override
            public void schedulerOpened(Scheduler scheduler) {
                scheduler.close();
            }

            @Override
            public JobObservation spawned(Job<?> job) {
                return JobObservation.NONE;
            }
        })));
        assertThat(jobs.isClosed()).isTrue();
        assertThatThrownBy(() -> jobs.spawn("late", () -> 1)).isInstanceOf(RejectedExecutionException.class);
        assertThat(Scheduler.all()).doesNotContain(jobs);
    }

    @EachThreadKind
    void close_fromSchedulerClosed_isOneMoreClose() throws Exception {
        var again = new CompletableFuture<Object>();
        var jobs = Scheduler.open(TestOptions.limit(1)
                .withCloseTimeout(Duration.ofSeconds(1))
                .withObserver(new JobObserver() {
                    @Override
                    public void schedulerClosed(Scheduler scheduler) {
                        again.complete(scheduler.close(Duration.ZERO));
                    }

                    @Override
                    public JobObservation spawned(Job<?> job) {
                        return JobObservation.NONE;
                    }
                }));
        jobs.spawn("job", () -> 1);
        assertThat(Within.call(() -> jobs.close(TestOptions.LONG))).isEmpty();
        Within.isTrue(again::isDone);
    }

    /// A body is no hook: there it is an error, at once.
    @EachThreadKind
    void close_fromABody_ofAShieldToo_throws() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1));
                AutoCloseable _ = this::letGo) {
            var job = jobs.spawn("job", () -> {
                assertThatThrownBy(() -> jobs.close(Duration.ZERO)).isInstanceOf(IllegalStateException.class);
                return jobs.shield("shielded", () -> {
                    assertThatThrownBy(jobs::close).isInstanceOf(IllegalStateException.class);
                    return "unharmed";
                });
            });
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>("unharmed"));
            assertThat(jobs.isClosed()).isFalse();
        }
    }

    /// A job of one scheduler waits for a job of another that waits for it: cancel ends it, also from a hook.
    @EachThreadKind
    void joinOnItselfByAnotherScheduler_isEndedByCancel() throws Exception {
        try (var here = Scheduler.open(TestOptions.limit(1));
                var there = Scheduler.open(TestOptions.limit(1));
                AutoCloseable _ = this::letGo) {
            var self = new CompletableFuture<Job<?>>();
            var far = new CompletableFuture<Job<?>>();
            Job<Object> job = here.spawn("job", () -> {
                self.complete(Job.current().orElseThrow());
                far.complete(there.spawn("far", () -> self.join().await()));
                return far.join().await();
            });
            Within.isParked(far.join());
            Within.isParked(job);
            assertThat(Within.call(job::cancel)).isTrue();
            assertThat(Within.outcome(job)).isInstanceOf(Outcome.Cancelled.class);
            assertThat(Within.outcome(far.join())).isInstanceOf(Outcome.Succeeded.class);
            Within.hasAllPlaces(here, 1);
            Within.hasAllPlaces(there, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 50})
    void close_inAHandler_hurriesAPatientOne(int waitMillis) throws Exception {
        var jobs = Scheduler.open(TestOptions.limit(2)
                .withCloseTimeout(TestOptions.LONG)
                .withFailureHandler((job, failure) -> job.scheduler().close(Duration.ofMillis(waitMillis))));
        var sleeper = jobs.spawn("sleeper", () -> hold.pass());
        jobs.spawn("closes", () -> {
            go.pass();
            throw new IllegalStateException("on purpose");
        });
        var closer = Thread.startVirtualThread(() -> jobs.close(TestOptions.LONG));
        Within.isTrue(jobs::isClosed);
        go.open();
        assertThat(Within.outcome(sleeper)).isInstanceOf(Outcome.Cancelled.class);
        assertThat(closer.join(Duration.ofSeconds(10))).isTrue();
    }

    /// The job that waits for the shield holds up the close, and so does what it waits for.
    @Test
    void shieldElsewhere_ofAJob_maySpawnWhileTheJobsSchedulerDrains() throws Exception {
        var jobs = Scheduler.open(TestOptions.limit(10));
        try (var others = Scheduler.open(TestOptions.limit(10))) {
            var inside = new Door();
            var go = new Door();
            var job = jobs.spawn(
                    "job",
                    () -> others.shield("shield", () -> {
                        inside.open();
                        go.pass();
                        return jobs.spawn("sibling", () -> 5).join();
                    }));
            inside.pass();
            var closing = Actor.start(ThreadKind.PLATFORM, () -> jobs.close(Duration.ofSeconds(20)));
            Within.isTrue(jobs::isClosed);
            go.open();
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(5));
            assertThat(closing.result()).isEmpty();
        }
    }
}
