package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("FutureReturnValueIgnored") // dependants are the users' own
@Timeout(30)
@DisplayName("R24: a hook or a handler may wait, throw, overflow the stack, spawn, cancel, close")
final class Rule24HostileHooksTest {
    /// Where user code runs.
    enum Where {
        SPAWNED,
        STARTING,
        CANCELLING,
        STOPPED,
        ENDED,
        UNOBSERVED,
        MAKE_CURRENT,
        HANDLER,
        DEPENDANT
    }

    /// What it does there.
    enum Deed {
        WAIT,
        THROW,
        THROW_ERROR,
        OVERFLOW,
        INTERRUPT_ITSELF,
        SPAWN,
        SPAWN_AND_JOIN,
        SHIELD,
        CANCEL_ITS_JOB,
        CANCEL_THE_SCHEDULER,
        CLOSE,
        LOOK_AT_ALL,
        SPAWN_FROM_ANOTHER_THREAD,
        CANCEL_FROM_ANOTHER_THREAD,
        LOOK_FROM_ANOTHER_THREAD
    }

    private final AtomicInteger acted = new AtomicInteger();
    private final AtomicInteger through = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger spawned = new AtomicInteger();
    private final ConcurrentLinkedQueue<Job<?>> more = new ConcurrentLinkedQueue<>();

    /// Whether `spawned` may wait for a job that is spawned after its own is not said anywhere.
    static Stream<Arguments> all() {
        return Stream.of(Where.values())
                .flatMap(where -> Stream.of(Deed.values())
                        .filter(deed -> where != Where.SPAWNED || deed != Deed.SPAWN_AND_JOIN)
                        .map(deed -> Arguments.of(where, deed)));
    }

    private void act(Job<?> job, Deed deed) {
        if (!job.name().equals("attacked")) {
            return;
        }
        acted.incrementAndGet();
        var jobs = job.scheduler();
        try {
            switch (deed) {
                case WAIT -> assertThat(new Door().staysShut()).isTrue();
                case THROW -> throw new IllegalStateException("a hook's own");
                case THROW_ERROR -> throw new LinkageError("a hook's own");
                case OVERFLOW -> overflow(0);
                case INTERRUPT_ITSELF -> Thread.currentThread().interrupt();
                case SPAWN -> more.add(jobs.spawn("more", () -> 1));
                case SPAWN_AND_JOIN -> jobs.spawn("more", () -> 1).await();
                case SHIELD -> jobs.shield("more", () -> 1);
                case CANCEL_ITS_JOB -> job.cancel();
                case CANCEL_THE_SCHEDULER -> jobs.cancel();
                case CLOSE -> jobs.close(Duration.ZERO);
                case LOOK_AT_ALL -> look(job);
                case SPAWN_FROM_ANOTHER_THREAD ->
                    Within.run(ThreadKind.VIRTUAL, () -> more.add(jobs.spawn("more", () -> 1)));
                case CANCEL_FROM_ANOTHER_THREAD ->
                    Within.run(ThreadKind.VIRTUAL, () -> {
                        job.cancel();
                        jobs.cancel();
                    });
                case LOOK_FROM_ANOTHER_THREAD -> Within.run(ThreadKind.VIRTUAL, () -> look(job));
            }
        } catch (RejectedExecutionException | JobFailedException | JobCancelledException allowed) {
            // Its scheduler may be closed, and what it spawned cancelled.
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Exception thrown) {
            throw new AssertionError(thrown);
        } finally {
            through.incrementAndGet();
        }
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }

    private static void look(Job<?> job) {
        var jobs = job.scheduler();
        assertThat(jobs.tree().toString()).isNotEmpty();
        assertThat(job.tree().toString()).isNotEmpty();
        assertThat(jobs.jobs()).doesNotContainNull();
        assertThat(jobs.activeCount() + jobs.pendingCount()).isNotNegative();
        assertThat(job.state()).isNotNull();
        assertThat(job.children()).isEmpty();
        assertThat(job.toString() + job.path() + job.outcome() + job.thread()).isNotEmpty();
    }

    private Scheduler open(Where where, Deed deed) {
        var options = TestOptions.limit(1)
                .withWaitTimeout(Duration.ofSeconds(2))
                .withCloseTimeout(Duration.ofSeconds(2))
                .withFailureHandler((job, failure) -> actIf(where == Where.HANDLER, job, deed));
        return Scheduler.open(options.withObserver(job -> {
                    actIf(where == Where.SPAWNED, job, deed);
                    return new JobObservation() {
                        @Override
                        public void starting() {
                            actIf(where == Where.STARTING, job, deed);
                        }

                        @Override
                        public void cancelling(CancelReason reason, Optional<Job<?>> origin) {
                            actIf(where == Where.CANCELLING, job, deed);
                        }

                        @Override
                        public AutoCloseable makeCurrent() {
                            actIf(where == Where.MAKE_CURRENT && acted.get() == 0, job, deed);
                            return () -> {};
                        }

                        @Override
                        public void stopped() {
                            actIf(where == Where.STOPPED, job, deed);
                        }

                        @Override
                        public void ended(Outcome<?> outcome) {
                            actIf(where == Where.ENDED, job, deed);
                        }

                        @Override
                        public void unobserved(Throwable failure) {
                            actIf(where == Where.UNOBSERVED, job, deed);
                        }
                    };
                })
                .withObserver(new Hooks()
                        .onSpawned(job -> spawned.incrementAndGet())
                        .onEnded((job, outcome) -> ended.incrementAndGet())));
    }

    private void actIf(boolean here, Job<?> job, Deed deed) {
        if (here) {
            act(job, deed);
        }
    }

    private Job<?> attack(JobScope scope, Where where, Deed deed) throws Exception {
        var hold = new Door();
        var job = Within.call(() -> scope.spawn("attacked", () -> {
            hold.pass();
            throw new IllegalStateException("on purpose");
        }));
        if (where == Where.DEPENDANT) {
            job.toCompletableFuture().whenComplete((value, thrown) -> act(job, deed));
        }
        if (where == Where.CANCELLING) {
            Within.isParked(job);
            Within.run(job::cancel);
        }
        hold.open();
        return job;
    }

    /// Whatever user code does there: each job ends, each observer hears it once, no place is lost, and close
    /// returns.
    @Tag("slow")
    @ParameterizedTest
    @MethodSource("all")
    void deed_inUserCode_leavesEverythingWhole(Where where, Deed deed) throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = open(where, deed);
            CompletableFuture<Job<?>> attacked = new CompletableFuture<>();
            try {
                attacked.complete(attack(jobs, where, deed));
                Within.outcome(attacked.join());
                Within.isTrue(() -> through.get() == 1 || attacked.join().state() == JobState.CANCELLED);
            } catch (RejectedExecutionException refused) {
                assertThat(where).isEqualTo(Where.SPAWNED);
                assertThat(deed).isEqualTo(Deed.CLOSE);
            }
            Within.isTrue(() -> jobs.jobs().isEmpty());
            if (deed == Deed.CLOSE && acted.get() == 1) {
                Within.isTrue(jobs::isClosed);
            } else {
                Within.hasAllPlaces(jobs, 1);
            }
            assertThat(Within.call(() -> jobs.close(Duration.ofSeconds(1)))).isEmpty();
            for (var job : more) {
                Within.outcome(job);
            }
            assertThat(ended).hasValue(spawned.get());
            assertThat(log.records()).hasSizeLessThan(5);
        }
    }

    @Tag("full")
    @ParameterizedTest
    @MethodSource("all")
    void deed_inUserCodeOfAChild_leavesEverythingWhole(Where where, Deed deed) throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = open(where, deed);
            Job<Integer> branch =
                    jobs.spawn(JobOptions.named("branch").withChildLimit(1).withSupervision(), scope -> {
                        try {
                            var attacked = attack(scope, where, deed);
                            // Who is in `await` has its failure, and no handler hears of that.
                            Job.blocking(() -> Within.outcome(attacked));
                        } catch (RejectedExecutionException refused) {
                            assertThat(deed)
                                    .isIn(Deed.CLOSE, Deed.CANCEL_THE_SCHEDULER, Deed.CANCEL_FROM_ANOTHER_THREAD);
                        }
                        return scope.spawn("next", () -> 1).join();
                    });
            Within.outcome(branch);
            Within.isTrue(() -> through.get() == 1 && jobs.jobs().isEmpty());
            if (!jobs.isClosed() && deed != Deed.CLOSE) {
                Within.hasAllPlaces(jobs, 1);
            }
            assertThat(Within.call(() -> jobs.close(Duration.ofSeconds(1)))).isEmpty();
            Within.isTrue(() -> ended.get() == spawned.get());
            assertThat(log.records()).hasSizeLessThan(5);
        }
    }
}
