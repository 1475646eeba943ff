package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.testing.RawScope;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R1: any thread may spawn into a scheduler or a scope while it is open; no thread owns either")
final class Rule01AnyThreadSpawnsTest {
    private static final ScopedValue<String> VALUE = ScopedValue.newInstance();

    @EachThreadKind
    void spawn_fromTheOpeningThread_runs() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            assertSucceeded(jobs.spawn("job", () -> 1), 1);
        }
    }

    @EachThreadKind
    void spawn_fromForeignThread_runs() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var job = Actor.start(() -> jobs.spawn("job", () -> 1)).result();
            assertSucceeded(job, 1);
        }
    }

    @EachThreadKind
    void spawn_afterTheOpeningThreadEnded_runs() throws Exception {
        var opener = Actor.start(() -> Scheduler.open(TestOptions.unlimited()));
        try (var jobs = opener.result()) {
            assertThat(opener.isOver()).isTrue();
            assertSucceeded(jobs.spawn("job", () -> 1), 1);
        }
    }

    @EachThreadKind
    void close_fromForeignThread_closes() throws Exception {
        var jobs = Scheduler.open(TestOptions.unlimited());
        var job = jobs.spawn("job", () -> 1);
        Actor.start(() -> {
                    jobs.close();
                    return null;
                })
                .result();
        assertThat(jobs.isClosed()).isTrue();
        assertSucceeded(job, 1);
    }

    @EachThreadKind
    void spawn_intoBranchScopeFromForeignThread_runsAsItsChild() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            var scopeOf = new CompletableFuture<JobScope>();
            var end = new Door();
            var branch = jobs.spawn("branch", scope -> {
                scopeOf.complete(scope);
                end.pass();
                return "over";
            });
            var scope = scopeOf.join();
            var hold = new Door();
            var child = Actor.start(() -> scope.spawn("child", hold::pass)).result();
            assertThat(child.parent()).contains(branch);
            assertThat(child.path()).isEqualTo("test/branch/child");
            assertThat(branch.children()).containsExactly(child);
            assertThat(scope.contains(child)).isTrue();
            assertThat(jobs.contains(child)).isFalse();
            hold.open();
            assertSucceeded(child, null);
            end.open();
            assertSucceeded(branch, "over");
        }
    }

    @Test
    void spawn_fromManyThreadsAtOnce_runsEachJobOnce() throws Exception {
        var threads = 16;
        var each = 200;
        var ran = new AtomicInteger[threads * each];
        try (var jobs = Scheduler.open(TestOptions.limit(7))) {
            var start = new Door();
            var actors = new ArrayList<Actor<Integer>>();
            for (var t = 0; t < threads; t++) {
                var first = t * each;
                actors.add(Actor.start(ThreadKind.ofTurn(t), () -> {
                    start.pass();
                    for (var i = first; i < first + each; i++) {
                        var count = new AtomicInteger();
                        ran[i] = count;
                        jobs.spawn("job", () -> count.incrementAndGet());
                    }
                    return each;
                }));
            }
            start.open();
            for (var actor : actors) {
                actor.result();
            }
        }
        assertThat(ran).allSatisfy(count -> assertThat(count).hasValue(1));
    }

    @Test
    void spawn_fromJobOfAnotherScheduler_belongsToTheOneSpawnedInto() throws Exception {
        try (var here = Scheduler.open(TestOptions.unlimited());
                var there = Scheduler.open(TestOptions.unlimited())) {
            Job<Job<Integer>> job = here.spawn("job", () -> there.spawn("other", () -> 1));
            var other = job.join();
            assertThat(other.scheduler()).isSameAs(there);
            assertThat(other.parent()).isEmpty();
            assertSucceeded(other, 1);
        }
    }

    @Test
    void spawn_fromGrandchildIntoTheScopeOfItsGrandparent_runsThere() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            Job<Job<String>> branch = jobs.spawn("a", outer -> {
                Job<Job<String>> inner = outer.spawn("b", scope -> {
                    Job<Job<String>> leaf = scope.spawn("c", () -> outer.spawn("d", () -> "value"));
                    return leaf.join();
                });
                return inner.join();
            });
            var job = branch.join();
            assertThat(job.path()).isEqualTo("test/a/d");
            assertSucceeded(job, "value");
        }
    }

    @Test
    void spawn_whileTheBodyHasBoundScopedValues_runs() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var before = scope.spawn("before", () -> 1);
                var within = ScopedValue.where(VALUE, "bound").call(() -> scope.spawn("within", () -> 2));
                var deeper = ScopedValue.where(VALUE, "bound").call(() -> {
                    var spawned = scope.spawn("joined", () -> 4);
                    return spawned.join();
                });
                var after = scope.spawn("after", () -> 8);
                return before.join() + within.join() + deeper + after.join();
            });
            assertSucceeded(branch, 15);
        }
    }

    @Test
    void spawn_aroundStructuredTaskScopeOfTheBody_runs() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.unlimited())) {
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                try (var forks = RawScope.open()) {
                    var byOwner = scope.spawn("owner", () -> 1);
                    var fork = forks.fork(() -> scope.spawn("fork", () -> 2));
                    forks.join();
                    return byOwner.join() + fork.get().join();
                }
            });
            assertSucceeded(branch, 3);
        }
    }

    @Test
    void spawn_fromHooksAndFailureHandler_runs() throws Exception {
        var spawnedInside = new CompletableFuture<Job<String>>();
        var hooked = new CompletableFuture<Job<String>>();
        try (var other = Scheduler.open(TestOptions.unlimited())) {
            var options = TestOptions.unlimited()
                    .withFailureHandler((job, failure) ->
                            spawnedInside.complete(job.scheduler().spawn("from the handler", () -> "handler")))
                    .withObserver(new Hooks().onEnded((job, outcome) -> {
                        if (job.name().equals("fails")) {
                            hooked.complete(other.spawn("from a hook", () -> "hook"));
                        }
                    }));
            try (var jobs = Scheduler.open(options)) {
                jobs.spawn("fails", () -> {
                    throw new IllegalStateException("on purpose");
                });
                assertSucceeded(spawnedInside.get(), "handler");
                assertSucceeded(hooked.get(), "hook");
            }
        }
    }
}
