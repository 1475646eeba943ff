package io.jobtree.benchmarks;

import com.softwaremill.jox.structured.Scopes;
import io.jobtree.scheduler.Scheduler;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/// What does a tree take, every inner node a scope that spawns its children, waits for them, and adds up their leaves?
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-Djmh.executor=VIRTUAL"})
@SuppressWarnings("NullAway.Init") // JMH sets the parameter
public class TreeBenchmark extends TimedBenchmark {
    /// Children of a node, and levels below the root: 1,000, 1,024 and 1 leaves.
    @Param({"10x3", "2x10", "1x100"})
    public String shape;

    private final Scheduler scheduler = Scheduler.open(Spawning.UNLIMITED);
    private int wide;
    private int deep;

    @Setup
    public void parse() {
        var parts = shape.split("x", 2);
        wide = Integer.parseInt(parts[0]);
        deep = Integer.parseInt(parts[1]);
    }

    @TearDown
    public void close() {
        scheduler.close();
    }

    @Benchmark
    public int jobtree() throws InterruptedException {
        return scheduler
                .<Integer>spawn(scope -> Trees.jobtree(scope, wide, deep))
                .join();
    }

    @Benchmark
    public int rawScope() throws InterruptedException {
        return Trees.rawScope(wide, deep);
    }

    @Benchmark
    public int executor() throws InterruptedException, ExecutionException {
        return Trees.executor(wide, deep);
    }

    @Benchmark
    public int kotlin() {
        return Coroutines.tree(wide, deep);
    }

    @Benchmark
    public int jox() throws InterruptedException {
        return Scopes.supervised(scope -> Trees.jox(scope, wide, deep));
    }

    @Benchmark
    public int forkJoin() {
        return ForkJoinPool.commonPool().invoke(new Trees.Node(wide, deep));
    }

    @Benchmark
    public int threads() throws InterruptedException, ExecutionException {
        return Trees.threads(wide, deep);
    }
}
