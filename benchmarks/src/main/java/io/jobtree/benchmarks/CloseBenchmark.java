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
    /// How many jobs sleep.
    @Param({"1000", "10000", "100000", "1000000"})
    public int jobs;

    private Sleepers sleepers;

    @Setup(Level.Invocation)
    public void open(BenchmarkParams params) throws InterruptedException {
        String name = params.getBenchmark();
        String library = name.substring(name.lastIndexOf('.') + 1);
        boolean half = library.equals("jobtreeHalfPending");
        sleepers = Sleepers.open(half ? "jobtree" : library, jobs, half ? jobs / 2 : Sleepers.UNLIMITED);
    }

    @Benchmark
    public void jobtree() throws InterruptedException {
        sleepers.close();
    }

    /// Half of them pending for a limit.
    @Benchmark
    public void jobtreeHalfPending() throws InterruptedException {
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
