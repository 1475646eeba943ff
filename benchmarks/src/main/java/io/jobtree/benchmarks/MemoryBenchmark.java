package io.jobtree.benchmarks;

import io.jobtree.benchmarks.sleep.OpenScopes;
import io.jobtree.benchmarks.sleep.Sleep;
import io.jobtree.benchmarks.sleep.Sleepers;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/// How much heap do a pending job, a sleeping job and an open scope hold?
///
/// The result is `bytesPerJob`, the heap after full collections less that before, stacks included. The time means
/// nothing.
///
/// A stack is as large as its frames, and those of the interpreter are several times as large as compiled ones. So
/// jobs are opened and closed until their code is compiled, and only then counted.
@Warmup(iterations = 1)
@Measurement(iterations = 3)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g", "-XX:+UseSerialGC"})
@SuppressWarnings("NullAway.Init") // set up before use
public class MemoryBenchmark extends SingleShotBenchmark {
    /// How many jobs there are.
    @Param("100000")
    public int jobs;

    /// What they do: be pending, where there is no such thing as threads that wait for a permit; sleep; or sleep in an
    /// open scope.
    @Param({"PENDING", "SLEEPING", "SCOPE"})
    public Kind kind;

    private static final int WARM_UP_JOBS = 10_000;
    private static final int WARM_UPS = 30;
    private static final int IDLE_COLLECTIONS = 10;

    private final VirtualThreadSchedulerMXBean carriers =
            ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
    private long before;
    private Optional<AutoCloseable> held = Optional.empty();

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

    @Setup
    public void warmUp(BenchmarkParams params) throws Exception {
        String name = params.getBenchmark();
        for (int i = 0; i < WARM_UPS; i++) {
            open(name.substring(name.lastIndexOf('.') + 1), Math.min(jobs, WARM_UP_JOBS))
                    .close();
        }
    }

    @Setup(Level.Invocation)
    public void measureBefore() {
        before = usedHeap();
    }

    @TearDown(Level.Invocation)
    public void close() throws Exception {
        held.orElseThrow().close();
        held = Optional.empty(); // or the ended would count before the next are opened
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
        held = Optional.of(open(library, jobs));
        heap.bytesPerJob = (double) (usedHeap() - before) / jobs;
    }

    private AutoCloseable open(String library, int count) throws InterruptedException {
        return switch (kind) {
            case PENDING -> pending(library, count);
            case SLEEPING -> Sleepers.open(library, count, Sleepers.UNLIMITED)::close;
            case SCOPE -> OpenScopes.open(library, count);
        };
    }

    private static AutoCloseable pending(String library, int count) throws InterruptedException {
        var sleep = new Sleep(count, 1);
        var sleepers = Sleepers.open(library, count, 1, sleep);
        return () -> {
            sleep.admitAll();
            sleepers.close();
        };
    }

    /// Collects until that has freed nothing for a while: the JDK's timer thread lets go of a cancelled sleep, and
    /// so of its thread, only when it gets round to it.
    private long usedHeap() {
        awaitQuiet();
        long used = collect();
        for (int idle = 0; idle < IDLE_COLLECTIONS; idle++) {
            long next = collect();
            if (next < used) {
                used = next;
                idle = 0;
            }
        }
        return used;
    }

    /// A job says that it sleeps just before it does: waits until no virtual thread runs or is about to.
    private void awaitQuiet() {
        while (carriers.getMountedVirtualThreadCount() > 0 || carriers.getQueuedVirtualThreadCount() > 0) {
            Thread.onSpinWait();
        }
    }

    private static long collect() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
