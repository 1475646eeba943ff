package io.jobtree.benchmarks;

import com.softwaremill.jox.structured.JoxScopeExecutionException;
import com.softwaremill.jox.structured.Scopes;
import io.jobtree.benchmarks.sleep.Sleep;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.JobBody;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;

/// How long do spawning siblings that sleep, one that fails, and ending them all because of it take?
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class FailFastBenchmark extends TimedBenchmark {
    private static final Callable<Boolean> SLEEP = () -> {
        Thread.sleep(Sleep.LONG);
        return true;
    };
    private static final Callable<Boolean> FAIL = () -> {
        throw Failure.INSTANCE;
    };
    private static final JobAction SLEEP_ACTION = SLEEP::call;
    private static final JobAction FAIL_ACTION = FAIL::call;

    /// How many siblings there are, with the failing one.
    @Param("1000")
    public int jobs;

    private final Scheduler scheduler = Scheduler.open(Spawning.LIMITED.withFailureHandler((job, failure) -> {}));

    @TearDown
    public void close() {
        scheduler.close();
    }

    @Benchmark
    public Throwable jobtree() throws InterruptedException {
        JobBody<Boolean> branch = scope -> {
            for (int i = 1; i < jobs; i++) {
                scope.spawn(SLEEP_ACTION);
            }
            scope.spawn(FAIL_ACTION);
            return true;
        };
        return switch (scheduler.spawn(branch).await()) {
            case Outcome.Failed<?>(Throwable failure) -> expected(failure);
            case Outcome<?> other -> throw new IllegalStateException("The branch must fail: " + other);
        };
    }

    @Benchmark
    public Throwable rawScope() throws InterruptedException {
        try (var scope = StructuredTaskScope.open(Joiner.<Boolean>awaitAllSuccessfulOrThrow())) {
            for (int i = 1; i < jobs; i++) {
                scope.fork(SLEEP);
            }
            scope.fork(FAIL);
            scope.join();
            throw new IllegalStateException("The scope must fail");
        } catch (StructuredTaskScope.FailedException failed) {
            return expected(failed.getCause());
        }
    }

    /// Fails fast by hand.
    @Benchmark
    public void executor() throws InterruptedException {
        var failed = new CountDownLatch(1);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 1; i < jobs; i++) {
                var _ = executor.submit(SLEEP);
            }
            var _ = executor.submit(failed::countDown);
            failed.await();
            executor.shutdownNow();
        }
    }

    @Benchmark
    public Throwable kotlin() {
        return expected(Coroutines.failFast(jobs));
    }

    @Benchmark
    public Throwable jox() throws InterruptedException {
        try {
            return Scopes.supervised(scope -> {
                for (int i = 1; i < jobs; i++) {
                    scope.forkUser(SLEEP);
                }
                scope.forkUser(FAIL);
                return new IllegalStateException("The scope must fail");
            });
        } catch (JoxScopeExecutionException failed) {
            return expected(failed.getCause());
        }
    }

    private static Throwable expected(@Nullable Throwable failure) {
        if (failure != Failure.INSTANCE) {
            throw new IllegalStateException("The failure must be the first", failure);
        }
        return failure;
    }
}
