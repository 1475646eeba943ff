package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R15: a scope that has ended leaves no supervisor behind")
final class SupervisorRacesTest {
    /// The spawner is held where it makes the scope's supervisor, until the scope has ended.
    @Test
    void supervisor_madeWhileItsScopeEnds_endsToo() throws Exception {
        var jobs = Scheduler.open(TestOptions.unlimited().withCloseTimeout(TestOptions.LONG));
        var scopes = new CompletableFuture<JobScope>();
        var held = Held.body();
        Job<String> branch = jobs.spawn("branch", scope -> {
            scopes.complete(scope);
            return held.call();
        });
        var scope = scopes.get(30, TimeUnit.SECONDS);
        Actor<Job<Integer>> spawner;
        synchronized (scope) {
            spawner = Actor.start(ThreadKind.PLATFORM, () -> scope.spawn("late", () -> 1));
            Actor.awaitBlocked(spawner.thread());
            branch.cancel();
            assertThat(branch.await()).isInstanceOf(Outcome.Cancelled.class);
        }
        Outcomes.assertCancelled(spawner.result(), CancelReason.PARENT);
        var start = System.nanoTime();
        jobs.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
}
