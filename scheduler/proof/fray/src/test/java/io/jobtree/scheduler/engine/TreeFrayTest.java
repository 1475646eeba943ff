package io.jobtree.scheduler.engine;

import static io.jobtree.scheduler.engine.Together.check;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Outcome;
import java.util.Collections;
import java.util.HashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pastalab.fray.junit.junit5.FrayTestExtension;
import org.pastalab.fray.junit.junit5.annotations.FrayTest;

/// The end of a job against the end of its branch.
@ExtendWith(FrayTestExtension.class)
final class TreeFrayTest {
    @FrayTest(iterations = 500, resetClassLoaderPerIteration = false)
    void parent_isDoneAfterAChildThatAnotherThreadCancels() throws InterruptedException {
        try (var world = World.free()) {
            var spawned = new AtomicReference<Job<?>>();
            var canceller = new AtomicReference<Thread>();
            var parent = world.jobs.spawn("parent", scope -> {
                var child = scope.spawn("child", () -> {});
                spawned.set(child);
                canceller.set(Together.start(child::cancel));
                return "ok";
            });
            parent.await();
            check(spawned.get().isDone(), "the parent is done, its child is not");
            canceller.get().join();
            world.end(parent);
        }
    }

    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void parent_isDoneAfterAChildThatAnotherThreadSpawns() throws InterruptedException {
        try (var world = World.free()) {
            var spawned = new AtomicReference<Job<?>>();
            var spawner = new AtomicReference<Thread>();
            var parent = world.jobs.spawn("parent", scope -> {
                spawner.set(Together.start(() -> {
                    try {
                        spawned.set(scope.spawn("child", () -> {}));
                    } catch (RejectedExecutionException ended) {
                        check(true, "allowed");
                    }
                }));
                return "ok";
            });
            parent.await();
            spawner.get().join();
            check(spawned.get() == null || spawned.get().isDone(), "the parent is done, its child is not");
            world.end(parent, spawned.get());
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void failFastParent_failsWithOneOfTwoFailures_andLosesNone() throws InterruptedException {
        try (var world = World.free()) {
            var thrown = Collections.synchronizedMap(new HashMap<Job<?>, Throwable>());
            var parent = world.jobs.spawn("parent", scope -> {
                for (int i = 0; i < 2; i++) {
                    scope.spawn("child", () -> {
                        var failure = new IllegalStateException("child");
                        thrown.put(Job.current().orElseThrow(), failure);
                        throw failure;
                    });
                }
                return "ok";
            });
            var outcome = parent.await();
            check(outcome instanceof Outcome.Failed<?>, outcome);
            world.end(parent);
            thrown.forEach((child, failure) -> world.checkOwnedOnce(child, failure, outcome));
        }
    }

    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void failure_ofAChildWhoseParentIsCancelled_isLostByNobody() throws InterruptedException {
        try (var world = World.free()) {
            var failure = new IllegalStateException("child");
            var child = new AtomicReference<Job<?>>();
            var parent = world.jobs.spawn("parent", scope -> {
                child.set(scope.spawn("child", () -> {
                    throw failure;
                }));
                return "ok";
            });
            parent.cancel();
            var outcome = parent.await();
            check(!(outcome instanceof Outcome.Succeeded<?>), outcome);
            world.end(parent, child.get());
            var of = child.get() == null ? null : child.get().outcome().orElseThrow();
            if (of instanceof Outcome.Failed<?>) {
                world.checkOwnedOnce(child.get(), failure, outcome);
            }
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void failure_ofASupervisedChild_isItsWaitersOrTheHandlers() throws InterruptedException {
        try (var world = World.free()) {
            var failure = new IllegalStateException("child");
            var child = new AtomicReference<Job<?>>();
            var parent = world.jobs.spawn(JobOptions.named("parent").withSupervision(), scope -> {
                var spawned = scope.spawn("child", () -> {
                    throw failure;
                });
                child.set(spawned);
                return spawned.await() instanceof Outcome.Failed<?>(var got) && got.equals(failure);
            });
            check(parent.join(), "the waiter did not get the failure");
            world.end(parent);
            check(world.handles(child.get(), failure) <= 1, "handled twice");
        }
    }
}
