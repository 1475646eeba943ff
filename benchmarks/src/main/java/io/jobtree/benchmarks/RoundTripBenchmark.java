package io.jobtree.benchmarks;

import com.softwaremill.jox.structured.Scopes;
import io.jobtree.scheduler.Scheduler;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// How long from spawn to joined, one job at a time, on a virtual thread?
///
/// `rawScope` opens a scope for each job, since a joined one takes no more; `rawFork` forks into one that stays
/// open and gets the result through a `FutureTask`.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-Djmh.executor=VIRTUAL"})
public class RoundTripBenchmark {
    private static final Callable<Integer> BODY = () -> 1;

    /// Our scheduler, open all the while.
    @State(Scope.Benchmark)
    public static class OpenScheduler {
        final Scheduler scheduler = Scheduler.open(Spawning.LIMITED);

        @TearDown
        public void close() {
            scheduler.close();
        }
    }

    /// An executor, open all the while.
    @State(Scope.Benchmark)
    public static class OpenExecutor {
        final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

        @TearDown
        public void close() {
            executor.close();
        }
    }

    /// A raw scope, open for an iteration, as each may be another thread.
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // set up before use
    public static class OpenScope {
        StructuredTaskScope<Object, Void> scope;

        @Setup(Level.Iteration)
        public void open() {
            scope = StructuredTaskScope.open(Joiner.awaitAll());
        }

        @TearDown(Level.Iteration)
        public void close() throws InterruptedException {
            scope.join();
            scope.close();
        }
    }

    @Benchmark
    public int jobtree(OpenScheduler open) throws InterruptedException {
        return open.scheduler.spawn(BODY).join();
    }

    @Benchmark
    public int rawScope() throws InterruptedException {
        try (var scope = StructuredTaskScope.open(Joiner.<Integer>awaitAll())) {
            var subtask = scope.fork(BODY);
            scope.join();
            return subtask.get();
        }
    }

    @Benchmark
    public int rawFork(OpenScope open) throws InterruptedException, ExecutionException {
        var result = new FutureTask<>(BODY);
        open.scope.fork(result);
        return result.get();
    }

    @Benchmark
    public int executor(OpenExecutor open) throws InterruptedException, ExecutionException {
        return open.executor.submit(BODY).get();
    }

    @Benchmark
    public int kotlin() {
        return Coroutines.roundTrip(1);
    }

    @Benchmark
    public int jox() throws InterruptedException {
        return Scopes.supervised(scope -> scope.fork(BODY).join());
    }

    @Benchmark
    public int forkJoin() {
        return ForkJoinPool.commonPool().submit(BODY).join();
    }

    @Benchmark
    public int threads() throws InterruptedException, ExecutionException {
        var result = new FutureTask<>(BODY);
        Thread.startVirtualThread(result);
        return result.get();
    }
}
