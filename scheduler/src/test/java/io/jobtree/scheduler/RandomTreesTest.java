package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Thousands of random jobs in random trees, against a model of what may become of each; see [RandomTree].
///
/// A failure names its seed; put it into [#again] to run that plan again (the threads' timing will differ).
final class RandomTreesTest {
    private static final int SPAWNERS = 3;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void again(long seed) throws Exception {
        run(seed);
    }

    @Test
    @Tag("full")
    void everyJob_ofRandomTrees_endsAsTheRulesAllow() throws Exception {
        var seeds = new Random();
        var end = System.nanoTime() + Duration.ofSeconds(8).toNanos();
        while (System.nanoTime() < end) {
            run(seeds.nextLong());
        }
    }

    private static void run(long seed) throws Exception {
        try {
            runAndCheck(seed);
        } catch (Exception | AssertionError failure) {
            throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
        }
    }

    private static void runAndCheck(long seed) throws Exception {
        var random = new Random(seed);
        var limits = List.of(Limit.of("one", 1), Limit.of("three", 3));
        var limit = 1 + random.nextInt(6);
        var tree = new RandomTree(limits);
        var options = TestOptions.named("random")
                .withLimit(limit)
                .withPendingLimit(1 + random.nextInt(20))
                .withCloseTimeout(TestOptions.LONG)
                .withFailureHandler(tree::failureHandled)
                .withObserver(tree.observer());
        var jobs = Scheduler.open(options);
        var root = tree.root(jobs, limit);
        var spawners = new ArrayList<Actor<Integer>>();
        for (var i = 0; i < SPAWNERS; i++) {
            var mine = new Random(random.nextLong());
            spawners.add(Actor.start(ThreadKind.ofTurn(i), () -> {
                try {
                    for (var job = 0; job < 12; job++) {
                        tree.actFromOutside(root, mine);
                    }
                } catch (RejectedExecutionException closed) {
                    assertThat(jobs.isClosed()).isTrue();
                }
                return 0;
            }));
        }
        var wait = Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(10) : 20_000);
        if (wait.toSeconds() > 0) {
            for (var spawner : spawners) {
                spawner.result();
            }
        }
        tree.closing();
        assertThat(jobs.close(wait)).as("stragglers").isEmpty();
        for (var spawner : spawners) {
            spawner.result();
        }
        check(jobs, tree, limits);
    }

    private static void check(Scheduler jobs, RandomTree tree, List<Limit> limits) throws Exception {
        var softly = new SoftAssertions();
        tree.check(softly);
        softly.assertThat(jobs.jobs()).isEmpty();
        softly.assertThat(jobs.activeCount()).as("active").isZero();
        softly.assertThat(jobs.pendingCount()).as("pending").isZero();
        for (var limit : limits) {
            softly.assertThat(limit.taken()).as("taken of %s", limit).isZero();
            softly.assertThat(limit.waiting()).as("waiting for %s", limit).isZero();
        }
        softly.assertAll();
    }
}
