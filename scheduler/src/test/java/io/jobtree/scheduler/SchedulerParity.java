package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows a01 to a08 of [AiojobsParityTest]: the scheduler, its limits and its counts.
interface SchedulerParity {
    /// A scheduler named `orders` which `close()` does not let wait for bodies that a failed test has
    /// left held.
    static Scheduler open(Function<SchedulerOptions, SchedulerOptions> change) {
        return Scheduler.open(change.apply(TestOptions.named("orders").withWaitTimeout(Duration.ZERO)));
    }

    static void assertCounts(Scheduler jobs, int active, int pending) {
        assertThat(List.of(jobs.activeCount(), jobs.pendingCount()))
                .as("active and pending")
                .containsExactly(active, pending);
    }

    @Test
    default void a01_newScheduler_isOpenAndEmpty() {
        try (var jobs = Scheduler.open()) {
            assertThat(jobs.isClosed()).isFalse();
            assertThat(jobs.jobs()).isEmpty();
            assertCounts(jobs, 0, 0);
            assertThat(Scheduler.all()).contains(jobs);
        }
    }

    @Test
    default void a01_openedByOneThread_takesJobsFromAnother() throws Exception {
        try (var jobs = Caller.platform(() -> Scheduler.open("orders")).result()) {
            assertThat(jobs.name()).isEqualTo("orders");
            assertThat(Caller.virtual(() -> jobs.spawn(() -> 1).join()).result())
                    .isEqualTo(1);
            assertThat(jobs.spawn(() -> 2).join()).isEqualTo(2);
        }
    }

    @Test
    default void a01_openIsTheOnlyWayToMakeOne() {
        var options = SchedulerOptions.named("orders");
        try (var jobs = Scheduler.open(options)) {
            assertThat(jobs.options()).isSameAs(options);
        }
        assertThat(Scheduler.class.getConstructors()).isEmpty();
    }

    @Test
    default void a02_defaults() {
        try (var jobs = Scheduler.open("orders")) {
            var options = jobs.options();
            assertThat(options.limit()).hasValue(100);
            assertThat(options.pendingLimit()).hasValue(10_000);
            assertThat(options.waitTimeout()).isEqualTo(Duration.ofSeconds(60));
            assertThat(options.closeTimeout()).isEqualTo(Duration.ofSeconds(5));
        }
    }

    @Test
    default void a02_theDefaultLimitHolds() throws Exception {
        try (var jobs = open(o -> o)) {
            var bodies = Held.several(101);
            bodies.forEach(jobs::spawn);
            for (var body : bodies.subList(0, 100)) {
                body.awaitStarted();
            }
            assertCounts(jobs, 100, 1);
            assertThat(bodies.getLast().hasStarted()).isFalse();
        }
    }

    @Test
    default void a03_withoutLimit_allRunAtOnce() throws Exception {
        try (var jobs = open(SchedulerOptions::withoutLimit)) {
            assertThat(jobs.options().limit()).isEqualTo(OptionalInt.empty());
            var bodies = Held.several(500);
            bodies.forEach(jobs::spawn);
            for (var body : bodies) {
                body.awaitStarted();
            }
            assertCounts(jobs, 500, 0);
        }
    }

    @Test
    default void a03_withoutPendingLimit_spawnNeverWaits() throws Exception {
        try (var jobs = open(o -> o.withLimit(1).withoutPendingLimit())) {
            assertThat(jobs.options().pendingLimit()).isEqualTo(OptionalInt.empty());
            jobs.spawn(Held.body());
            for (int i = 0; i < 10_500; i++) {
                jobs.spawn(() -> "never");
            }
            assertCounts(jobs, 1, 10_500);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    default void a03_zeroAndNegativeLimits_areRefused(int limit) {
        var options = SchedulerOptions.named("orders");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withLimit(limit))
                .withMessage("limit must be positive: " + limit);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withPendingLimit(limit))
                .withMessage("pendingLimit must be positive: " + limit);
    }

    @Test
    default void a04_belowTheLimit_startsAtOnce() throws Exception {
        try (var jobs = open(o -> o.withLimit(2))) {
            var first = Held.body();
            var second = Held.body();
            jobs.spawn(first);
            jobs.spawn(second);
            first.awaitStarted();
            second.awaitStarted();
            assertCounts(jobs, 2, 0);
        }
    }

    @Test
    default void a04_atTheLimit_startsInSpawnOrder() throws Exception {
        var order = new CopyOnWriteArrayList<Integer>();
        try (var jobs = open(o -> o.withLimit(1))) {
            var holder = Held.body();
            jobs.spawn(holder);
            var spawned = IntStream.range(0, 50)
                    .mapToObj(i -> jobs.spawn(() -> order.add(i)))
                    .toList();
            assertCounts(jobs, 1, 50);
            assertThat(spawned).extracting(Job::state).containsOnly(JobState.PENDING);
            assertThat(order).isEmpty();
            holder.release();
            spawned.getLast().join();
        }
        assertThat(order).isEqualTo(IntStream.range(0, 50).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    default void a05_queueFull_interruptedSpawner_leavesEverythingAsItWas(boolean virtual) throws Exception {
        try (var jobs = open(o -> o.withLimit(1).withPendingLimit(1))) {
            var running = jobs.spawn("running", Held.body());
            var pending = jobs.spawn("pending", Held.body());
            var refused = Held.body();
            var spawner =
                    virtual ? Caller.virtual(() -> jobs.spawn(refused)) : Caller.platform(() -> jobs.spawn(refused));
            spawner.awaitBlocked();
            assertCounts(jobs, 1, 1);

            spawner.interrupt();
            assertThat(spawner.thrown()).isInstanceOf(RejectedExecutionException.class);
            assertThat(spawner.flagKept()).isTrue();
            assertCounts(jobs, 1, 1);
            assertThat(jobs.jobs()).containsExactly(running, pending);
            jobs.cancel();
            assertThat(jobs.spawn(() -> "a place is free again").join()).isNotNull();
            assertThat(refused.runs()).isZero();
        }
    }

    @Test
    default void a05_queueFull_trySpawnGivesEmpty() throws Exception {
        var options = JobOptions.named("late");
        try (var jobs = open(o -> o.withLimit(1).withPendingLimit(1))) {
            var first = Held.body();
            jobs.spawn(first);
            var queued = jobs.trySpawn(options, () -> "queued").orElseThrow();
            var refused = Held.body();
            assertThat(jobs.trySpawn(options, refused)).isEmpty();
            assertCounts(jobs, 1, 1);

            first.release();
            assertThat(queued.join()).isEqualTo("queued");
            assertThat(jobs.trySpawn(options, () -> "now").orElseThrow().join()).isEqualTo("now");
            assertThat(refused.runs()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    default void a06_blockedSpawner_resumesWhenAPlaceFrees(boolean virtual) throws Exception {
        try (var jobs = open(o -> o.withLimit(1).withPendingLimit(1))) {
            var bodies = Held.several(3);
            var first = jobs.spawn(bodies.get(0));
            var second = jobs.spawn(bodies.get(1));
            var spawner = virtual
                    ? Caller.virtual(() -> jobs.spawn(bodies.get(2)))
                    : Caller.platform(() -> jobs.spawn(bodies.get(2)));
            spawner.awaitBlocked();

            bodies.get(0).release();
            var third = spawner.result();
            bodies.get(1).awaitStarted();
            first.join();
            assertCounts(jobs, 1, 1);
            bodies.forEach(Held::release);
            for (var job : List.of(first, second, third)) {
                assertThat(job.join()).isEqualTo("done");
            }
            assertThat(jobs.jobs()).isEmpty();
        }
    }

    @Test
    default void a07_countsAndSnapshots_followTheJobs() throws Exception {
        try (var jobs = open(o -> o.withLimit(1))) {
            var body = Held.body();
            var running = jobs.spawn(body);
            var pending = jobs.spawn(() -> "next");
            assertThat(jobs.jobs()).containsExactly(running, pending);
            assertThat(jobs.contains(running)).isTrue();
            assertThat(jobs.contains(pending)).isTrue();
            assertCounts(jobs, 1, 1);

            body.release();
            pending.join();
            running.join();
            assertThat(jobs.jobs()).isEmpty();
            assertThat(jobs.contains(running)).isFalse();
            assertThat(jobs.contains(pending)).isFalse();
            assertCounts(jobs, 0, 0);
        }
    }

    @Test
    default void a07_snapshot_isUpsetNeitherByClosingNorByItsReader() {
        try (var jobs = open(o -> o.withLimit(1))) {
            for (int i = 0; i < 5; i++) {
                jobs.spawn(Held.body());
            }
            var snapshot = jobs.jobs();
            var seen = new ArrayList<Job<?>>();
            for (var job : snapshot) {
                seen.add(job);
                jobs.close(Duration.ZERO);
            }
            assertThat(seen).hasSize(5).allMatch(Job::isDone).isEqualTo(snapshot);
            assertThatThrownBy(() -> snapshot.removeFirst()).isInstanceOf(UnsupportedOperationException.class);
            assertThat(jobs.jobs()).isEmpty();
            assertThat(jobs.isClosed()).isTrue();
        }
    }

    @Test
    default void a07_aJobOfAnotherScheduler_isNotContained() {
        try (var orders = open(o -> o);
                var others = Scheduler.open("others")) {
            var job = orders.spawn(Held.body());
            assertThat(others.contains(job)).isFalse();
            assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> others.contains(nothing()));
            job.cancel();
        }
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what a caller without NullAway can do
    static <T> T nothing() {
        return null;
    }

    @Test
    default void a08_toString_showsStateAndCounts() throws Exception {
        try (var jobs = open(o -> o.withLimit(2))) {
            assertThat(jobs).hasToString("Scheduler 'orders' open, 0 active, 0 pending");
            var body = Held.body();
            var running = jobs.spawn("page", body);
            jobs.spawn("filler", Held.body());
            var pending = jobs.spawn("page", Held.body());
            body.awaitStarted();
            assertThat(jobs).hasToString("Scheduler 'orders' open, 2 active, 1 pending");
            assertThat(running).hasToString("Job 'orders/page' #" + running.id() + " RUNNING");
            assertThat(pending).hasToString("Job 'orders/page' #" + pending.id() + " PENDING");
            jobs.close(Duration.ZERO);
            assertThat(jobs).hasToString("Scheduler 'orders' closed, 0 active, 0 pending");
            assertThat(pending).hasToString("Job 'orders/page' #" + pending.id() + " CANCELLED");
        }
    }
}
