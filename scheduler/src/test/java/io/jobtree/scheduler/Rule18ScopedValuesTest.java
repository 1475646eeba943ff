package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.testing.RawScope;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R18: jobs see the carried ScopedValues; what a body binds itself is not inherited unless carried")
final class Rule18ScopedValuesTest {
    private static final ScopedValue<String> USER = ScopedValue.newInstance();
    private static final ScopedValue<String> TRACE = ScopedValue.newInstance();

    private static String seen() {
        return USER.orElse("none") + "/" + TRACE.orElse("none");
    }

    private static Scheduler open(ScopedValue<?>... carried) {
        return Scheduler.open(TestOptions.limit(10).withCarried(carried));
    }

    @EachThreadKind
    void valueCarriedByScheduler_isThatOfTheOpener_inEveryJob() throws Exception {
        try (var jobs = ScopedValue.where(USER, "opener").where(TRACE, "t").call(() -> open(USER))) {
            assertSucceeded(jobs.spawn("job", Rule18ScopedValuesTest::seen), "opener/none");
            Job<String> branch = jobs.spawn("branch", scope -> {
                Job<String> middle = scope.spawn(
                        "middle",
                        inner -> inner.spawn("leaf", Rule18ScopedValuesTest::seen)
                                .join());
                return seen() + " " + middle.join();
            });
            assertSucceeded(branch, "opener/none opener/none");
            var other = ScopedValue.where(USER, "spawner").call(() -> jobs.spawn("job", Rule18ScopedValuesTest::seen));
            assertSucceeded(other, "opener/none");
        }
    }

    @EachThreadKind
    void valueOfTheSpawner_isNotSeen_unlessCarried() throws Exception {
        try (var jobs = open()) {
            var plain = ScopedValue.where(USER, "spawner").call(() -> jobs.spawn("job", Rule18ScopedValuesTest::seen));
            assertSucceeded(plain, "none/none");
            var carried = ScopedValue.where(USER, "spawner")
                    .where(TRACE, "t")
                    .call(() -> jobs.spawn(JobOptions.named("job").withCarried(USER), Rule18ScopedValuesTest::seen));
            assertSucceeded(carried, "spawner/none");
        }
    }

    @Test
    void valueCarriedToAJob_isSeenInItsHooks_andItsFailureHandler() throws Exception {
        var seen = new ConcurrentHashMap<String, String>();
        var options = TestOptions.limit(10)
                .withObserver(new Hooks()
                        .onStarting(job -> seen.put("starting " + job.name(), seen()))
                        .onStopped(job -> seen.put("stopped " + job.name(), seen()))
                        .onEnded((job, outcome) -> seen.put("ended " + job.name(), seen())))
                .withFailureHandler((job, failure) -> seen.put("handler " + job.name(), seen()));
        try (var jobs = Scheduler.open(options)) {
            ScopedValue.where(USER, "u").run(() -> {
                jobs.spawn(JobOptions.named("leaf").withCarried(USER), () -> {
                    throw new IllegalStateException("on purpose");
                });
                jobs.spawn(JobOptions.named("branch").withCarried(USER), scope -> {
                    throw new IllegalStateException("on purpose");
                });
            });
        }
        assertThat(seen)
                .hasSize(8)
                .allSatisfy((where, what) -> assertThat(what).as(where).isEqualTo("u/none"));
    }

    /// Hears everything that is called on a thread which is none of the scheduler's.
    private static JobObserver elsewhere(Map<String, String> seen, CountDownLatch heard) {
        return job -> new JobObservation() {
            private void note(String hook) {
                seen.put(hook + " of " + job.name(), seen());
                heard.countDown();
            }

            @Override
            public void cancelling(CancelReason reason, Optional<Job<?>> origin) {
                note("cancelling");
            }

            @Override
            public void unobserved(Throwable failure) {
                note("unobserved");
            }
        };
    }

    @EachThreadKind
    void valuesCarriedByTheScheduler_andToAJob_areSeenInWhatRunsOnAnotherThread() throws Exception {
        var seen = new ConcurrentHashMap<String, String>();
        var heard = new CountDownLatch(1);
        var hold = new Door();
        var runs = new Door();
        var options = TestOptions.limit(10)
                .withCarried(USER)
                .withCloseTimeout(Duration.ofMillis(1))
                .withObserver(elsewhere(seen, heard))
                .withFailureHandler((job, failure) -> seen.put("handler of " + job.name(), seen()));
        try (var _ = new RecordedLog()) {
            var jobs = ScopedValue.where(USER, "opener").call(() -> Scheduler.open(options));
            var stubborn = ScopedValue.where(TRACE, "t")
                    .call(() -> jobs.spawn(JobOptions.named("stubborn").withCarried(TRACE), () -> {
                        runs.open();
                        hold.passIgnoringInterrupts();
                    }));
            runs.pass();
            stubborn.cancel();
            heard.await();
            assertThat(jobs.close(Duration.ZERO)).hasSize(1);
            hold.open();
            stubborn.await();
        }
        assertThat(seen)
                .containsOnlyKeys("cancelling of stubborn", "unobserved of stubborn", "handler of stubborn")
                .allSatisfy((where, what) -> assertThat(what).as(where).isEqualTo("opener/t"));
    }

    /// Its scope is sealed by an observer that hears of its spawn.
    @EachThreadKind
    void valueCarriedByTheScheduler_isSeenInTheEnd_ofAJobThatCameTooLate() throws Exception {
        var ended = new CompletableFuture<String>();
        var options = TestOptions.limit(10)
                .withCarried(USER)
                .withObserver(new Hooks()
                        .onSpawned(job -> {
                            if (job.name().equals("late")) {
                                job.parent().orElseThrow().cancel();
                            }
                        })
                        .onEnded((job, outcome) -> {
                            if (job.name().equals("late")) {
                                ended.complete(seen());
                            }
                        }));
        try (var jobs = ScopedValue.where(USER, "opener").call(() -> Scheduler.open(options))) {
            jobs.spawn("branch", scope -> scope.spawn("late", () -> 1).join());
            assertThat(ended.join()).isEqualTo("opener/none");
        }
    }

    @Test
    void valueCarriedToAJob_isSeenInTheShieldOfAFork() throws Exception {
        try (var jobs = open();
                var others = open()) {
            var options = JobOptions.named("job").withCarried(USER);
            Job<String> job = ScopedValue.where(USER, "u")
                    .call(() -> jobs.spawn(options, () -> {
                        try (var forks = RawScope.open()) {
                            var fork = forks.fork(() -> others.shield("shield", Rule18ScopedValuesTest::seen));
                            forks.join();
                            return fork.get();
                        }
                    }));
            assertThat(job.join()).isEqualTo(ScopedValue.where(USER, "u").call(Rule18ScopedValuesTest::seen));
        }
    }

    @EachThreadKind
    void valueCarriedToAJob_isSeenInItsShield() throws Exception {
        try (var jobs = open();
                var others = open()) {
            var options = JobOptions.named("job").withCarried(USER);
            Job<String> job = ScopedValue.where(USER, "u")
                    .call(() -> jobs.spawn(options, scope -> {
                        var again = JobOptions.named("below").withCarried(TRACE);
                        Job<String> below = ScopedValue.where(USER, "own")
                                .where(TRACE, "t")
                                .call(() -> scope.spawn(
                                        again,
                                        inner -> inner.spawn(
                                                        "leaf",
                                                        () -> jobs.shield(
                                                                "outer",
                                                                () -> seen()
                                                                        + others.shield(
                                                                                "inner", Rule18ScopedValuesTest::seen)))
                                                .join()));
                        // What the body has bound itself is not carried.
                        var own = ScopedValue.where(USER, "own")
                                .where(TRACE, "t")
                                .call(() -> jobs.shield("own", Rule18ScopedValuesTest::seen));
                        return below.join() + " " + own;
                    }));
            assertSucceeded(job, "u/tu/t u/none");
            assertThat(ScopedValue.where(USER, "outside")
                            .call(() -> jobs.shield("outside", Rule18ScopedValuesTest::seen)))
                    .isEqualTo("none/none");
        }
    }

    @EachThreadKind
    void valueCarriedByTheSchedulerOfAJob_isSeenInItsShieldElsewhere() throws Exception {
        try (var jobs = ScopedValue.where(USER, "opener").call(() -> open(USER));
                var others = open()) {
            assertSucceeded(
                    jobs.spawn("job", () -> others.shield("shield", Rule18ScopedValuesTest::seen)), "opener/none");
            Job<String> branch = jobs.spawn("branch", scope -> {
                Job<String> middle = scope.spawn(
                        "middle",
                        inner -> inner.spawn("leaf", () -> others.shield("shield", Rule18ScopedValuesTest::seen))
                                .join());
                return middle.join();
            });
            assertSucceeded(branch, "opener/none");
            var carrying = ScopedValue.where(TRACE, "t")
                    .call(() -> jobs.spawn(
                            JobOptions.named("job").withCarried(TRACE),
                            () -> others.shield("shield", Rule18ScopedValuesTest::seen)));
            assertSucceeded(carrying, "opener/t");
            // Nothing of it stays there.
            assertSucceeded(others.spawn("beside", Rule18ScopedValuesTest::seen), "none/none");
        }
    }

    @EachThreadKind
    void valueOfTheJobThatWaits_wins_overThatOfTheShieldsScheduler() throws Exception {
        try (var jobs = ScopedValue.where(USER, "opener").call(() -> open(USER));
                var others = ScopedValue.where(USER, "other").where(TRACE, "t").call(() -> open(USER, TRACE))) {
            // What only the other one carries is seen too.
            assertSucceeded(jobs.spawn("job", () -> others.shield("shield", Rule18ScopedValuesTest::seen)), "opener/t");
            var carrying = ScopedValue.where(USER, "spawner")
                    .call(() -> jobs.spawn(
                            JobOptions.named("job").withCarried(USER),
                            () -> others.shield("shield", Rule18ScopedValuesTest::seen)));
            assertSucceeded(carrying, "spawner/t");
            assertThat(others.shield("no job waits", Rule18ScopedValuesTest::seen))
                    .isEqualTo("other/t");
            assertSucceeded(others.spawn("beside", Rule18ScopedValuesTest::seen), "other/t");
        }
    }

    @Test
    void shieldElsewhere_seesTheValuesOfThatScheduler_whereTheJobThatWaitsHasNone() throws Exception {
        try (var jobs = open();
                var others = ScopedValue.where(USER, "other").call(() -> open(USER))) {
            assertSucceeded(
                    jobs.spawn("job", () -> others.shield("shield", Rule18ScopedValuesTest::seen)), "other/none");
            var carrying = ScopedValue.where(TRACE, "t")
                    .call(() -> jobs.spawn(
                            JobOptions.named("job").withCarried(TRACE),
                            () -> others.shield("shield", Rule18ScopedValuesTest::seen)));
            assertSucceeded(carrying, "other/t");
        }
    }

    @EachThreadKind
    void shieldsOneInTheOther_overThreeSchedulers_seeWhatEachCarries() throws Exception {
        try (var first = ScopedValue.where(USER, "first").call(() -> open(USER));
                var second = ScopedValue.where(USER, "second").where(TRACE, "t").call(() -> open(USER, TRACE));
                var third = ScopedValue.where(TRACE, "third").call(() -> open(TRACE));
                var bare = open()) {
            var job = first.spawn(
                    "job",
                    () -> second.shield("outer", () -> {
                        var inThird = third.shield("third", Rule18ScopedValuesTest::seen);
                        var inBare = bare.shield("bare", Rule18ScopedValuesTest::seen);
                        var again = first.shield(
                                "1", () -> second.shield("2", () -> bare.shield("3", Rule18ScopedValuesTest::seen)));
                        return seen() + " " + inThird + " " + inBare + " " + again;
                    }));
            assertSucceeded(job, "first/t first/t first/t first/t");
        }
    }

    /// A value that was bound again is the nearer one, also where both are on the way.
    @Test
    void valueCarriedTwice_isTheNearerOneInAShieldElsewhere() throws Exception {
        try (var jobs = ScopedValue.where(USER, "opener").call(() -> open(USER));
                var others = ScopedValue.where(USER, "opener").call(() -> open(USER))) {
            var options = JobOptions.named("below").withCarried(USER);
            Job<String> branch = jobs.spawn(
                    "branch",
                    scope -> ScopedValue.where(USER, "nearer")
                            .call(() -> scope.spawn(
                                            options, () -> others.shield("shield", Rule18ScopedValuesTest::seen))
                                    .join()));
            assertSucceeded(branch, "nearer/none");
        }
    }

    @EachThreadKind
    void valueCarriedByJob_isSeenByAllBelow_andNowhereElse() throws Exception {
        try (var jobs = open()) {
            var options = JobOptions.named("branch").withCarried(USER, TRACE);
            Job<String> branch = ScopedValue.where(USER, "u")
                    .where(TRACE, "t")
                    .call(() -> jobs.spawn(options, scope -> {
                        Job<String> middle = scope.spawn(
                                "middle",
                                inner -> inner.spawn("leaf", Rule18ScopedValuesTest::seen)
                                        .join());
                        return seen() + " " + middle.join();
                    }));
            assertSucceeded(branch, "u/t u/t");
            assertSucceeded(jobs.spawn("beside", Rule18ScopedValuesTest::seen), "none/none");
        }
    }

    @EachThreadKind
    void valueCarriedByBranch_isSeenByChildrenThatOtherThreadsSpawn() throws Exception {
        try (var jobs = open()) {
            var scopeOf = new CompletableFuture<JobScope>();
            var hold = new Door();
            Job<Integer> branch = ScopedValue.where(USER, "u")
                    .call(() -> jobs.spawn(JobOptions.named("branch").withCarried(USER), scope -> {
                        scopeOf.complete(scope);
                        hold.pass();
                        return 1;
                    }));
            var child = ScopedValue.where(USER, "foreign")
                    .call(() -> scopeOf.join().spawn("child", Rule18ScopedValuesTest::seen));
            assertSucceeded(child, "u/none");
            hold.open();
            assertSucceeded(branch, 1);
        }
    }

    @Test
    void valueBoundByBody_isNotInherited_unlessCarried() throws Exception {
        try (var jobs = open()) {
            Job<String> branch = jobs.spawn(
                    "branch",
                    scope -> ScopedValue.where(USER, "body").call(() -> {
                        var plain = scope.spawn("plain", Rule18ScopedValuesTest::seen);
                        var carried = scope.spawn(
                                JobOptions.named("carried").withCarried(USER), Rule18ScopedValuesTest::seen);
                        return plain.join() + " " + carried.join() + " " + seen();
                    }));
            assertSucceeded(branch, "none/none body/none body/none");
        }
    }

    @Test
    void valueBoundAgainByBody_leavesTheCarriedOneToItsChildren() throws Exception {
        try (var jobs = ScopedValue.where(USER, "opener").call(() -> open(USER))) {
            Job<String> branch = jobs.spawn(
                    "branch",
                    scope -> ScopedValue.where(USER, "body")
                            .call(() -> scope.spawn("child", Rule18ScopedValuesTest::seen)
                                    .join()));
            assertSucceeded(branch, "opener/none");
        }
    }

    @Test
    void valueCarriedNearer_wins() throws Exception {
        try (var jobs = ScopedValue.where(USER, "opener").call(() -> open(USER))) {
            var job = ScopedValue.where(USER, "spawner")
                    .call(() -> jobs.spawn(JobOptions.named("job").withCarried(USER), Rule18ScopedValuesTest::seen));
            assertSucceeded(job, "spawner/none");
        }
    }

    @Test
    void valueThatIsNotBound_isLeftOut() throws Exception {
        try (var jobs = open(USER)) {
            assertSucceeded(jobs.spawn("job", Rule18ScopedValuesTest::seen), "none/none");
            assertSucceeded(
                    jobs.spawn(JobOptions.named("job").withCarried(TRACE), Rule18ScopedValuesTest::seen), "none/none");
        }
    }

    @Test
    void valueCarriedByPendingJob_isThatOfItsSpawn() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1))) {
            var hold = new Door();
            jobs.spawn("holder", hold::pass);
            var options = JobOptions.named("job").withCarried(USER);
            var first = ScopedValue.where(USER, "1").call(() -> jobs.spawn(options, Rule18ScopedValuesTest::seen));
            var second = ScopedValue.where(USER, "2").call(() -> jobs.spawn(options, Rule18ScopedValuesTest::seen));
            hold.open();
            assertSucceeded(first, "1/none");
            assertSucceeded(second, "2/none");
            assertThat(seen()).isEqualTo("none/none");
        }
    }
}
