package io.jobtree.benchmarks;

import io.jobtree.scheduler.JobAction;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.infra.Blackhole;

/// What is left of the difference where jobs do something? 1,000 of them, at most 100 at once.
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class WorkBenchmark extends TimedBenchmark {
    private static final int LIMIT = 100;

    /// What a job does.
    public enum Work implements JobAction, Callable<Boolean> {
        /// Sleeps for a millisecond.
        SLEEP {
            @Override
            public void run() throws InterruptedException {
                Thread.sleep(1);
            }
        },

        /// Computes for about 10 microseconds.
        COMPUTE {
            @Override
            public void run() {
                Blackhole.consumeCPU(TOKENS);
            }
        },

        /// As a call of a database: a request is written, an answer is awaited for 300 microseconds, and is read.
        QUERY {
            @Override
            public void run() {
                Blackhole.consumeCPU(TOKENS / 4);
                LockSupport.parkNanos(300_000);
                Blackhole.consumeCPU(TOKENS / 4);
            }
        };

        private static final long TOKENS = 4_000;

        @Override
        public Boolean call() throws Exception {
            run();
            return true;
        }
    }

    /// What each job does.
    @Param
    public Work work = Work.SLEEP;

    /// How many jobs there are in all.
    @Param("1000")
    public int jobs;

    @Benchmark
    public void jobtree() {
        Spawning.jobtree(Spawning.LIMITED, jobs, work);
    }

    /// A finished job's thread takes the next job.
    @Benchmark
    public void jobtreeReuse() {
        Spawning.jobtree(Spawning.REUSING, jobs, work);
    }

    @Benchmark
    public void rawScope() throws InterruptedException {
        Spawning.rawScopeLimited(jobs, LIMIT, work);
    }

    @Benchmark
    public void executor() throws InterruptedException {
        Spawning.executorLimited(jobs, LIMIT, work);
    }

    @Benchmark
    public void fixedPool() {
        Spawning.fixedPool(jobs, LIMIT, work);
    }

    @Benchmark
    public void kotlin() {
        Coroutines.work(jobs, LIMIT, () -> {
            try {
                work.run();
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        });
    }
}
