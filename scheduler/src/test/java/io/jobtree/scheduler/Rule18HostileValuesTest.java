package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("R18: a carried value may be anything, and what a body binds or leaves behind stays with that body")
final class Rule18HostileValuesTest {
    private static final ScopedValue<Object> VALUE = ScopedValue.newInstance();

    /// A value that throws from everything.
    private static final class Hostile {
        @Override
        public int hashCode() {
            throw new IllegalStateException("no hash");
        }

        @Override
        public boolean equals(@Nullable Object other) {
            throw new IllegalStateException("no equality");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very object
    @EachThreadKind
    void hostileValue_isCarried_byASchedulerAndByAJob() throws Exception {
        var value = new Hostile();
        var options = TestOptions.limit(2).withCarried(VALUE);
        try (var jobs = ScopedValue.where(VALUE, value).call(() -> Scheduler.open(options))) {
            Job<Boolean> branch = jobs.spawn(
                    "branch",
                    scope -> scope.spawn("child", () -> VALUE.get() == value).join());
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>(true));
            var other = new Hostile();
            var job = ScopedValue.where(VALUE, other)
                    .call(() -> jobs.spawn(JobOptions.named("job").withCarried(VALUE), () -> VALUE.get() == other));
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Succeeded<>(true));
            assertThat(jobs.tree().toString() + jobs.options() + job.options()).isNotEmpty();
        }
    }

    /// Bound by the body round everything it does, also round a spawn, a join, a shield and a failure.
    @EachThreadKind
    void valueBoundByABody_roundEverythingItDoes_breaksNothing() throws Exception {
        try (var jobs = Scheduler.open(TestOptions.limit(1))) {
            for (var i = 0; i < 50; i++) {
                Job<String> branch = jobs.spawn(
                        JobOptions.named("branch").withChildLimit(1),
                        scope -> ScopedValue.where(VALUE, "body").call(() -> {
                            var first = scope.spawn("first", () -> String.valueOf(VALUE.orElse("none")));
                            var foreign = Within.call(
                                    () -> scope.spawn("foreign", () -> String.valueOf(VALUE.orElse("none"))));
                            var shielded = jobs.shield("shielded", () -> String.valueOf(VALUE.orElse("none")));
                            return first.join() + foreign.join() + shielded + VALUE.get();
                        }));
                assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>("nonenonenonebody"));
            }
            Within.hasAllPlaces(jobs, 1);
        }
    }

    @Test
    void failureOutOfABinding_withRunningChildren_breaksNothing() throws Exception {
        var failure = new IllegalStateException("on purpose");
        try (var jobs = Scheduler.open(TestOptions.limit(1).withFailureHandler((job, thrown) -> {}))) {
            var child = new CompletableFuture<Job<?>>();
            Job<Integer> branch = jobs.spawn(
                    "branch",
                    scope -> ScopedValue.where(VALUE, "body").call(() -> {
                        child.complete(scope.spawn("child", () -> new Door().pass()));
                        throw failure;
                    }));
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Failed<>(failure));
            assertThat(Within.outcome(child.join())).isInstanceOf(Outcome.Cancelled.class);
            Within.hasAllPlaces(jobs, 1);
        }
    }

    /// A thread-local of one job's is another's only where threads are reused, and never its children's.
    @EachThreadKind
    void threadLocals_areNotInherited() throws Exception {
        var local = new ThreadLocal<@Nullable String>();
        try (var jobs = Scheduler.open(TestOptions.limit(2))) {
            Job<String> branch = jobs.spawn("branch", scope -> {
                local.set("mine");
                var child =
                        scope.spawn("child", () -> String.valueOf(local.get())).join();
                local.remove();
                return child;
            });
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>("null"));
        }
    }
}
