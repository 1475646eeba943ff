package io.jobtree.scheduler.engine;

import static io.jobtree.scheduler.engine.Together.check;
import static io.jobtree.scheduler.engine.Together.run;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.SchedulerOptions;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pastalab.fray.junit.junit5.FrayTestExtension;
import org.pastalab.fray.junit.junit5.annotations.FrayTest;

/// The end of a scheduler against everything else.
@ExtendWith(FrayTestExtension.class)
final class CloseFrayTest {
    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void spawnThatRacesAClose_isRejectedOrEnds() throws InterruptedException {
        try (var world = World.free()) {
            var spawned = new AtomicReference<Job<?>>();
            run(
                    () -> {
                        try {
                            spawned.set(world.jobs.spawn("job", () -> {}));
                        } catch (RejectedExecutionException closed) {
                            check(world.jobs.isClosed(), "rejected by an open scheduler");
                        }
                    },
                    world::end);
            world.checkOver(spawned.get());
        }
    }

    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void everyCloser_returnsOnlyWhenAllIsOver() throws InterruptedException {
        try (var world = World.free()) {
            var job = world.jobs.spawn("job", () -> {});
            Together.Step closer = () -> {
                world.jobs.close(Duration.ZERO);
                world.checkOver(job);
            };
            run(closer, () -> world.end(job));
        }
    }

    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void closeThatCancels_endsAJobThatSpawns() throws InterruptedException {
        try (var world = World.free()) {
            var child = new AtomicReference<Job<?>>();
            var parent = world.jobs.spawn("parent", scope -> {
                try {
                    child.set(scope.spawn("child", () -> {}));
                } catch (RejectedExecutionException cancelled) {
                    return "rejected";
                }
                return "ok";
            });
            world.jobs.close(Duration.ZERO);
            world.checkOver(parent, child.get());
        }
    }

    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void closeRefuses_whoWaitsForRoom() throws InterruptedException {
        try (var world = new World(SchedulerOptions.named("s").withLimit(1).withPendingLimit(1))) {
            var last = new AtomicReference<Job<?>>();
            var first = world.jobs.spawn("first", () -> {});
            var second = world.jobs.spawn("second", () -> {});
            run(
                    () -> {
                        try {
                            last.set(world.jobs.spawn("third", () -> {}));
                        } catch (RejectedExecutionException closed) {
                            check(world.jobs.isClosed(), "rejected by an open scheduler");
                        }
                    },
                    world::end);
            world.checkOver(first, second, last.get());
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void failureThatNobodyOwns_isHandledBeforeTheCloseReturns() {
        try (var world = World.free()) {
            var failure = new IllegalStateException("job");
            var job = world.jobs.spawn("job", () -> {
                throw failure;
            });
            world.end(job);
            check(world.handles(job, failure) == 1, "handled " + world.handles(job, failure) + " times");
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void closeAgainstACancel_endsBoth() throws InterruptedException {
        try (var world = World.limited(1)) {
            var first = world.jobs.spawn("first", () -> {});
            var second = world.jobs.spawn("second", () -> {});
            run(second::cancel, () -> world.end(first, second));
        }
    }
}
