package io.jobtree.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// How much heap do a pending job, a sleeping job and an open scope hold?
///
/// The result is `bytesPerJob`, the heap after a full collection less that before, stacks included. The time means
/// nothing.
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
@SuppressWarnings("NullAway.Init") // set up before use
public class MemoryBenchmark {
    /// How many jobs there are.
    @Param("100000")
    public int jobs;

    /// What they do: be pending, where there is no such thing as threads that wait for a permit; sleep; or sleep in an
    /// open scope.
    @Param({"PENDING", "SLEEPING", "SCOPE"})
    public Kind kind;

    private long before;
    private AutoCloseable held;

    /// What is measured.
    public enum Kind {
        PENDING,
        SLEEPING,
        SCOPE
    }

    /// The result.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Heap {
        /// Bytes.
        public double bytesPerJob;
    }

    @Setup(Level.Invocation)
    public void measureBefore() {
        before = usedHeap();
    }

    @TearDown(Level.Invocation)
    public void close() throws Exception {
        held.close();
    }

    @Benchmark
    public void jobtree(Heap heap) throws InterruptedException {
        hold("jobtree", heap);
    }

    @Benchmark
    public void rawScope(Heap heap) throws InterruptedException {
        hold("rawScope", heap);
    }

    @Benchmark
    public void executor(Heap heap) throws InterruptedException {
        hold("executor", heap);
    }

    @Benchmark
    public void kotlin(Heap heap) throws InterruptedException {
        hold("kotlin", heap);
    }

    @Benchmark
    public void jox(Heap heap) throws InterruptedException {
        hold("jox", heap);
    }

    @Benchmark
    public void threads(Heap heap) throws InterruptedException {
        hold("threads", heap);
    }

    private void hold(String library, Heap heap) throws InterruptedException {
        held = switch (kind) {
            case PENDING -> pending(library);
            case SLEEPING -> Sleepers.open(library, jobs, Sleepers.UNLIMITED)::close;
            case SCOPE -> OpenScopes.open(library, jobs);
        };
        heap.bytesPerJob = (double) (usedHeap() - before) / jobs;
    }

    private AutoCloseable pending(String library) throws InterruptedException {
        var sleep = new Sleep(jobs, 1);
        var sleepers = Sleepers.open(library, jobs, 1, sleep);
        return () -> {
            sleep.admitAll();
            sleepers.close();
        };
    }

    private static long usedHeap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
