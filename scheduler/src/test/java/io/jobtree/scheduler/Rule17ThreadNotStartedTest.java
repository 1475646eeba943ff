package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("R17: a thread that cannot be started is a failure of that job and frees its place")
final class Rule17ThreadNotStartedTest {
    private final RecordedFailures failures = new RecordedFailures();
    private final OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread, not really");

    private Scheduler open(int limit) {
        return Scheduler.open(TestOptions.limit(limit).withFailureHandler(failures));
    }

    /// A machine that is out of threads, in place of the branch's own way to start them.
    private final class NoThreads implements ThreadScope {
        @Override
        public boolean fork(Task task) {
            throw noThread;
        }

        @Override
        public void join() {}

        @Override
        public void close() {}
    }

    private void runOutOfThreads(JobScope scope) {
        ((BranchScope) scope).open(new NoThreads());
    }

    @Test
    void child_withoutAThread_fails_andFreesItsPlaces() throws Exception {
        var limit = Limit.of("shared", 1);
        try (var jobs = open(1)) {
            var options = JobOptions.named("branch").withSupervision().withChildLimit(1);
            Job<Integer> branch = jobs.spawn(options, scope -> {
                runOutOfThreads(scope);
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
            assertThat(failures.failures()).containsExactly(noThread, noThread, noThread);
            Outcomes.assertSucceeded(jobs.spawn(JobOptions.named("after").withSharedLimit(limit), () -> 8), 8);
        }
    }

    @Test
    void child_withoutAThread_failsAFailFastBranch() throws Exception {
        try (var jobs = open(1)) {
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                runOutOfThreads(scope);
                return scope.spawn("child", () -> 1).join();
            });
            Outcomes.assertFailed(branch, noThread);
            Outcomes.assertSucceeded(jobs.spawn("after", () -> 8), 8);
        }
    }

    @Test
    void jobs_ofASchedulerWithoutAThread_failOneByOne_andCloseReturns() throws Exception {
        var jobs = open(1);
        // As if its own thread could not be started.
        jobs.supervisor().stop();
        jobs.supervisor().awaitEnd(TestOptions.LONG);
        jobs.supervisor().notStarted(noThread);
        for (int i = 0; i < 3; i++) {
            var job = jobs.spawn("job", () -> 1);
            Outcomes.assertFailed(job, noThread);
            assertThatThrownBy(job::join).isInstanceOf(JobFailedException.class).hasCause(noThread);
        }
        assertThat(jobs.close(TestOptions.LONG)).isEmpty();
        assertThat(failures.failures()).containsExactly(noThread, noThread, noThread);
    }

    @Test
    void longQueue_ofASchedulerWithoutAThread_failsToItsEnd() throws Exception {
        int pending = 20_000;
        var limit = Limit.of("shared", 1);
        var started = new CountDownLatch(1);
        var hold = new CountDownLatch(1);
        var failed = new AtomicInteger();
        try (var others = open(1)) {
            others.spawn(JobOptions.named("holder").withSharedLimit(limit), () -> {
                started.countDown();
                hold.await();
            });
            started.await();
            var jobs = Scheduler.open(TestOptions.unlimited()
                    .withFailureHandler((job, failure) -> failed.addAndGet(failure.equals(noThread) ? 1 : pending)));
            for (int i = 0; i < pending; i++) {
                jobs.spawn(JobOptions.named("pending").withSharedLimit(limit), () -> 1);
            }
            jobs.supervisor().stop();
            jobs.supervisor().awaitEnd(TestOptions.LONG);
            jobs.supervisor().notStarted(noThread);
            hold.countDown();
            assertThat(jobs.close(TestOptions.LONG)).isEmpty();
        }
        assertThat(failed).hasValue(pending);
        assertThat(limit.taken() + limit.waiting()).isZero();
    }
}
