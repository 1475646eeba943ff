package io.jobtree.scheduler;

import static io.jobtree.scheduler.JobParity.PATIENCE;
import static io.jobtree.scheduler.JobParity.SHORT;
import static io.jobtree.scheduler.JobParity.assertCancelled;
import static io.jobtree.scheduler.JobParity.failureOf;
import static io.jobtree.scheduler.SchedulerParity.assertCounts;
import static io.jobtree.scheduler.SchedulerParity.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// The traps of [AiojobsTrapsTest] that are about limits: places taken twice, lost, or waited for in a
/// circle.
interface LimitTraps {
    @Test
    default void t01_interruptedSpawner_letsNoMoreRunThanTheLimit() throws Exception {
        var crowd = new Crowd();
        try (var jobs = open(o -> o.withLimit(1).withPendingLimit(1))) {
            var first = Held.body();
            var firstJob = jobs.spawn(crowd.with(first));
            var second = Held.body();
            jobs.spawn(crowd.with(second));
            for (int i = 0; i < 3; i++) {
                var spawner = Caller.virtual(() -> jobs.spawn(crowd.with(() -> "never")))
                        .awaitBlocked();
                spawner.interrupt();
                assertThat(spawner.thrown()).isInstanceOf(RejectedExecutionException.class);
                assertCounts(jobs, 1, 1);
            }
            first.release();
            second.awaitStarted();
            firstJob.join();
            var third = jobs.spawn(crowd.with(() -> "third"));
            assertCounts(jobs, 1, 1);
            second.release();
            assertThat(third.join()).isEqualTo("third");
            assertThat(crowd.most()).isEqualTo(1);
        }
    }

    @Test
    default void t01_interruptRacingAFreedPlace_eitherSpawnsOrRefuses() throws Exception {
        var crowd = new Crowd();
        try (var jobs = open(o -> o.withLimit(1).withPendingLimit(1))) {
            for (int i = 0; i < 200; i++) {
                var first = Held.body();
                var firstJob = jobs.spawn(crowd.with(first));
                var secondJob = jobs.spawn(crowd.with(() -> "second"));
                var contested = new AtomicInteger();
                var spawner = Caller.virtual(() -> jobs.spawn(crowd.with(contested::incrementAndGet)));
                spawner.awaitBlocked();
                var releaser = Caller.platform(() -> {
                    first.release();
                    return true;
                });
                spawner.interrupt();
                boolean refused = outcomeOf(spawner);
                releaser.result();
                jobs.spawn(crowd.with(() -> "last")).join();
                firstJob.join();
                secondJob.join();
                assertThat(contested).hasValue(refused ? 0 : 1);
                assertCounts(jobs, 0, 0);
            }
            assertThat(crowd.most()).isEqualTo(1);
        }
    }

    /// Whether the spawner was refused; if not, its job has ended.
    private static boolean outcomeOf(Caller<? extends Job<?>> spawner) throws Exception {
        try {
            spawner.result().await();
            return false;
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(RejectedExecutionException.class);
            return true;
        }
    }

    @Test
    default void t07_timedOutJoinOnAPendingJob_leavesItPending() throws Exception {
        var crowd = new Crowd();
        try (var jobs = open(o -> o.withLimit(1))) {
            var holder = Held.body();
            jobs.spawn(crowd.with(holder));
            var body = Held.body();
            var pending = jobs.spawn(crowd.with(body));
            assertThatThrownBy(() -> pending.join(SHORT)).isInstanceOf(TimeoutException.class);
            assertThat(pending.state()).isEqualTo(JobState.PENDING);
            assertCounts(jobs, 1, 1);
            holder.release();
            body.release();
            assertThat(pending.join()).isEqualTo("done");
            assertThat(crowd.most()).isEqualTo(1);
            assertThat(body.runs()).isEqualTo(1);
        }
    }

    @Test
    default void t07_pendingJobWhoseTimeoutRunsOut_fails_andNeverRuns() throws Exception {
        try (var jobs = open(o -> o.withLimit(1))) {
            var holder = Held.body();
            jobs.spawn(holder);
            var body = Held.body();
            var pending = jobs.spawn(JobOptions.named("page").withTimeout(SHORT), body);
            assertThat(failureOf(pending))
                    .isInstanceOf(JobTimeoutException.class)
                    .hasMessageContaining("orders/page");
            assertCounts(jobs, 1, 0);
            holder.release();
            jobs.spawn(() -> "next").join();
            assertThat(body.runs()).isZero();
        }
    }

    @Test
    default void t10_spawnerBlockedWhenClosingBegins_isRefusedAtOnce() throws Exception {
        var jobs = open(o -> o.withLimit(1).withPendingLimit(1));
        var running = Held.body();
        jobs.spawn(running);
        jobs.spawn(() -> "pending");
        var never = Held.body();
        var spawners = Stream.generate(() -> Caller.virtual(() -> jobs.spawn(never)))
                .limit(3)
                .toList();
        spawners.forEach(Caller::awaitBlocked);
        var closer = Caller.platform(() -> jobs.close(PATIENCE));
        for (var spawner : spawners) {
            assertThat(spawner.thrown()).isInstanceOf(RejectedExecutionException.class);
        }
        assertThat(closer.isOver()).isFalse();
        running.release();
        assertThat(closer.result()).isEmpty();
        assertThat(never.runs()).isZero();
    }

    @Test
    default void t11_cancellingAPendingJobThatIsNotTheHead_startsNothing() throws Exception {
        var crowd = new Crowd();
        try (var jobs = open(o -> o.withLimit(1))) {
            var first = Held.body();
            var firstJob = jobs.spawn(crowd.with(first));
            var head = Held.body();
            var headJob = jobs.spawn(crowd.with(head));
            var middle = jobs.spawn(crowd.with(() -> "middle"));
            var last = jobs.spawn(crowd.with(() -> "last"));
            assertThat(middle.cancel()).isTrue();
            assertThat(headJob.state()).isEqualTo(JobState.PENDING);
            assertCounts(jobs, 1, 2);
            first.release();
            head.awaitStarted();
            firstJob.join();
            assertCounts(jobs, 1, 1);
            head.release();
            assertThat(last.join()).isEqualTo("last");
            assertThat(crowd.most()).isEqualTo(1);
            assertCancelled(middle, CancelReason.REQUESTED);
        }
    }

    @Test
    default void t12_noPlaceIsIdle_whileJobsArePending() throws Exception {
        try (var jobs = open(o -> o.withLimit(2))) {
            var running = Held.several(2);
            var runningJobs = running.stream().map(jobs::spawn).toList();
            var cancelled = Held.several(5).stream().map(jobs::spawn).toList();
            var next = Held.several(3);
            next.forEach(jobs::spawn);
            cancelled.forEach(Job::cancel);
            runningJobs.getFirst().cancel();
            next.get(0).awaitStarted();
            running.getLast().release();
            next.get(1).awaitStarted();
            for (var job : runningJobs) {
                job.await();
            }
            assertCounts(jobs, 2, 1);
            next.get(0).release();
            next.get(2).awaitStarted();
        }
    }

    @Test
    default void t12_afterAnyMixOfEnds_allPlacesAreFree() throws Exception {
        var random = new Random(12);
        var crowd = new Crowd();
        try (var jobs = open(o -> o.withLimit(3).withFailureHandler(new Heard()))) {
            for (int round = 0; round < 50; round++) {
                var spawned = Stream.generate(() -> spawnAny(jobs, crowd, random))
                        .limit(30)
                        .toList();
                spawned.stream().filter(job -> random.nextInt(3) == 0).forEach(Job::cancel);
                for (var job : spawned) {
                    job.await();
                }
            }
            Awaitility.await().untilAsserted(() -> assertCounts(jobs, 0, 0));
            var all = Held.several(3);
            all.forEach(jobs::spawn);
            for (var body : all) {
                body.awaitStarted();
            }
            assertThat(crowd.most()).isLessThanOrEqualTo(3);
        }
    }

    private static Job<?> spawnAny(Scheduler jobs, Crowd crowd, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> jobs.spawn(crowd.with(() -> "done"));
            case 1 ->
                jobs.spawn(crowd.with(() -> {
                    throw new IllegalStateException("broken");
                }));
            case 2 -> jobs.spawn(JobOptions.named("slow").withTimeout(SHORT), crowd.with(Held.body()));
            default ->
                jobs.spawn("waits", () -> jobs.spawn(crowd.with(() -> "inner")).join());
        };
    }

    @Test
    default void t15_parentsThatWaitForTheirChildren_neverDeadlock_atLimitOne() throws Exception {
        try (var jobs = open(o -> o.withLimit(1))) {
            assertThat(jobs.spawn(() -> nested(jobs, 50)).join()).isEqualTo(50);
            assertCounts(jobs, 0, 0);
        }
    }

    @Test
    default void t15_childrenThatWaitForSiblings_neverDeadlock_atChildLimitOne() throws Exception {
        try (var jobs = open(o -> o.withLimit(1))) {
            var page = jobs.spawn(JobOptions.named("page").withChildLimit(1), scope -> nested(scope, 20));
            assertThat(page.join()).isEqualTo(20);
        }
    }

    private static int nested(JobScope scope, int depth) throws InterruptedException {
        return depth == 0 ? 0 : 1 + scope.spawn(() -> nested(scope, depth - 1)).join();
    }

    /// Counts how many bodies are in it at once.
    final class Crowd {
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        <T> Callable<T> with(Callable<T> body) {
            return () -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                try {
                    return body.call();
                } finally {
                    inside.decrementAndGet();
                }
            };
        }

        int most() {
            return most.get();
        }
    }
}
