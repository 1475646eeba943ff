package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.engine.EngineView;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("R17: a thread that cannot be started is a failure of that job and frees its place")
final class Rule17ThreadNotStartedTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread, not really");

    private Scheduler open(int limit) {
        return Scheduler.open(TestOptions.limit(limit).withFailureHandler(failures));
    }

    // Where threads are reused the body's own starts none for a job that needs places.
    @Tag(TestOptions.FRESH_THREADS)
    @Test
    void child_withoutAThread_fails_andFreesItsPlaces() throws Exception {
        var limit = Limit.of("shared", 1);
        try (var jobs = open(1)) {
            var options = JobOptions.named("branch").withSupervision().withChildLimit(1);
            Job<Integer> branch = jobs.spawn(options, scope -> {
                EngineView.runOutOfThreads(scope, noThread);
                for (int i = 0; i < 3; i++) {
                    var child = scope.spawn(JobOptions.named("child").withSharedLimit(limit), () -> 1);
                    assertThat(child.await()).isEqualTo(new Outcome.Failed<Integer>(noThread));
                    assertThat(child.startedAt()).isEmpty();
                    assertThat(scope.activeCount() + scope.pendingCount()).isZero();
                    assertThat(limit.taken() + limit.waiting()).isZero();
                }
                return 7;
            });
            Outcomes.assertSucceeded(branch, 7);
            Outcomes.assertSucceeded(jobs.spawn(JobOptions.named("after").withSharedLimit(limit), () -> 8), 8);
        }
    }

    @Test
    void child_withoutAThread_failsAFailFastBranch() throws Exception {
        try (var jobs = open(1)) {
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                EngineView.runOutOfThreads(scope, noThread);
                return scope.spawn("child", () -> 1).join();
            });
            Outcomes.assertFailed(branch, noThread);
            Outcomes.assertSucceeded(jobs.spawn("after", () -> 8), 8);
        }
    }

    @Test
    void jobs_withoutAThread_failOneByOne_andTheOthersRun() throws Exception {
        try (var jobs = open(1)) {
            for (int i = 0; i < 100; i++) {
                var victim = EngineView.spawnWithoutThread(jobs, noThread);
                Outcomes.assertSucceeded(jobs.spawn("other", () -> 8), 8);
                assertThat(victim.await()).isEqualTo(new Outcome.Failed<Integer>(noThread));
                assertThat(victim.startedAt()).isEmpty();
            }
        }
    }

    @Test
    void job_withoutAThread_isReportedToTheHandler_onAThreadOfItsOwn() throws Exception {
        var handled = new CompletableFuture<Thread>();
        try (var jobs = Scheduler.open(
                TestOptions.limit(1).withFailureHandler((job, failure) -> handled.complete(Thread.currentThread())))) {
            EngineView.spawnWithoutThread(jobs, noThread);
            var thread = handled.get(30, TimeUnit.SECONDS);
            assertThat(thread.isVirtual()).isTrue();
            assertThat(thread.getName()).doesNotContain("supervisor");
        }
    }

    /// R18, R26: though it ends on a thread of its scheduler's.
    @Test
    void childWithoutAThread_isReported_withTheValuesAndTheClassLoaderOfItsScope() throws Exception {
        var user = ScopedValue.<String>newInstance();
        var loader = new ClassLoader() {};
        var seen = new CompletableFuture<String>();
        try (var jobs = Scheduler.open(TestOptions.limit(1)
                .withFailureHandler((job, failure) -> seen.complete(user.orElse("none") + ", "
                        + loader.equals(Thread.currentThread().getContextClassLoader()))))) {
            var branch = JobOptions.named("branch").withCarried(user).withSupervision();
            ScopedValue.where(user, "ada")
                    .run(() -> jobs.spawn(branch, scope -> {
                        EngineView.runOutOfThreads(scope, noThread);
                        Thread.currentThread().setContextClassLoader(loader);
                        scope.spawn("child", () -> 1);
                        seen.join();
                    }));
            assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo("ada, true");
        }
    }
}
