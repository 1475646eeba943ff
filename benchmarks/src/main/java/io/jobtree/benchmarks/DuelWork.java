package io.jobtree.benchmarks;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// What a [Duel] has both sides do. Uses what has been in the API for long.
public final class DuelWork {
    private static final int JOBS = 1_000;
    private static final int SLEEPERS = 2_000;

    /// A body, or a step of one.
    private interface Step {
        void run() throws InterruptedException;
    }

    private DuelWork() {}

    /// All of it.
    ///
    /// @return by name, in order
    public static Map<String, Runnable> all() {
        var works = new LinkedHashMap<String, Runnable>();
        works.put("1,000 jobs, platform spawner", () -> Spawning.jobtree(Spawning.UNLIMITED, JOBS));
        works.put("1,000 jobs, virtual spawner", onVirtualThread(() -> Spawning.jobtree(Spawning.UNLIMITED, JOBS)));
        works.put("100,000 jobs, four spawners", () -> uninterrupted(() -> spawners(4, 25 * JOBS)));
        works.put("1,000 jobs, as many spawners", () -> uninterrupted(() -> spawners(JOBS, 1)));
        works.put("limit 100, platform spawner", () -> Spawning.jobtree(Spawning.LIMITED, JOBS));
        works.put("limit 100, virtual spawner", onVirtualThread(() -> Spawning.jobtree(Spawning.LIMITED, JOBS)));
        works.put("thread reuse, platform spawner", () -> Spawning.jobtree(Spawning.REUSING, JOBS));
        works.put("thread reuse, virtual spawner", onVirtualThread(() -> Spawning.jobtree(Spawning.REUSING, JOBS)));
        works.put("1,000 round trips, virtual thread", onVirtualThread(DuelWork::roundTrips));
        works.put("tree 10 wide 3 deep", onVirtualThread(() -> tree(10, 3)));
        works.put("tree 2 wide 10 deep", onVirtualThread(() -> tree(2, 10)));
        works.put("open, 2,000 sleepers, cancel and close", () -> uninterrupted(DuelWork::close));
        return works;
    }

    private static Runnable onVirtualThread(Step step) {
        return () -> {
            try {
                Thread.startVirtualThread(() -> uninterrupted(step)).join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private static void uninterrupted(Step step) {
        try {
            step.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void spawners(int spawners, int jobsOfEach) throws InterruptedException {
        try (var scheduler = Scheduler.open(Spawning.UNLIMITED)) {
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < spawners; i++) {
                threads.add(Thread.startVirtualThread(() -> {
                    for (int j = 0; j < jobsOfEach; j++) {
                        scheduler.spawn(Spawning.TRIVIAL);
                    }
                }));
            }
            for (var thread : threads) {
                thread.join();
            }
        }
    }

    private static void roundTrips() throws InterruptedException {
        try (var scheduler = Scheduler.open(Spawning.UNLIMITED)) {
            for (int i = 0; i < JOBS; i++) {
                var _ = scheduler.spawn(Spawning.TRIVIAL).join();
            }
        }
    }

    private static void tree(int wide, int deep) throws InterruptedException {
        try (var scheduler = Scheduler.open(Spawning.UNLIMITED)) {
            var _ = scheduler
                    .spawn("root", (JobScope scope) -> leaves(scope, wide, deep))
                    .join();
        }
    }

    private static int leaves(JobScope scope, int wide, int deep) throws InterruptedException {
        var children = new ArrayList<Job<Integer>>();
        for (int i = 0; i < wide; i++) {
            children.add(
                    deep == 1 ? scope.spawn(() -> 1) : scope.spawn((JobScope below) -> leaves(below, wide, deep - 1)));
        }
        int sum = 0;
        for (var child : children) {
            sum += child.join();
        }
        return sum;
    }

    private static void close() throws InterruptedException {
        var scheduler = Scheduler.open(Spawning.UNLIMITED.withCloseTimeout(Duration.ofMinutes(1)));
        var started = new CountDownLatch(SLEEPERS);
        for (int i = 0; i < SLEEPERS; i++) {
            scheduler.spawn(() -> {
                started.countDown();
                Thread.sleep(Duration.ofHours(1));
            });
        }
        started.await();
        scheduler.close(Duration.ZERO);
    }
}
