package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(40)
@DisplayName(
        "R10: which places a job holds is written down once; nothing is looked up later, through a shield or another")
final class Rule10ShieldTest {
    private final Door hold = new Door();
    private final Limit files = Limit.of("files", 1);

    @AfterEach
    void letGo() {
        hold.open();
    }

    private static SchedulerOptions options(int limit) {
        return TestOptions.limit(limit)
                .withWaitTimeout(Duration.ofSeconds(1))
                .withCloseTimeout(Duration.ofSeconds(5))
                .withFailureHandler((job, failure) -> {});
    }

    private void assertFree(Scheduler jobs, int limit) throws Exception {
        Within.hasAllPlaces(jobs, limit);
        assertThat(files.taken()).isZero();
        assertThat(files.waiting()).isZero();
        var job = jobs.spawn(JobOptions.named("next").withSharedLimit(files), () -> 5);
        assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(5));
    }

    @EachThreadKind
    void nestedShields_ofAnotherScheduler_giveThePlacesBackWhereTheyCameFrom() throws Exception {
        try (var here = Scheduler.open(options(2));
                var there = Scheduler.open(options(3));
                AutoCloseable _ = this::letGo) {
            for (var turn = 0; turn < 20; turn++) {
                var job = here.spawn(
                        JobOptions.named("job").withSharedLimit(files),
                        () -> there.shield("outer", () -> there.shield("inner", () -> here.shield("back", () -> 1))));
                assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(1));
            }
            assertFree(here, 2);
            Within.hasAllPlaces(there, 3);
        }
    }

    /// The inner shielded job outlives the outer one, whose scheduler is closed.
    @EachThreadKind
    void innerShield_thatOutlivesTheOuterOne_givesThePlacesBackWhereTheyCameFrom() throws Exception {
        try (var here = Scheduler.open(options(2));
                AutoCloseable _ = this::letGo) {
            var there = Scheduler.open(options(3).withCloseTimeout(Duration.ofMillis(200)));
            var inner = new Door();
            var job = here.spawn(
                    JobOptions.named("job").withSharedLimit(files),
                    () -> there.shield(
                            "outer",
                            () -> there.shield("inner", () -> {
                                inner.open();
                                return hold.passIgnoringInterrupts();
                            })));
            inner.pass();
            Within.call(() -> there.close(Duration.ZERO));
            hold.open();
            Within.outcome(job);
            assertFree(here, 2);
        }
    }

    @EachThreadKind
    void nestedShields_underAChildLimit_giveThePlaceBackToIt() throws Exception {
        try (var jobs = Scheduler.open(options(2));
                AutoCloseable _ = this::letGo) {
            var inner = new Door();
            var outer = new CompletableFuture<Job<?>>();
            var ran = new AtomicInteger();
            Job<Integer> branch =
                    jobs.spawn(JobOptions.named("branch").withChildLimit(1).withSupervision(), scope -> {
                        var child = scope.spawn(
                                "child",
                                () -> jobs.shield("outer", () -> {
                                    outer.complete(Job.current().orElseThrow());
                                    return jobs.shield("inner", () -> {
                                        inner.open();
                                        return hold.passIgnoringInterrupts();
                                    });
                                }));
                        inner.pass();
                        outer.join().cancel();
                        Within.outcome(outer.join());
                        hold.open();
                        child.await();
                        for (var i = 0; i < 3; i++) {
                            scope.spawn("next", ran::incrementAndGet).join();
                        }
                        return 1;
                    });
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>(1));
            assertThat(ran).hasValue(3);
            assertFree(jobs, 2);
        }
    }

    /// One of three nested shields is cancelled, or its waiter is, at each level.
    @Test
    void nestedShields_cancelledAtEachLevel_leaveAllPlacesFree() throws Exception {
        for (var kind : ThreadKind.values()) {
            for (var level = 0; level <= 3; level++) {
                var hold = new Door();
                try (var here = Scheduler.open(options(2));
                        var there = Scheduler.open(options(1));
                        AutoCloseable _ = this::letGo) {
                    List<Job<?>> levels = new CopyOnWriteArrayList<>();
                    var running = new Door();
                    var job = here.spawn(JobOptions.named("0").withSharedLimit(files), () -> {
                        levels.add(Job.current().orElseThrow());
                        return there.shield("1", () -> {
                            levels.add(Job.current().orElseThrow());
                            return here.shield("2", () -> {
                                levels.add(Job.current().orElseThrow());
                                return there.shield("3", () -> {
                                    levels.add(Job.current().orElseThrow());
                                    running.open();
                                    return hold.passIgnoringInterrupts();
                                });
                            });
                        });
                    });
                    running.pass();
                    var victim = levels.get(level);
                    assertThat(Within.call(kind, victim::cancel)).isTrue();
                    hold.open();
                    for (var one : levels) {
                        Within.outcome(one);
                    }
                    Within.outcome(job);
                    assertFree(here, 2);
                    Within.hasAllPlaces(there, 1);
                }
            }
        }
    }

    @Test
    void shieldingJobs_inNumbers_cancelledAtAnyMoment_leaveAllPlacesFree() throws Exception {
        var random = new Random(10);
        try (var here = Scheduler.open(options(2).withoutPendingLimit());
                var there = Scheduler.open(options(2).withoutPendingLimit());
                AutoCloseable _ = this::letGo) {
            var all = new ArrayList<Job<?>>();
            for (var i = 0; i < 300; i++) {
                var first = i % 2 == 0 ? here : there;
                var second = i % 3 == 0 ? here : there;
                var job = first.spawn(
                        JobOptions.named("job").withSharedLimit(files),
                        () -> second.shield(
                                "outer",
                                () -> first.shield("inner", () -> {
                                    Crowd.linger();
                                    return 1;
                                })));
                all.add(job);
                if (random.nextInt(3) == 0) {
                    all.get(random.nextInt(all.size())).cancel();
                }
            }
            for (var job : all) {
                Within.outcome(job);
            }
            assertFree(here, 2);
            Within.hasAllPlaces(there, 2);
        }
    }

    @Test
    void limits_areNeverExceeded_byShieldingJobs() throws Exception {
        var crowd = new Crowd();
        try (var jobs = Scheduler.open(options(2));
                AutoCloseable _ = this::letGo) {
            for (var i = 0; i < 200; i++) {
                jobs.spawn(
                        "job",
                        () -> jobs.shield(
                                "outer",
                                () -> jobs.shield("inner", () -> {
                                    crowd.visit();
                                    return 1;
                                })));
            }
            Within.hasAllPlaces(jobs, 2);
        }
        assertThat(crowd.most()).isBetween(1, 2);
    }

    /// A cancelled job's clean-up belongs to work that was admitted: it does not wait for what was not.
    @EachThreadKind
    void shieldInACleanUp_goesAheadOfPendingJobs() throws Exception {
        try (var jobs = Scheduler.open(options(1));
                AutoCloseable _ = this::letGo) {
            List<String> order = new CopyOnWriteArrayList<>();
            var running = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                try {
                    new Door().pass();
                } finally {
                    Thread.interrupted();
                    jobs.shield("clean-up", () -> order.add("clean-up"));
                }
            });
            running.pass();
            for (var i = 0; i < 50; i++) {
                jobs.spawn("pending", () -> {
                    order.add("pending");
                    Crowd.linger();
                });
            }
            job.cancel();
            Within.outcome(job);
            Within.hasAllPlaces(jobs, 1);
            assertThat(order).startsWith("clean-up").hasSize(51);
        }
    }

    /// The job waits for another, is cancelled there, and so has no place when it cleans up.
    @EachThreadKind
    void shieldInACleanUp_ofAJobWithoutItsPlaces_runsAtOnce() throws Exception {
        try (var jobs = Scheduler.open(options(1));
                var others = Scheduler.open(options(1));
                AutoCloseable _ = this::letGo) {
            List<String> order = new CopyOnWriteArrayList<>();
            var target = others.spawn("target", hold::passIgnoringInterrupts);
            var waits = jobs.spawn(JobOptions.named("waits").withSharedLimit(files), () -> {
                try {
                    target.join();
                } finally {
                    Thread.interrupted();
                    jobs.shield("clean-up", () -> order.add("clean-up"));
                }
            });
            Within.isParked(waits);
            holdThePlaces(jobs);
            for (var i = 0; i < 50; i++) {
                jobs.spawn("pending", () -> order.add("pending"));
            }
            waits.cancel();
            Within.outcome(waits);
            assertThat(order).containsExactly("clean-up");
            hold.open();
            Within.hasAllPlaces(jobs, 1);
            assertThat(order).hasSize(51);
        }
    }

    private void holdThePlaces(Scheduler jobs) throws InterruptedException {
        var runs = new Door();
        jobs.spawn(JobOptions.named("holder").withSharedLimit(files), () -> {
            runs.open();
            return hold.passIgnoringInterrupts();
        });
        runs.pass();
    }

    @EachThreadKind
    void shieldInABlockingWait_runsAtOnce_whoeverHoldsThePlaces() throws Exception {
        try (var jobs = Scheduler.open(options(1));
                AutoCloseable _ = this::letGo) {
            var gaveUp = new Door();
            var job = jobs.spawn(
                    JobOptions.named("job").withSharedLimit(files),
                    () -> Job.blocking(() -> {
                        gaveUp.open();
                        holdThePlaces(jobs);
                        var shielded = jobs.shield("shielded", () -> jobs.shield("inner", () -> 4));
                        hold.open();
                        return shielded;
                    }));
            gaveUp.pass();
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(4));
            assertFree(jobs, 1);
        }
    }

    @EachThreadKind
    void shieldInTheLastHookOrTheHandler_runsAtOnce_whoeverHoldsThePlaces() throws Exception {
        var scheduler = new CompletableFuture<Scheduler>();
        var ended = new CompletableFuture<Integer>();
        var handled = new CompletableFuture<Integer>();
        var options = options(1)
                .withFailureHandler((job, failure) -> shieldInto(handled, scheduler))
                .withObserver(new Hooks().onEnded((job, outcome) -> {
                    if (job.name().equals("fails")) {
                        shieldInto(ended, scheduler);
                    }
                }));
        try (var jobs = Scheduler.open(options);
                AutoCloseable _ = this::letGo) {
            scheduler.complete(jobs);
            var mayFail = new Door();
            var fails = jobs.spawn(JobOptions.named("fails").withSharedLimit(files), () -> {
                mayFail.pass();
                throw new IllegalStateException("fails");
            });
            var holds = jobs.spawn(JobOptions.named("holds").withSharedLimit(files), hold::pass);
            mayFail.open();
            assertThat(Within.<Integer>call(ended::get)).isEqualTo(6);
            assertThat(Within.<Integer>call(handled::get)).isEqualTo(6);
            assertThat(fails.isDone()).isTrue();
            hold.open();
            Within.outcome(holds);
            assertFree(jobs, 1);
        }
    }

    /// Once the place is another's.
    private void shieldInto(CompletableFuture<Integer> result, CompletableFuture<Scheduler> scheduler) {
        try {
            var jobs = scheduler.join();
            Within.isTrue(() -> jobs.takenPlaces() == 1 && files.taken() == 1);
            result.complete(jobs.shield("shielded", () -> 6));
        } catch (Exception e) {
            result.completeExceptionally(e);
        }
    }

    @EachThreadKind
    void shield_fromOutsideOfAnyJob_takesNoPlace() throws Exception {
        try (var jobs = Scheduler.open(options(1));
                AutoCloseable _ = this::letGo) {
            jobs.spawn("holder", hold::pass);
            assertThat(Within.call(() -> jobs.shield("commit", () -> jobs.shield("inner", () -> 2))))
                    .isEqualTo(2);
            hold.open();
            Within.hasAllPlaces(jobs, 1);
        }
    }

    @EachThreadKind
    void shieldInAHook_takesNoPlaceFromAnybody() throws Exception {
        var scheduler = new CompletableFuture<Scheduler>();
        var shielded = new AtomicInteger();
        var options = options(1)
                .withObserver(new Hooks()
                        .onStarting(job -> shieldOnce(job, scheduler, shielded))
                        .onStopped(job -> shieldOnce(job, scheduler, shielded))
                        .onEnded((job, outcome) -> shieldOnce(job, scheduler, shielded)));
        try (var jobs = Scheduler.open(options);
                AutoCloseable _ = this::letGo) {
            scheduler.complete(jobs);
            var job = jobs.spawn(JobOptions.named("shields").withSharedLimit(files), () -> 1);
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(1));
            assertThat(shielded).hasValue(3);
            assertFree(jobs, 1);
        }
    }

    private static void shieldOnce(Job<?> job, CompletableFuture<Scheduler> scheduler, AtomicInteger shielded) {
        if (job.name().equals("shields")) {
            try {
                scheduler.join().shield("in a hook", shielded::incrementAndGet);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
