package io.jobtree.scheduler.engine;

import static io.jobtree.scheduler.engine.Together.check;
import static io.jobtree.scheduler.engine.Together.run;

import io.jobtree.scheduler.JobFailedException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pastalab.fray.junit.junit5.FrayTestExtension;
import org.pastalab.fray.junit.junit5.annotations.FrayTest;

/// Wake-ups: nobody waits for a job that is done. What is lost shows as a deadlock.
@ExtendWith(FrayTestExtension.class)
final class WaitFrayTest {
    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void everyWaiter_isWoken() throws InterruptedException {
        try (var world = World.free()) {
            var job = world.jobs.spawn("job", () -> 1);
            Together.Step waiter = () -> check(job.join() == 1, "another result");
            run(waiter, waiter);
            world.end(job);
        }
    }

    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void waiterThatIsInterrupted_leavesTheOthersTheirs() throws InterruptedException {
        try (var world = World.free()) {
            var job = world.jobs.spawn("job", () -> 1);
            var leaving = new Thread(() -> {
                try {
                    job.join();
                } catch (InterruptedException left) {
                    check(!Thread.currentThread().isInterrupted(), "interrupted twice");
                }
            });
            leaving.start();
            run(leaving::interrupt, () -> check(job.join() == 1, "another result"));
            leaving.join();
            world.end(job);
        }
    }

    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void failure_isOneWaitersOrTheHandlers() throws InterruptedException {
        try (var world = World.free()) {
            var failure = new IllegalStateException("job");
            var job = world.jobs.spawn("job", () -> {
                throw failure;
            });
            var joined = new AtomicInteger();
            run(() -> {
                try {
                    job.join();
                } catch (JobFailedException failed) {
                    joined.incrementAndGet();
                }
            });
            world.end(job);
            check(joined.get() == 1 && world.handles(job, failure) <= 1, "joined " + joined);
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void future_isCompleted() throws Exception {
        try (var world = World.free()) {
            var job = world.jobs.spawn("job", () -> 1);
            var future = job.toCompletableFuture();
            check(future.get() == 1, "another result");
            world.end(job);
        }
    }
}
