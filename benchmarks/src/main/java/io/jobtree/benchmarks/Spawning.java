package io.jobtree.benchmarks;

import com.softwaremill.jox.structured.Scopes;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/// Opens a scope, spawns trivial jobs into it, and closes it when they have ended: by each library.
final class Spawning {
    static final Callable<Boolean> TRIVIAL = () -> true;
    private static final JobAction TRIVIAL_ACTION = () -> {};

    static final SchedulerOptions UNLIMITED =
            SchedulerOptions.named("benchmark").withoutLimit().withoutPendingLimit();
    static final SchedulerOptions LIMITED = SchedulerOptions.named("benchmark");
    static final SchedulerOptions REUSING = LIMITED.withThreadReuse();

    private Spawning() {}

    static void jobtree(SchedulerOptions options, int jobs) {
        jobtree(options, jobs, TRIVIAL_ACTION);
    }

    static void jobtree(SchedulerOptions options, int jobs, JobAction body) {
        try (Scheduler scheduler = Scheduler.open(options)) {
            for (int i = 0; i < jobs; i++) {
                scheduler.spawn(body);
            }
        }
    }

    static void rawScope(int jobs) throws InterruptedException {
        try (var scope = StructuredTaskScope.open(Joiner.<Boolean>awaitAll())) {
            for (int i = 0; i < jobs; i++) {
                scope.fork(TRIVIAL);
            }
            scope.join();
        }
    }

    static void rawScopeLimited(int jobs, int limit, Callable<Boolean> body) throws InterruptedException {
        var permits = new Semaphore(limit);
        try (var scope = StructuredTaskScope.open(Joiner.<Boolean>awaitAll())) {
            for (int i = 0; i < jobs; i++) {
                permits.acquire();
                scope.fork(() -> callAndRelease(body, permits));
            }
            scope.join();
        }
    }

    static void executor(int jobs) {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < jobs; i++) {
                var _ = executor.submit(TRIVIAL);
            }
        }
    }

    /// The submitter takes the place, the job gives it back.
    static void executorLimited(int jobs, int limit, Callable<Boolean> body) throws InterruptedException {
        var permits = new Semaphore(limit);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < jobs; i++) {
                permits.acquire();
                var _ = executor.submit(() -> callAndRelease(body, permits));
            }
        }
    }

    /// The job takes the place itself, so that all are submitted at once and wait as threads.
    static void executorLimitedInside(int jobs, int limit) {
        var permits = new Semaphore(limit);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < jobs; i++) {
                var _ = executor.submit(() -> {
                    permits.acquire();
                    return release(permits);
                });
            }
        }
    }

    /// Platform threads that stay: no thread a job.
    static void fixedPool(int jobs, int limit, Callable<Boolean> body) {
        try (var executor = Executors.newFixedThreadPool(limit)) {
            for (int i = 0; i < jobs; i++) {
                var _ = executor.submit(body);
            }
        }
    }

    /// Spring's executor with virtual threads, whose submitter waits for a place.
    static void spring(int jobs, int limit) {
        try (var executor = new SimpleAsyncTaskExecutor()) {
            executor.setVirtualThreads(true);
            executor.setConcurrencyLimit(limit);
            executor.setTaskTerminationTimeout(Long.MAX_VALUE);
            for (int i = 0; i < jobs; i++) {
                var _ = executor.submit(TRIVIAL);
            }
        }
    }

    /// Resilience4j's bulkhead, which the job enters on its thread.
    static void bulkhead(int jobs, int limit) {
        var bulkhead = Bulkhead.of(
                "benchmark",
                BulkheadConfig.custom()
                        .maxConcurrentCalls(limit)
                        .maxWaitDuration(Duration.ofDays(1))
                        .build());
        var guarded = Bulkhead.decorateCallable(bulkhead, TRIVIAL);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < jobs; i++) {
                var _ = executor.submit(guarded);
            }
        }
    }

    static void kotlin(int jobs) {
        Coroutines.spawn(jobs, Spawning::doNothing);
    }

    static void kotlinLimited(int jobs, int limit) {
        Coroutines.spawnLimited(jobs, limit, Spawning::doNothing);
    }

    static void jox(int jobs) throws InterruptedException {
        Scopes.supervised(scope -> {
            for (int i = 0; i < jobs; i++) {
                scope.forkUser(TRIVIAL);
            }
            return true;
        });
    }

    static void joxLimited(int jobs, int limit) throws InterruptedException {
        var permits = new Semaphore(limit);
        Scopes.supervised(scope -> {
            for (int i = 0; i < jobs; i++) {
                permits.acquire();
                scope.forkUser(() -> release(permits));
            }
            return true;
        });
    }

    static void forkJoin(int jobs) {
        var pool = ForkJoinPool.commonPool();
        var tasks = new ForkJoinTask<?>[jobs];
        for (int i = 0; i < jobs; i++) {
            tasks[i] = pool.submit(TRIVIAL);
        }
        for (ForkJoinTask<?> task : tasks) {
            task.join();
        }
    }

    static void threads(int jobs) throws InterruptedException {
        var done = new CountDownLatch(jobs);
        Runnable trivial = done::countDown;
        for (int i = 0; i < jobs; i++) {
            Thread.startVirtualThread(trivial);
        }
        done.await();
    }

    static void doNothing() {}

    private static boolean callAndRelease(Callable<Boolean> body, Semaphore permits) throws Exception {
        try {
            return body.call();
        } finally {
            permits.release();
        }
    }

    private static boolean release(Semaphore permits) {
        permits.release();
        return true;
    }
}
