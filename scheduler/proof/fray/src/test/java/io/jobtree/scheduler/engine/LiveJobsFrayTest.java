package io.jobtree.scheduler.engine;

import static io.jobtree.scheduler.engine.Together.check;
import static io.jobtree.scheduler.engine.Together.run;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pastalab.fray.junit.junit5.FrayTestExtension;
import org.pastalab.fray.junit.junit5.annotations.FrayTest;

/// The list of a scope's jobs: what was pushed is there until it is done, and nothing comes after the seal.
@ExtendWith(FrayTestExtension.class)
final class LiveJobsFrayTest {
    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void whatWasPushedBeforeTheSeal_isInTheList() throws InterruptedException {
        var live = new LiveJobs();
        var pushed = new AtomicInteger();
        Together.Step pusher = () -> {
            if (live.push(Parts.job().link)) {
                pushed.incrementAndGet();
            }
        };
        run(pusher, pusher, live::seal);
        check(live.count(job -> true) == pushed.get(), pushed + " pushed, " + live.count(job -> true) + " there");
        check(live.isSealed() && !live.push(Parts.job().link), "open");
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void seal_comesOnlyWhereEveryJobIsDone() throws InterruptedException {
        var live = new LiveJobs();
        var pushed = new AtomicInteger();
        var unfinished = new AtomicReference<@Nullable Object>();
        run(
                () -> {
                    if (live.push(Parts.job().link)) {
                        pushed.incrementAndGet();
                    }
                },
                () -> unfinished.set(live.sealOrNewest()));
        check((pushed.get() == 1) == (unfinished.get() != null || !live.isSealed()), "sealed over a job");
        check(live.count(job -> true) == pushed.get(), "a job is lost");
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void sweeps_takeNoUnfinishedJobOut() throws InterruptedException {
        var live = Parts.almostSwept();
        Together.Step pusher = () -> {
            for (int i = 0; i < 3; i++) {
                check(live.push(Parts.job().link), "sealed");
            }
        };
        Together.Step ender = () -> {
            var job = Parts.job();
            check(live.push(job.link), "sealed");
            var link = job.link;
            Parts.end(job);
            Parts.leaveList(live, link);
        };
        run(pusher, ender, pusher);
        check(live.count(job -> true) == 6, live.count(job -> true) + " of 6");
    }
}
