package io.jobtree.benchmarks;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.SchedulerOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What does it cost to watch jobs? The work is that of [SpawnBenchmark]; `jobtree` has no observer.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class ObserverBenchmark {
    private static final JobObservation NOTHING = new JobObservation() {};
    private static final SchedulerOptions IDLE = Spawning.UNLIMITED.withObserver(job -> NOTHING);
    private static final SchedulerOptions COUNTING = Spawning.UNLIMITED.withObserver(new Counter());

    /// How many jobs a scope gets.
    @Param("1000")
    public int jobs;

    @Benchmark
    public void jobtree() {
        Spawning.jobtree(Spawning.UNLIMITED, jobs);
    }

    /// An observer that does nothing.
    @Benchmark
    public void idle() {
        Spawning.jobtree(IDLE, jobs);
    }

    /// An observer that counts spawns and ends.
    @Benchmark
    public void counting() {
        Spawning.jobtree(COUNTING, jobs);
    }

    private static final class Counter implements JobObserver, JobObservation {
        private final LongAdder spawned = new LongAdder();
        private final LongAdder ended = new LongAdder();

        @Override
        public JobObservation spawned(Job<?> job) {
            spawned.increment();
            return this;
        }

        @Override
        public void ended(Outcome<?> outcome) {
            ended.increment();
        }
    }
}
