package io.jobtree.proof.faults;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobBody;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Scheduler;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// Jobs that have whatever a job can have, at once.
final class Mix {
    private Mix() {}

    static void run(Trial trial, Scheduler jobs, Limit limit) {
        trial.attempt(() -> {
            JobBody<Object> body = scope -> branch(trial, jobs, scope, limit);
            var options = JobOptions.named("branch")
                    .withChildLimit(1)
                    .withSupervision()
                    .withSharedLimit(limit);
            var branch = trial.spawned(jobs.spawn(options, body));
            var other = trial.spawned(jobs.spawn(JobOptions.named("other").withSharedLimit(limit), () -> trial.runs()));
            Life.leaf(trial, jobs);
            Life.siblings(trial, jobs);
            other.await();
            branch.await();
        });
        trial.attempt(() -> cancelled(trial, jobs, limit));
    }

    private static Object branch(Trial trial, Scheduler jobs, JobScope scope, Limit limit) throws Exception {
        trial.runs();
        var spawner = Thread.ofVirtual()
                .start(() -> trial.attempt(() -> {
                    trial.spawned(scope.spawn(JobOptions.named("outside").withSharedLimit(limit), () -> trial.runs()));
                    trial.spawned(scope.spawn(
                            JobOptions.named("late").withTimeout(Life.SHORT), () -> Life.sleep(trial, Life.LONG)));
                }));
        Callable<Integer> shields = () -> {
            trial.runs();
            return jobs.shield("shield", () -> 1);
        };
        var shielding = trial.spawned(scope.spawn(JobOptions.named("shields").withSharedLimit(limit), shields));
        JobBody<Integer> below = inner -> {
            trial.runs();
            Life.leaf(trial, inner);
            trial.spawned(inner.spawn(JobOptions.named("deep").withSharedLimit(limit), () -> trial.runs()));
            return Life.leaf(trial, inner).join();
        };
        var inner = trial.spawned(
                scope.spawn(JobOptions.named("inner").withChildLimit(1).withTimeout(Life.LATE), below));
        Job.blocking(() -> spawner.join());
        inner.await();
        shielding.await();
        return Life.leaf(trial, scope).toCompletableFuture().get();
    }

    private static void cancelled(Trial trial, Scheduler jobs, Limit limit) throws InterruptedException {
        var branch = trial.spawned(jobs.spawn(JobOptions.named("cancelled").withChildLimit(1), scope -> {
            for (int i = 0; i < 2; i++) {
                trial.spawned(scope.spawn(
                        JobOptions.named("child").withSharedLimit(limit), () -> Life.sleep(trial, Life.LONG)));
            }
            return Life.sleeping(trial, scope).join();
        }));
        trial.spawned(jobs.spawn(
                JobOptions.named("late").withSharedLimit(limit).withTimeout(Life.SHORT),
                () -> Life.sleep(trial, Life.LONG)));
        LockSupport.parkNanos(Life.SHORT.toNanos());
        branch.cancel();
        branch.await();
        jobs.cancel();
        jobs.awaitIdle(Life.LONG);
    }
}
