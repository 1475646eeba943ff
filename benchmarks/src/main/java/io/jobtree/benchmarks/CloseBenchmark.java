package io.jobtree.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/// How long do cancelling and closing a scope of sleeping jobs take?
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 10)
@Measurement(iterations = 10)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms5g", "-Xmx5g"})
@SuppressWarnings("NullAway.Init") // set up before use
public class CloseBenchmark {
    /// How many jobs sleep or are pending.
    @Param({"1000", "10000", "100000", "1000000"})
    public int jobs;

    /// How many of a hundred jobs are pending: where there is no pending, as threads that wait for a permit.
    @Param({"0", "50"})
    public int pendingPercent;

    private Sleepers sleepers;

    @Setup(Level.Invocation)
    public void open(BenchmarkParams params) throws InterruptedException {
        int limit = pendingPercent == 0 ? Sleepers.UNLIMITED : jobs - jobs * pendingPercent / 100;
        String name = params.getBenchmark();
        sleepers = Sleepers.open(name.substring(name.lastIndexOf('.') + 1), jobs, limit);
    }

    @Benchmark
    public void jobtree() throws InterruptedException {
        sleepers.close();
    }

    @Benchmark
    public void rawScope() throws InterruptedException {
        sleepers.close();
    }

    @Benchmark
    public void executor() throws InterruptedException {
        sleepers.close();
    }

    @Benchmark
    public void kotlin() throws InterruptedException {
        sleepers.close();
    }

    @Benchmark
    public void jox() throws InterruptedException {
        sleepers.close();
    }

    @Benchmark
    public void threads() throws InterruptedException {
        sleepers.close();
    }
}
