package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("The forms of spawn, await, shield and of the options that are in the contract")
final class ApiBeforeOneTest {
    private final Door hold = new Door();
    private final AtomicInteger ran = new AtomicInteger();

    @AfterEach
    void letGo() {
        hold.open();
    }

    private static SchedulerOptions options(int limit) {
        return TestOptions.limit(limit)
                .withWaitTimeout(Duration.ofSeconds(5))
                .withCloseTimeout(Duration.ofSeconds(2))
                .withFailureHandler((job, failure) -> {});
    }

    private List<Optional<? extends Job<?>>> tryAll(JobScope scope) {
        var options = JobOptions.named("tried");
        var all = new ArrayList<Optional<? extends Job<?>>>();
        all.add(scope.trySpawn("tried", () -> ran.incrementAndGet()));
        all.add(scope.trySpawn("tried", () -> {
            ran.incrementAndGet();
        }));
        all.add(scope.trySpawn("tried", inner -> ran.incrementAndGet()));
        all.add(scope.trySpawn(options, () -> ran.incrementAndGet()));
        all.add(scope.trySpawn(options, () -> {
            ran.incrementAndGet();
        }));
        all.add(scope.trySpawn(options, inner -> ran.incrementAndGet()));
        return all;
    }

    @EachThreadKind
    void trySpawn_inEachForm_spawns_orIsEmptyWhereSpawnWouldWait() throws Exception {
        try (var jobs = Scheduler.open(options(1).withPendingLimit(6))) {
            jobs.spawn("holder", hold::pass);
            Within.isTrue(() -> jobs.activeCount() == 1 && jobs.pendingCount() == 0);
            var spawned = Within.call(() -> tryAll(jobs));
            assertThat(spawned).hasSize(6).allMatch(Optional::isPresent);
            var refused = Within.call(() -> tryAll(jobs));
            assertThat(refused).hasSize(6).allMatch(Optional::isEmpty);
            hold.open();
            for (var job : spawned) {
                assertThat(job.orElseThrow().name()).isEqualTo("tried");
                assertThat(Within.outcome(job.orElseThrow())).isInstanceOf(Outcome.Succeeded.class);
            }
            assertThat(ran).hasValue(6);
        }
    }

    @EachThreadKind
    void trySpawn_ofABranchsScope_spawns() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
                tryAll(scope).forEach(job -> assertThat(job).isPresent());
                scope.awaitIdle();
                return ran.get();
            });
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>(6));
        }
    }

    @EachThreadKind
    void timedAwait_isAwait_orTimesOut_andTheJobGoesOn() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            var job = jobs.spawn("job", () -> {
                hold.pass();
                return 7;
            });
            assertThatThrownBy(() -> job.await(TestOptions.SHORT)).isInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> job.await(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
            hold.open();
            assertThat(job.await(TestOptions.LONG)).isEqualTo(new Outcome.Succeeded<>(7));
            assertThat(job.await(Duration.ZERO)).isEqualTo(new Outcome.Succeeded<>(7));
            var failure = new IllegalStateException("on purpose");
            var fails = jobs.spawn("fails", () -> {
                throw failure;
            });
            assertThat(fails.await(TestOptions.LONG)).isEqualTo(new Outcome.Failed<>(failure));
        }
    }

    @EachThreadKind
    void timedAwait_inAJobAtLimitOne_givesThePlaceUp() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            var job = jobs.spawn("waits", () -> jobs.spawn("other", () -> 1).await(TestOptions.LONG));
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(new Outcome.Succeeded<>(1)));
            Job<String> itself = jobs.spawn("itself", () -> {
                assertThatThrownBy(() -> Job.current().orElseThrow().await(TestOptions.LONG))
                        .isInstanceOf(IllegalStateException.class);
                return "unharmed";
            });
            assertThat(Within.outcome(itself)).isEqualTo(new Outcome.Succeeded<>("unharmed"));
        }
    }

    @Test
    void valueOrThrow_isAsJoin() throws Exception {
        var failure = new IllegalStateException("on purpose");
        try (var jobs = Scheduler.open(options(1))) {
            assertThat(jobs.spawn("job", () -> 7).await().valueOrThrow()).isEqualTo(7);
            var fails = jobs.spawn("fails", () -> {
                throw failure;
            });
            var failed = fails.await();
            assertThatThrownBy(failed::valueOrThrow)
                    .isInstanceOf(JobFailedException.class)
                    .cause()
                    .isSameAs(failure);
            var held = jobs.spawn("held", hold::pass);
            held.cancel();
            var cancelled = held.await();
            assertThatThrownBy(cancelled::valueOrThrow)
                    .isInstanceOfSatisfying(
                            JobCancelledException.class,
                            thrown -> assertThat(thrown.reason()).isEqualTo(CancelReason.REQUESTED));
        }
    }

    @EachThreadKind
    void shield_ofAnAction_runsIt_andThrowsAsTheOther() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            Within.run(() -> jobs.shield("action", () -> {
                ran.incrementAndGet();
            }));
            assertThat(ran).hasValue(1);
            assertThatThrownBy(() -> Within.run(() -> jobs.shield("action", () -> {
                        failing();
                    })))
                    .isInstanceOf(JobFailedException.class);
        }
    }

    private static void failing() {
        throw new IllegalStateException("on purpose");
    }

    @Test
    void scheduler_ofAnyScope_isTheRoot() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            assertThat(jobs.scheduler()).isSameAs(jobs);
            Job<Boolean> branch = jobs.spawn("branch", scope -> {
                Job<Boolean> below =
                        scope.spawn("below", inner -> inner.scheduler().equals(jobs));
                return below.join() && scope.scheduler().equals(jobs);
            });
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>(true));
        }
    }

    @Test
    void withName_andWithoutTimeout_changeACopy() {
        var options = JobOptions.named("one").withTimeout(Duration.ofSeconds(1)).withTag("key", "value");
        assertThat(options.withName("two").name()).contains("two");
        assertThat(options.withName("two").timeout()).contains(Duration.ofSeconds(1));
        assertThat(options.withoutTimeout().timeout()).isEmpty();
        assertThat(options.withoutTimeout().tags()).containsEntry("key", "value");
        assertThat(options.name()).contains("one");
        assertThat(options.timeout()).contains(Duration.ofSeconds(1));
        assertThat(SchedulerOptions.named("one").withName("two").name()).isEqualTo("two");
        assertThatThrownBy(() -> options.withName(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SchedulerOptions.named("one").withName("\t"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void deadline_isTheNearest_itsOwnOrAnAncestors() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            var before = Instant.now();
            var none = jobs.spawn("none", () -> Job.current().orElseThrow().deadline());
            assertThat(Within.outcome(none)).isEqualTo(new Outcome.Succeeded<>(Optional.empty()));
            List<Optional<Instant>> seen = new CopyOnWriteArrayList<>();
            Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withTimeout(Duration.ofMinutes(1)), scope -> {
                seen.add(Job.current().orElseThrow().deadline());
                seen.add(scope.spawn("child", () -> 1).deadline());
                seen.add(scope.spawn(JobOptions.named("later").withTimeout(Duration.ofHours(1)), () -> 1)
                        .deadline());
                seen.add(scope.spawn(JobOptions.named("sooner").withTimeout(Duration.ofSeconds(30)), () -> 1)
                        .deadline());
                return 1;
            });
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>(1));
            var minute = seen.getFirst().orElseThrow();
            assertThat(minute).isBetween(before.plusSeconds(59), Instant.now().plusSeconds(61));
            for (var same : seen.subList(0, 3)) {
                assertThat(Duration.between(minute, same.orElseThrow()).abs()).isLessThan(Duration.ofSeconds(1));
            }
            assertThat(seen.getLast().orElseThrow()).isBefore(minute);
            var longest = jobs.spawn(
                    JobOptions.named("longest").withTimeout(Duration.ofSeconds(Long.MAX_VALUE)),
                    () -> Job.current().orElseThrow().deadline().isEmpty());
            assertThat(Within.outcome(longest)).isInstanceOf(Outcome.Succeeded.class);
        }
    }
}
