package io.jobtree.benchmarks;

import com.softwaremill.jox.structured.Scopes;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;

/// What do four virtual threads that spawn at once get done?
///
/// They share one scope where a library lets them. Only the owner forks into a raw scope and into one of Jox, so each
/// spawner has its own there, as their users would write it.
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class ManySpawnersBenchmark extends TimedBenchmark {
    private static final int SPAWNERS = 4;
    private static final Callable<Boolean> TRIVIAL = () -> true;
    private static final JobAction TRIVIAL_ACTION = () -> {};

    /// How many jobs there are in all.
    @Param({"1000", "100000"})
    public int jobs;

    @Benchmark
    public void jobtree() throws InterruptedException {
        share(Spawning.UNLIMITED);
    }

    @Benchmark
    public void jobtreeLimited() throws InterruptedException {
        share(Spawning.LIMITED);
    }

    @Benchmark
    public void rawScope() throws InterruptedException {
        atOnce(() -> Spawning.rawScope(jobs / SPAWNERS));
    }

    @Benchmark
    public void executor() throws InterruptedException {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            atOnce(() -> {
                for (int i = 0; i < jobs / SPAWNERS; i++) {
                    var _ = executor.submit(TRIVIAL);
                }
            });
        }
    }

    @Benchmark
    public void kotlin() {
        Coroutines.spawnFromMany(SPAWNERS, jobs, Spawning::doNothing);
    }

    @Benchmark
    public void jox() throws InterruptedException {
        atOnce(() -> Scopes.supervised(scope -> {
            for (int i = 0; i < jobs / SPAWNERS; i++) {
                scope.forkUser(TRIVIAL);
            }
            return true;
        }));
    }

    private void share(SchedulerOptions options) throws InterruptedException {
        try (Scheduler scheduler = Scheduler.open(options)) {
            atOnce(() -> {
                for (int i = 0; i < jobs / SPAWNERS; i++) {
                    scheduler.spawn(TRIVIAL_ACTION);
                }
            });
        }
    }

    private static void atOnce(JobAction spawner) throws InterruptedException {
        var done = new CountDownLatch(SPAWNERS);
        for (int i = 0; i < SPAWNERS; i++) {
            Thread.startVirtualThread(() -> {
                try {
                    spawner.run();
                    done.countDown();
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
        }
        done.await();
    }
}
