package io.jobtree.scheduler;

import static io.jobtree.scheduler.JobParity.PATIENCE;
import static io.jobtree.scheduler.JobParity.SHORT;
import static io.jobtree.scheduler.JobParity.assertCancelled;
import static io.jobtree.scheduler.SchedulerParity.assertCounts;
import static io.jobtree.scheduler.SchedulerParity.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bugs that aiojobs had or has, and that such a scheduler walks into: each test forces the situation
/// and shows that nothing happens. The numbers t01 to t18 are those of the list of aiojobs' bugs; those
/// about limits are in [LimitTraps].
@Timeout(60)
final class AiojobsTrapsTest implements LimitTraps {
    private static final ScopedValue<String> USER = ScopedValue.newInstance();

    @Test
    void t02_join_onAJobThatFailedLongAgo_throwsItsFailure() throws Exception {
        var failure = new IllegalStateException("broken");
        try (var jobs = open(o -> o.withLimit(1).withFailureHandler(new Heard()))) {
            var failed = jobs.spawn(() -> {
                throw failure;
            });
            jobs.spawn(() -> "next").join();
            assertThatThrownBy(failed::join)
                    .isInstanceOf(JobFailedException.class)
                    .cause()
                    .isSameAs(failure);
            assertThat(failed.cancelAndJoin(PATIENCE)).isTrue();
            assertThatThrownBy(() -> failed.join(SHORT)).isInstanceOf(JobFailedException.class);
        }
    }

    @Test
    void t03_join_onAClosedJob_neverGivesNull() throws Exception {
        var jobs = open(o -> o.withLimit(1));
        var running = jobs.spawn(Held.body());
        var pending = jobs.spawn(Held.body());
        jobs.close();
        assertThatThrownBy(running::join).isInstanceOf(JobCancelledException.class);
        assertThatThrownBy(pending::join).isInstanceOf(JobCancelledException.class);
        assertThat(running.outcome()).containsInstanceOf(Outcome.Cancelled.class);
        assertThat(pending.outcome()).containsInstanceOf(Outcome.Cancelled.class);
    }

    @Test
    void t04_handler_isCalledOnce_whateverIsDoneToTheJobLater() throws Exception {
        var heard = new Heard();
        var jobs = open(o -> o.withFailureHandler(heard));
        var failed = jobs.spawn(() -> {
            throw new IllegalStateException("broken");
        });
        heard.await(1);
        assertThatThrownBy(failed::join).isInstanceOf(JobFailedException.class);
        failed.cancel();
        failed.cancelAndJoin(SHORT);
        failed.await();
        jobs.close(PATIENCE);
        jobs.close();
        assertThat(heard.calls()).hasSize(1);
    }

    @Test
    void t05_gracefulClose_reportsEveryFailure_ofRunningAndPendingJobs() throws Exception {
        var heard = new Heard();
        var jobs = open(o -> o.withLimit(2).withFailureHandler(heard));
        var gate = Held.body();
        jobs.spawn(gate);
        var failing = IntStream.range(0, 20)
                .mapToObj(i -> jobs.spawn("job " + i, () -> {
                    gate.awaitReleased();
                    throw new IllegalStateException("broken " + i);
                }))
                .toList();
        var closer = Caller.platform(() -> jobs.close(PATIENCE)).awaitBlocked();
        gate.release();
        assertThat(closer.result()).isEmpty();
        assertThat(heard.calls()).extracting(Heard.Call::job).containsExactlyInAnyOrderElementsOf(failing);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void t06_interruptedCloser_cancelsAtOnce_waitsForTheCancelled_andKeepsItsFlag(boolean virtual) throws Exception {
        var jobs = open(o -> o.withCloseTimeout(PATIENCE));
        var body = Held.stubborn();
        var job = jobs.spawn(body);
        body.awaitStarted();
        Callable<List<Job<?>>> close = () -> jobs.close(PATIENCE);
        var closer = virtual ? Caller.virtual(close) : Caller.platform(close);
        closer.awaitBlocked().interrupt();
        body.awaitInterrupted();
        assertThat(closer.awaitBlocked().isOver()).isFalse();
        body.release();
        assertThat(closer.result()).isEmpty();
        assertThat(closer.flagKept()).isTrue();
        assertCancelled(job, CancelReason.CLOSED);
    }

    @Test
    void t06_interruptedCancelAndJoin_throws_whileTheJobGoesOn() throws Exception {
        try (var jobs = open(o -> o)) {
            var body = Held.stubborn();
            var job = jobs.spawn(body);
            body.awaitStarted();
            var caller = Caller.platform(() -> job.cancelAndJoin(PATIENCE));
            body.awaitInterrupted();
            caller.awaitBlocked().interrupt();
            assertThat(caller.thrown()).isInstanceOf(InterruptedException.class);
            assertThat(job.isDone()).isFalse();
            body.release();
            assertCancelled(job, CancelReason.REQUESTED);
        }
    }

    @Test
    void t06_interruptOfACanceller_isNeverLost_whenTheJobEndsAtThatMoment() throws Exception {
        try (var jobs = open(o -> o)) {
            for (int i = 0; i < 100; i++) {
                var body = Held.stubborn();
                var job = jobs.spawn(body);
                body.awaitStarted();
                var caller = i % 2 == 0
                        ? Caller.platform(() -> job.cancelAndJoin(PATIENCE))
                        : Caller.virtual(() -> job.cancelAndJoin(PATIENCE));
                body.awaitInterrupted();
                caller.awaitBlocked().interrupt();
                body.release();
                assertThat(wasTold(caller)).isTrue();
                assertCancelled(job, CancelReason.REQUESTED);
            }
        }
    }

    private static boolean wasTold(Caller<?> caller) throws Exception {
        try {
            caller.result();
            return caller.flagKept();
        } catch (ExecutionException e) {
            return e.getCause() instanceof InterruptedException;
        }
    }

    @Test
    void t08_gracefulClose_restsWhileItWaits_afterAShieldHasFinished() throws Exception {
        var jobs = open(o -> o);
        var body = Held.body();
        var job = jobs.spawn(body);
        jobs.shield("commit", () -> "receipt");
        var closer = Caller.platform(() -> jobs.close(PATIENCE)).awaitBlocked();
        long before = closer.cpuNanos();
        assertThatThrownBy(() -> job.join(Duration.ofMillis(200))).isInstanceOf(TimeoutException.class);
        assertThat(closer.cpuNanos() - before).isLessThan(TimeUnit.MILLISECONDS.toNanos(120));
        body.release();
        assertThat(closer.result()).isEmpty();
    }

    @Test
    void t09_anErrorOutOfABody_neverComesOutOfClose() throws Exception {
        var heard = new Heard();
        var failure = new AssertionError("worse than an exception");
        var jobs = open(o -> o.withFailureHandler(heard));
        var body = Held.stubborn(() -> {
            throw failure;
        });
        var neighbour = jobs.spawn(Held.body());
        var job = jobs.spawn(body);
        body.awaitStarted();
        var closer = Caller.platform(() -> jobs.close(Duration.ZERO));
        body.awaitInterrupted();
        body.release();
        assertThat(closer.result()).isEmpty();
        assertThat(heard.calls()).containsExactly(new Heard.Call(job, failure));
        assertCancelled(neighbour, CancelReason.CLOSED);
    }

    @Test
    void t13_aJobThatSwallowsCancellation_neitherHoldsCloseNorGoesUnreported() throws Exception {
        var heard = new Heard();
        var jobs = open(o -> o.withCloseTimeout(SHORT).withFailureHandler(heard));
        var bodies = List.of(Held.stubborn(), Held.stubborn());
        var stubborn = bodies.stream().map(jobs::spawn).toList();
        for (var body : bodies) {
            body.awaitStarted();
        }
        try {
            assertThat(jobs.close(Duration.ZERO)).containsExactlyElementsOf(stubborn);
            assertThat(heard.calls()).extracting(Heard.Call::job).containsExactlyInAnyOrderElementsOf(stubborn);
            assertThat(heard.calls()).extracting(Heard.Call::failure).hasOnlyElementsOfType(StragglerException.class);
        } finally {
            bodies.forEach(Held::release);
        }
        for (var job : stubborn) {
            assertCancelled(job, CancelReason.CLOSED);
        }
    }

    @Test
    void t14_twentyThousandSleepers_areCancelled_andNoneIsReported() throws Exception {
        var heard = new Heard();
        var jobs = open(o -> o.withoutLimit().withFailureHandler(heard).withCloseTimeout(PATIENCE));
        var bodies = Held.several(20_000);
        var sleepers = bodies.stream().map(jobs::spawn).toList();
        for (var body : bodies) {
            body.awaitStarted();
        }
        assertThat(jobs.close(Duration.ZERO)).isEmpty();
        assertThat(heard.calls()).isEmpty();
        assertThat(sleepers).extracting(Job::state).containsOnly(JobState.CANCELLED);
    }

    @Test
    void t15_closeFromInsideAJob_isRefusedAtOnce_andNothingIsClosed() throws Exception {
        try (var jobs = open(o -> o)) {
            Callable<Throwable> close = () -> catchThrowable(jobs::close);
            var fromAJob = jobs.spawn(close).join();
            var fromBelow = jobs.spawn(
                            "page", scope -> scope.spawn("user", close).join())
                    .join();
            var timed = jobs.spawn(() -> catchThrowable(() -> jobs.close(Duration.ZERO)))
                    .join();
            assertThat(List.of(fromAJob, fromBelow, timed)).hasOnlyElementsOfType(IllegalStateException.class);
            assertThat(jobs.isClosed()).isFalse();
            assertThat(jobs.spawn(() -> "open").join()).isEqualTo("open");
        }
    }

    @Test
    void t15_aJobMayOpenAndCloseASchedulerOfItsOwn() throws Exception {
        try (var jobs = open(o -> o)) {
            var job = jobs.spawn(() -> {
                try (var own = Scheduler.open("own")) {
                    return own.spawn(() -> "inside").join();
                }
            });
            assertThat(job.join()).isEqualTo("inside");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void t16_aHandlerThatThrows_leavesNoJobActive(boolean error) throws Exception {
        var thrown = new AtomicInteger();
        FailureHandler bad = (job, failure) -> {
            thrown.incrementAndGet();
            throw AiojobsTrapsTest.<RuntimeException>sneaky(error ? new AssertionError("bad") : new Exception("bad"));
        };
        try (var log = new LogRecords();
                var jobs = open(o -> o.withLimit(1).withFailureHandler(bad))) {
            var failed = jobs.spawn(() -> {
                throw new IllegalStateException("broken");
            });
            assertThat(jobs.spawn(() -> "next").join()).isEqualTo("next");
            assertThat(jobs.close(PATIENCE)).isEmpty();
            assertThat(failed.state()).isEqualTo(JobState.FAILED);
            assertCounts(jobs, 0, 0);
            assertThat(thrown).hasValue(1);
            assertThat(log.all()).isNotEmpty();
        }
    }

    @Test
    void t17_aBadBody_harmsNeitherTheJobBeforeItNorTheOneAfter() throws Exception {
        var heard = new Heard();
        try (var jobs = open(o -> o.withLimit(1).withFailureHandler(heard))) {
            var first = Held.body();
            var before = jobs.spawn(first);
            var bad = Stream.of(new StackOverflowError("bad"), new NoClassDefFoundError("bad"), new Throwable("bad"))
                    .map(failure -> jobs.spawn(() -> {
                        throw AiojobsTrapsTest.<RuntimeException>sneaky(failure);
                    }))
                    .toList();
            var after = jobs.spawn(() -> "after");
            first.release();
            assertThat(before.join()).isEqualTo("done");
            assertThat(after.join()).isEqualTo("after");
            assertThat(heard.await(3)).extracting(Heard.Call::job).containsExactlyInAnyOrderElementsOf(bad);
            assertThat(bad).extracting(Job::state).containsOnly(JobState.FAILED);
        }
    }

    @Test
    void t17_aBadObserver_harmsNoJob() throws Exception {
        try (var log = new LogRecords();
                var jobs = open(o -> o.withLimit(1).withObserver(new BadObserver()))) {
            var first = Held.body();
            var before = jobs.spawn(first);
            var after = jobs.spawn(() -> "after");
            first.release();
            assertThat(before.join()).isEqualTo("done");
            assertThat(after.join()).isEqualTo("after");
            assertThat(jobs.close(PATIENCE)).isEmpty();
            assertThat(log.mentioning(BadObserver.class.getName())).hasSize(1);
        }
    }

    /// A new one each time, for what an observer throws is logged once.
    private static final class BadObserver implements JobObserver {
        @Override
        public JobObservation spawned(Job<?> job) {
            return new BadObservation();
        }
    }

    /// Throws wherever it can.
    private static final class BadObservation implements JobObservation {
        @Override
        public void starting() {
            throw new IllegalStateException("starting");
        }

        @Override
        public void stopped() {
            throw new AssertionError("stopped");
        }

        @Override
        public void ended(Outcome<?> outcome) {
            throw new IllegalStateException("ended");
        }
    }

    @Test
    void t18_aJobStartedByTheEndOfAnother_hasTheContextOfItsOwnSpawner() throws Exception {
        try (var jobs = open(o -> o.withLimit(1))) {
            var first = Held.body();
            jobs.spawn(first);
            var seen = new ArrayList<Job<String>>();
            for (var user : List.of("ann", "bob")) {
                var options = JobOptions.named(user);
                ScopedValue.where(USER, user)
                        .run(() -> seen.add(jobs.spawn(options.withCarried(USER), () -> USER.get())));
            }
            var without = jobs.spawn(() -> USER.orElse("nobody"));
            first.release();
            assertThat(seen.get(0).join()).isEqualTo("ann");
            assertThat(seen.get(1).join()).isEqualTo("bob");
            assertThat(without.join()).isEqualTo("nobody");
        }
    }

    @Test
    void t18_currentJob_isTheJobItself_notTheOneThatFreedItsPlace() throws Exception {
        try (var jobs = open(o -> o.withLimit(1))) {
            var first = Held.body();
            jobs.spawn("first", first);
            var second = jobs.spawn("second", () -> Job.current().map(Job::id));
            var third = jobs.spawn("third", scope -> {
                var child = scope.spawn("child", () -> Job.current().flatMap(Job::parent));
                return child.join().map(Job::id);
            });
            first.release();
            assertThat(second.join()).hasValue(second.id());
            assertThat(third.join()).hasValue(third.id());
            assertThat(Job.current()).isEmpty();
        }
    }

    /// Throws any throwable, declared or not.
    @SuppressWarnings("unchecked")
    private static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
        throw (X) failure;
    }
}
