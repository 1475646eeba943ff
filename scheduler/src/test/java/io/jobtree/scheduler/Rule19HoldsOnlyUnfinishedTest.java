package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R19: a scheduler holds only unfinished jobs; one that runs for months stays flat")
final class Rule19HoldsOnlyUnfinishedTest {
    private static final int JOBS = 1_000;
    /// What may linger until the next job ends; a bound, so that months of jobs stay flat.
    private static final int LINGERING = 20;

    private final Scheduler jobs = Scheduler.open(TestOptions.limit(4).withFailureHandler((job, failure) -> {}));

    /// Spawns a job that holds an object, and lets both go.
    private interface Spawn extends BiFunction<JobScope, Object, Job<?>> {}

    private void assertFlat(JobScope scope, Spawn spawn) throws Exception {
        var held = new ArrayList<WeakReference<?>>();
        for (var i = 0; i < JOBS; i++) {
            held.addAll(spawnOne(scope, spawn));
        }
        assertThat(scope.jobs()).isEmpty();
        Awaitility.await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            System.gc();
            assertThat(held.stream().filter(reference -> !reference.refersTo(null)))
                    .hasSizeLessThanOrEqualTo(LINGERING);
        });
    }

    private static List<WeakReference<?>> spawnOne(JobScope scope, Spawn spawn) throws Exception {
        var inBody = new Object();
        var job = spawn.apply(scope, inBody);
        outcome(job);
        return List.of(new WeakReference<>(inBody), new WeakReference<>(job));
    }

    @Test
    void succeededJobs_areLetGo() throws Exception {
        assertFlat(jobs, (scope, held) -> scope.spawn("job", held::hashCode));
        jobs.close();
    }

    @Test
    void failedJobs_areLetGo() throws Exception {
        assertFlat(
                jobs,
                (scope, held) -> scope.spawn("job", () -> {
                    throw new IllegalStateException(held.toString());
                }));
        jobs.close();
    }

    @Test
    void jobsWithFarTimeouts_areLetGo() throws Exception {
        var options = JobOptions.named("job").withTimeout(Duration.ofDays(100));
        assertFlat(jobs, (scope, held) -> scope.spawn(options, held::hashCode));
        jobs.close();
    }

    @Test
    void jobsWithSharedLimit_areLetGo() throws Exception {
        var options = JobOptions.named("job").withSharedLimit(Limit.of("two", 2));
        assertFlat(jobs, (scope, held) -> scope.spawn(options, held::hashCode));
        jobs.close();
    }

    @Test
    void branchJobsAndTheirChildren_areLetGo() throws Exception {
        assertFlat(
                jobs,
                (scope, held) -> scope.spawn("branch", inner -> {
                    inner.spawn("child", held::hashCode);
                    return inner.spawn("child", held::hashCode).join();
                }));
        jobs.close();
    }

    @Test
    void cancelledRunningJobs_areLetGo() throws Exception {
        assertFlat(jobs, (scope, held) -> {
            var job = scope.spawn("job", () -> {
                new Door().pass();
                return held.hashCode();
            });
            job.cancel();
            return job;
        });
        jobs.close();
    }

    @Test
    void cancelledPendingJobs_areLetGo_whileWhatIsAheadOfThemRuns() throws Exception {
        var hold = new Door();
        try (var full = Scheduler.open(TestOptions.limit(1).withPendingLimit(10))) {
            var holder = full.spawn("holder", hold::pass);
            var held = new ArrayList<WeakReference<?>>();
            for (var i = 0; i < JOBS; i++) {
                held.addAll(spawnOne(full, (scope, object) -> {
                    var job = scope.spawn("job", object::hashCode);
                    job.cancel();
                    return job;
                }));
            }
            assertThat(holder.isDone()).isFalse();
            Awaitility.await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
                System.gc();
                assertThat(held.stream().filter(reference -> !reference.refersTo(null)))
                        .hasSizeLessThanOrEqualTo(LINGERING);
            });
            hold.open();
        }
        jobs.close();
    }

    @Test
    void finishedChildren_ofLongRunningBranch_areLetGo() throws Exception {
        Job<Integer> branch = jobs.spawn("branch", scope -> {
            assertFlat(scope, (inner, held) -> inner.spawn("child", held::hashCode));
            return 1;
        });
        Outcomes.assertSucceeded(branch, 1);
        jobs.close();
    }

    @Test
    void timedJoins_leaveNothingBehind() throws Exception {
        var hold = new Door();
        var target = jobs.spawn("target", hold::pass);
        var held = new ArrayList<WeakReference<?>>();
        for (var i = 0; i < 200; i++) {
            var waiter = Actor.start(ThreadKind.ofTurn(i), () -> target.join(Duration.ofNanos(1)));
            assertThat(waiter.thrown()).isInstanceOf(TimeoutException.class);
            held.add(new WeakReference<>(waiter.thread()));
        }
        Awaitility.await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            System.gc();
            assertThat(held.stream().filter(reference -> !reference.refersTo(null)))
                    .hasSizeLessThanOrEqualTo(LINGERING);
        });
        hold.open();
        jobs.close();
    }

    private static final ScopedValue<Object> CARRIED = ScopedValue.newInstance();

    private static void assertLetGo(WeakReference<?> held) {
        Awaitility.await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            System.gc();
            assertThat(held.refersTo(null)).isTrue();
        });
    }

    private Job<Integer> spawnBranchThatCarries(Object value) throws Exception {
        return ScopedValue.where(CARRIED, value)
                .call(() -> jobs.spawn(JobOptions.named("branch").withCarried(CARRIED), scope -> {
                    var fromElsewhere = Actor.start(ThreadKind.PLATFORM, () -> scope.spawn("child", () -> 1));
                    fromElsewhere.result();
                    return 1;
                }));
    }

    @Test
    void valueCarriedToABranch_isLetGo_thoughItsHandleIsKept() throws Exception {
        var value = new Object();
        var branch = spawnBranchThatCarries(value);
        outcome(branch);
        var held = new WeakReference<>(value);
        value = null;
        assertLetGo(held);
        assertThat(branch.isDone()).isTrue();
        jobs.close();
    }

    @Test
    void valueCarriedByAScheduler_isLetGo_onceThatIsClosed_thoughAHandleIsKept() throws Exception {
        var value = new Object();
        var options = TestOptions.limit(1).withCarried(CARRIED);
        var carrying = ScopedValue.where(CARRIED, value).call(() -> Scheduler.open(options));
        var job = carrying.spawn("job", () -> 1);
        outcome(job);
        carrying.close();
        var held = new WeakReference<>(value);
        value = null;
        assertLetGo(held);
        assertThat(job.isDone()).isTrue();
        jobs.close();
    }

    @Test
    void valueCarriedByAScheduler_isLetGo_onceThatIsClosed_thoughAShieldElsewhereSawIt() throws Exception {
        var value = new Object();
        var options = TestOptions.limit(1).withCarried(CARRIED);
        var carrying = ScopedValue.where(CARRIED, value).call(() -> Scheduler.open(options));
        Job<Boolean> branch = carrying.spawn(
                "branch",
                scope -> scope.spawn("child", () -> jobs.shield("shield", CARRIED::isBound))
                        .join());
        assertThat(branch.join()).isTrue();
        carrying.close();
        var held = new WeakReference<>(value);
        value = null;
        assertLetGo(held);
        assertThat(branch.isDone()).isTrue();
        jobs.close();
    }

    @Test
    void straggler_isLetGo_onceItHasEnded_thoughTheClosedSchedulerIsKept() throws Exception {
        var closing = Scheduler.open(TestOptions.unlimited().withCloseTimeout(Duration.ofMillis(1)));
        var body = Held.stubborn();
        var straggler = closing.spawn("straggler", body);
        body.awaitStarted();
        try (var log = new RecordedLog()) {
            assertThat(closing.close(Duration.ZERO)).isEqualTo(List.of(straggler));
            assertThat(closing.close(Duration.ZERO)).isEqualTo(List.of(straggler));
            assertThat(log.records()).isNotEmpty();
        }
        body.release();
        outcome(straggler);
        var held = new WeakReference<>(straggler);
        straggler = null;
        assertLetGo(held);
        assertThat(closing.close(Duration.ZERO)).isEmpty();
        jobs.close();
    }

    /// Fewer than are worth a sweep of those who wait.
    private static final int FEW = 3;

    private static void assertLetGo(List<WeakReference<?>> held) {
        Awaitility.await().pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
            System.gc();
            assertThat(held.stream().filter(reference -> !reference.refersTo(null)))
                    .isEmpty();
        });
    }

    @Test
    void thoseThatWaitedForALongJob_andLeft_areLetGo() throws Exception {
        var hold = new Door();
        var waited = jobs.spawn("long", hold::pass);
        var held = new ArrayList<WeakReference<?>>();
        for (int i = 0; i < FEW; i++) {
            held.addAll(threadThatLeft(waited));
            held.addAll(jobThatLeft(waited));
            held.addAll(futureThatLeft(waited));
        }
        assertLetGo(held);
        hold.open();
        jobs.close();
    }

    private static List<WeakReference<?>> threadThatLeft(Job<?> waited) throws InterruptedException {
        var thread = Thread.ofPlatform().unstarted(() -> joinForAMoment(waited));
        thread.start();
        thread.join();
        return List.of(new WeakReference<>(thread));
    }

    private List<WeakReference<?>> jobThatLeft(Job<?> waited) throws Exception {
        var job = jobs.spawn("waits", () -> joinForAMoment(waited));
        outcome(job);
        return List.of(new WeakReference<>(job));
    }

    private static void joinForAMoment(Job<?> waited) {
        try {
            waited.join(Duration.ofMillis(1));
        } catch (Exception late) {
            assertThat(late).isInstanceOf(TimeoutException.class);
        }
    }

    private static List<WeakReference<?>> futureThatLeft(Job<?> waited) {
        var late = waited.toCompletableFuture().orTimeout(1, TimeUnit.MILLISECONDS);
        assertThatThrownBy(late::join).hasCauseInstanceOf(TimeoutException.class);
        var completed = waited.toCompletableFuture();
        completed.complete(null);
        return List.of(new WeakReference<>(late), new WeakReference<>(completed));
    }

    /// A future that is kept is not to keep those that came before it.
    @Test
    void futuresOfAJobThatIsDone_doNotHoldEachOther() throws Exception {
        var hold = new Door();
        var waited = jobs.spawn("long", hold::pass);
        var held = new ArrayList<WeakReference<?>>();
        for (int i = 0; i < FEW; i++) {
            held.add(new WeakReference<>(waited.toCompletableFuture()));
        }
        var kept = waited.toCompletableFuture();
        hold.open();
        kept.join();
        assertLetGo(held);
        jobs.close();
    }

    @Test
    void closers_areLetGo() throws Exception {
        var held = new ArrayList<WeakReference<?>>();
        for (int i = 0; i < FEW; i++) {
            held.add(closeOnAThread());
        }
        assertLetGo(held);
        assertThat(jobs.isClosed()).isTrue();
    }

    private WeakReference<Thread> closeOnAThread() throws InterruptedException {
        var closer = Thread.ofPlatform().unstarted(jobs::close);
        closer.start();
        closer.join();
        return new WeakReference<>(closer);
    }
}
