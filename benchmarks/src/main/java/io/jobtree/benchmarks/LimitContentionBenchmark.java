package io.jobtree.benchmarks;

import com.softwaremill.jox.structured.Scopes;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Scheduler;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;

/// What does a limit cost that jobs really wait for? Each yields four times while it holds its place.
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class LimitContentionBenchmark extends TimedBenchmark {
    private static final int YIELDS = 4;

    /// How many jobs go through the limit.
    @Param("1000")
    public int jobs;

    /// How many may be in it at once.
    @Param({"1", "10", "100"})
    public int places;

    @Benchmark
    public void jobtree() {
        try (Scheduler scheduler = Scheduler.open(Spawning.UNLIMITED.withLimit(places))) {
            for (int i = 0; i < jobs; i++) {
                scheduler.spawn((JobAction) LimitContentionBenchmark::hold);
            }
        }
    }

    /// A limit that jobs of any scope could share.
    @Benchmark
    public void jobtreeSharedLimit() {
        var options = JobOptions.named("holder").withSharedLimit(Limit.of("places", places));
        try (Scheduler scheduler = Scheduler.open(Spawning.UNLIMITED)) {
            for (int i = 0; i < jobs; i++) {
                scheduler.spawn(options, (JobAction) LimitContentionBenchmark::hold);
            }
        }
    }

    @Benchmark
    public void rawScope() throws InterruptedException {
        Callable<Boolean> body = new Holder(places);
        try (var scope = StructuredTaskScope.open(Joiner.<Boolean>awaitAllSuccessfulOrThrow())) {
            for (int i = 0; i < jobs; i++) {
                scope.fork(body);
            }
            scope.join();
        }
    }

    @Benchmark
    public void executor() {
        Callable<Boolean> body = new Holder(places);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < jobs; i++) {
                var _ = executor.submit(body);
            }
        }
    }

    @Benchmark
    public void kotlin() {
        Coroutines.contend(jobs, places, YIELDS);
    }

    @Benchmark
    public void jox() throws InterruptedException {
        Callable<Boolean> body = new Holder(places);
        Scopes.supervised(scope -> {
            for (int i = 0; i < jobs; i++) {
                scope.forkUser(body);
            }
            return true;
        });
    }

    @SuppressWarnings("ThreadPriorityCheck") // the yielding is the work
    private static boolean hold() {
        for (int i = 0; i < YIELDS; i++) {
            Thread.yield();
        }
        return true;
    }

    /// Holds a permit itself.
    private record Holder(Semaphore permits) implements Callable<Boolean> {
        Holder(int places) {
            this(new Semaphore(places));
        }

        @Override
        public Boolean call() throws InterruptedException {
            permits.acquire();
            try {
                return hold();
            } finally {
                permits.release();
            }
        }
    }
}
