package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.engine.EngineView;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R15: a scope that has ended leaves no supervisor behind")
final class SupervisorRacesTest {
    @Test
    void supervisor_madeWhileItsScopeEnds_endsToo() throws Exception {
        for (int round = 0; round < 500; round++) {
            var jobs = Scheduler.open(TestOptions.unlimited().withCloseTimeout(TestOptions.LONG));
            var scopes = new CompletableFuture<JobScope>();
            var held = Held.body();
            Job<String> branch = jobs.spawn("branch", scope -> {
                scopes.complete(scope);
                return held.call();
            });
            var scope = scopes.get(30, TimeUnit.SECONDS);
            var spawner = Actor.start(ThreadKind.PLATFORM, () -> trySpawn(scope));
            branch.cancel();
            assertThat(branch.await()).isInstanceOf(Outcome.Cancelled.class);
            spawner.result();
            var start = System.nanoTime();
            assertThat(jobs.close(Duration.ZERO)).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    /// Threads that spawn at once have supervisors of their own where nothing is limited.
    @Test
    void supervisors_ofManySpawners_endWithTheScheduler() throws Exception {
        for (int round = 0; round < 200; round++) {
            var done = new AtomicInteger();
            var jobs = Scheduler.open(TestOptions.unlimited());
            var ended = EngineView.supervisorsEnd(jobs);
            try (jobs) {
                var spawners = Stream.generate(() -> Actor.start(ThreadKind.VIRTUAL, () -> spawnTwenty(jobs, done)))
                        .limit(8)
                        .toList();
                for (var spawner : spawners) {
                    spawner.result();
                }
                assertThat(ended.getAsBoolean()).isFalse();
            }
            assertThat(done).hasValue(160);
            assertThat(ended.getAsBoolean()).isTrue();
        }
    }

    /// It may not be lost, and then is to see that another goes on.
    @Test
    void supervisorThatIsReplaced_whileItWaits_endsWithTheScheduler() throws Exception {
        var jobs = Scheduler.open(TestOptions.limit(1).withCloseTimeout(TestOptions.LONG));
        var ended = EngineView.supervisorsEnd(jobs);
        for (int i = 0; i < 2; i++) {
            assertThat(jobs.spawn(() -> 1).join()).isEqualTo(1);
            EngineView.replaceSupervisors(jobs);
        }
        Within.run(ThreadKind.PLATFORM, jobs::close);
        assertThat(ended.getAsBoolean()).isTrue();
    }

    private static int spawnTwenty(Scheduler jobs, AtomicInteger done) {
        for (int i = 0; i < 20; i++) {
            jobs.spawn(done::incrementAndGet);
        }
        return 20;
    }

    private static @Nullable Outcome<Integer> trySpawn(JobScope scope) throws InterruptedException {
        try {
            return scope.spawn("late", () -> 1).await();
        } catch (RejectedExecutionException ended) {
            return null;
        }
    }
}
