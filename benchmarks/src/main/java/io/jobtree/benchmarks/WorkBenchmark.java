package io.jobtree.benchmarks;

import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
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
        spawn(Spawning.LIMITED);
    }

    /// A finished job's thread takes the next job.
    @Benchmark
    public void jobtreeReuse() {
        spawn(Spawning.REUSING);
    }

    private void spawn(SchedulerOptions options) {
        try (Scheduler scheduler = Scheduler.open(options)) {
            for (int i = 0; i < jobs; i++) {
                scheduler.spawn((JobAction) work);
            }
        }
    }

    @Benchmark
    public void rawScope() throws InterruptedException {
        var permits = new Semaphore(LIMIT);
        try (var scope = StructuredTaskScope.open(Joiner.<Boolean>awaitAll())) {
            for (int i = 0; i < jobs; i++) {
                permits.acquire();
                scope.fork(holding(permits));
            }
            scope.join();
        }
    }

    @Benchmark
    public void executor() throws InterruptedException {
        var permits = new Semaphore(LIMIT);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < jobs; i++) {
                permits.acquire();
                var _ = executor.submit(holding(permits));
            }
        }
    }

    @Benchmark
    public void fixedPool() {
        try (var executor = Executors.newFixedThreadPool(LIMIT)) {
            for (int i = 0; i < jobs; i++) {
                var _ = executor.submit((Callable<Boolean>) work);
            }
        }
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

    private Callable<Boolean> holding(Semaphore permits) {
        return () -> {
            try {
                return work.call();
            } finally {
                permits.release();
            }
        };
    }
}
