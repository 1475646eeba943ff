package io.jobtree.scheduler.engine;

import static io.jobtree.scheduler.engine.Together.check;
import static io.jobtree.scheduler.engine.Together.run;

import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.SchedulerOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pastalab.fray.junit.junit5.FrayTestExtension;
import org.pastalab.fray.junit.junit5.annotations.FrayTest;

/// Reused threads: each job is run once, by one of a few threads, and has a thread of its own if it waits.
@ExtendWith(FrayTestExtension.class)
final class WorkersFrayTest {
    private static JobAction meet(CountDownLatch met) {
        return () -> {
            met.countDown();
            met.await();
        };
    }

    @FrayTest(iterations = 500, resetClassLoaderPerIteration = false)
    void jobs_areTakenOnce_inTheOrderInWhichTheyCame() throws InterruptedException {
        var workers = Parts.workers();
        var jobs = List.of(Parts.job(), Parts.job(), Parts.job(), Parts.job());
        jobs.subList(0, 2).forEach(job -> workers.add(job.link));
        var taken = Collections.synchronizedList(new ArrayList<JobImpl<?>>());
        Together.Step worker = () -> {
            int last = -1;
            for (var job = workers.poll(); job != null; job = workers.poll()) {
                taken.add(job);
                check(jobs.indexOf(job) > last, "out of order");
                last = jobs.indexOf(job);
            }
        };
        run(worker, worker, () -> jobs.subList(2, 4).forEach(job -> workers.add(job.link)));
        for (var job = workers.poll(); job != null; job = workers.poll()) {
            taken.add(job);
        }
        check(taken.size() == 4 && taken.containsAll(jobs), "lost, or taken twice");
    }

    @FrayTest(iterations = 300, resetClassLoaderPerIteration = false)
    void jobsThatWaitForEachOther_haveAThreadEach() throws InterruptedException {
        try (var world = new World(SchedulerOptions.named("s").withLimit(3).withThreadReuse())) {
            var met = new CountDownLatch(2);
            var meet = meet(met);
            var trivial = world.jobs.spawn("trivial", () -> {});
            var one = world.jobs.spawn("one", meet);
            var two = world.jobs.spawn("two", meet);
            one.join();
            two.join();
            world.end(trivial, one, two);
        }
    }

    /// A worker finds both, and the supervisor none, while that turns them round.
    @FrayTest(iterations = 1000, resetClassLoaderPerIteration = false)
    void jobsThatComeAsAWorkerEnds_haveAThreadEach() throws InterruptedException {
        try (var world = new World(SchedulerOptions.named("s").withLimit(3).withThreadReuse())) {
            var go = new CountDownLatch(1);
            var met = new CountDownLatch(2);
            var meet = meet(met);
            var first = world.jobs.spawn("first", () -> go.await());
            var one = world.jobs.spawn("one", meet);
            var two = world.jobs.spawn("two", meet);
            go.countDown();
            one.join();
            two.join();
            world.end(first, one, two);
        }
    }

    /// So the one that gets a place by the end of another is run by that one's thread, or by a new one.
    @FrayTest(iterations = 300, resetClassLoaderPerIteration = false)
    void jobsOfTwoSpawners_allRun() throws InterruptedException {
        try (var world = new World(SchedulerOptions.named("s").withLimit(2).withThreadReuse())) {
            var met = new CountDownLatch(2);
            var meet = meet(met);
            Together.Step spawner = () -> {
                world.jobs.spawn("trivial", () -> {});
                world.jobs.spawn("meets", meet).join();
            };
            run(spawner, spawner);
            world.end();
        }
    }
}
