package io.jobtree.scheduler.engine;

import static io.jobtree.scheduler.engine.Together.check;
import static io.jobtree.scheduler.engine.Together.run;

import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.SchedulerOptions;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pastalab.fray.junit.junit5.FrayTestExtension;
import org.pastalab.fray.junit.junit5.annotations.FrayTest;

/// Limits of whole schedulers: how many bodies run, and that each place comes back.
@ExtendWith(FrayTestExtension.class)
final class PlacesFrayTest {
    private final AtomicInteger inside = new AtomicInteger();

    private int body() {
        check(inside.incrementAndGet() == 1, "two inside");
        inside.decrementAndGet();
        return 1;
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void jobsOfALimitOfOne_allRun_oneAtATime() throws InterruptedException {
        try (var world = World.limited(1)) {
            var one = world.jobs.spawn("one", this::body);
            var two = world.jobs.spawn("two", this::body);
            var three = world.jobs.spawn("three", this::body);
            check(one.join() + two.join() + three.join() == 3, "lost");
            world.end(one, two, three);
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void reusedThreads_runOneJobAtATime() throws InterruptedException {
        try (var world = new World(SchedulerOptions.named("s").withLimit(1).withThreadReuse())) {
            var one = world.jobs.spawn("one", this::body);
            var two = world.jobs.spawn("two", this::body);
            var three = world.jobs.spawn("three", this::body);
            check(one.join() + two.join() + three.join() == 3, "lost");
            world.end(one, two, three);
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void pendingJobThatIsCancelled_leavesItsPlaceToTheNext() throws InterruptedException {
        try (var world = World.limited(1)) {
            var one = world.jobs.spawn("one", this::body);
            var two = world.jobs.spawn("two", this::body);
            var canceller = Together.start(two::cancel);
            var three = world.jobs.spawn("three", this::body);
            check(one.join() + three.join() == 2, "lost");
            canceller.join();
            world.end(one, two, three);
        }
    }

    /// Its own thread ends it, and who stops it gives its place back.
    @FrayTest(iterations = 500, resetClassLoaderPerIteration = false)
    void jobThatIsStoppedAsItStarts_hasNoPlaceOnceItIsDone() throws InterruptedException {
        var options = SchedulerOptions.named("s").withLimit(1).withObserver(job -> new JobObservation() {});
        try (var world = new World(options)) {
            var job = world.jobs.spawn("job", this::body);
            var canceller = Together.start(job::cancel);
            job.await();
            check(world.jobs.takenPlaces() == 0, "a job that is done holds its place");
            canceller.join();
            world.end(job);
        }
    }

    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void jobThatWaits_givesItsPlaceUp_andGetsItBack() throws InterruptedException {
        try (var world = World.limited(1)) {
            var waiter = world.jobs.spawn("waiter", () -> {
                var inner = world.jobs.spawn("inner", this::body);
                return inner.join() + body();
            });
            var other = world.jobs.spawn("other", this::body);
            check(waiter.join() + other.join() == 3, "lost");
            world.end(waiter, other);
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void jobThatIsCancelledWhileItWaits_losesNoPlace() throws InterruptedException {
        try (var world = World.limited(1)) {
            var waiter = world.jobs.spawn("waiter", () -> {
                var inner = world.jobs.spawn("inner", this::body);
                return inner.join();
            });
            var canceller = Together.start(waiter::cancel);
            waiter.await();
            canceller.join();
            check(world.jobs.spawn("probe", this::body).join() == 1, "lost");
            world.end(waiter);
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void sharedLimit_isFreeWhenItsJobsAreOver() throws InterruptedException {
        var limit = Limit.of("shared", 1);
        try (var one = World.free();
                var two = World.limited(1)) {
            var options = JobOptions.named("job").withSharedLimit(limit);
            Callable<Integer> body = this::body;
            var first = one.jobs.spawn(options, body);
            var second = two.jobs.spawn(options, body);
            run(second::cancel, () -> check(first.join() == 1, "lost"));
            one.end(first);
            two.end(second);
            check(limit.taken() == 0 && limit.waiting() == 0, limit);
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void shield_keepsItsCallersPlaces_andGivesThemBack() throws InterruptedException {
        var limit = Limit.of("shared", 1);
        try (var world = World.limited(1)) {
            Callable<Integer> body = () -> world.jobs.shield("shield", this::body);
            var job = world.jobs.spawn(JobOptions.named("job").withSharedLimit(limit), body);
            var other = world.jobs.spawn("other", this::body);
            var canceller = Together.start(job::cancel);
            job.await();
            check(other.join() == 1, "lost");
            canceller.join();
            world.end(job, other);
            check(limit.taken() == 0 && limit.waiting() == 0, limit);
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void spawnerThatWaitsForRoom_getsIt() throws InterruptedException {
        try (var world = new World(SchedulerOptions.named("s").withLimit(1).withPendingLimit(1))) {
            Together.Step spawner =
                    () -> check(world.jobs.spawn("job", this::body).join() == 1, "lost");
            run(spawner, spawner, spawner);
            world.end();
        }
    }
}
