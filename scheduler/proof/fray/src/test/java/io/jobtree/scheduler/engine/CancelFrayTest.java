package io.jobtree.scheduler.engine;

import static io.jobtree.scheduler.engine.Together.check;
import static io.jobtree.scheduler.engine.Together.run;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.SchedulerOptions;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pastalab.fray.junit.junit5.FrayTestExtension;
import org.pastalab.fray.junit.junit5.annotations.FrayTest;

/// A cancellation at whatever state it meets.
@ExtendWith(FrayTestExtension.class)
final class CancelFrayTest {
    @FrayTest(iterations = 200, resetClassLoaderPerIteration = false)
    void oneOfTwoCancels_begins_andTheOutcomeSaysSo() throws InterruptedException {
        try (var world = World.free()) {
            var ran = new AtomicInteger();
            var job = world.jobs.spawn("job", () -> {
                ran.incrementAndGet();
            });
            var begun = new AtomicInteger();
            Together.Step cancel = () -> {
                if (job.cancel()) {
                    begun.incrementAndGet();
                }
            };
            run(cancel, cancel);
            var outcome = job.await();
            check(begun.get() <= 1, "both began it");
            check((begun.get() == 1) == (outcome instanceof Outcome.Cancelled<?>), begun + " began, " + outcome);
            check(ran.get() == 1 || outcome instanceof Outcome.Cancelled<?>, "never ran, " + outcome);
            world.end(job);
        }
    }

    @FrayTest(iterations = 100, resetClassLoaderPerIteration = false)
    void jobWithoutAThread_getsOne_alsoWhereItIsCancelledMeanwhile() throws InterruptedException {
        var job = Parts.strandedJob();
        var failure = Ending.failed(new IllegalStateException("sibling"), CancelReason.PARENT, job);
        run(() -> check(job.tryRescue(), "nobody starts a thread for it"), () -> job.stop(failure));
        check(job.isDoomed() && !job.isStranded(), job.state);
    }

    /// As where memory was out amid its start: the thread had begun, and the job was left to the supervisor all the
    /// same.
    @FrayTest(iterations = 300, resetClassLoaderPerIteration = false)
    void jobWithTwoThreads_isBegunByOne_andThatOneIsInterrupted() throws InterruptedException {
        var job = Parts.readyJob();
        var failure = Ending.failed(new IllegalStateException("sibling"), CancelReason.PARENT, job);
        var did = new AtomicInteger();
        var canceller = Together.start(() -> {
            did.set(job.stop(failure));
            job.interruptIfAlerted();
        });
        var begun = new AtomicInteger();
        Together.Step begin = () -> {
            if (job.tryBegin()) {
                begun.incrementAndGet();
                job.run();
                boolean interrupted = isInterruptedBefore(canceller);
                check(interrupted == ((did.get() & JobImpl.STOPPED_BODY) != 0), interrupted + ", " + did);
                check(job.isOnItsThread(), "another is said to be its thread");
            }
        };
        run(begin, begin);
        check(begun.get() == 1, begun + " threads have begun it");
    }

    /// Whether this thread is interrupted until the other has ended.
    private static boolean isInterruptedBefore(Thread other) throws InterruptedException {
        try {
            other.join();
            return Thread.interrupted();
        } catch (InterruptedException interrupted) {
            other.join();
            return true;
        }
    }

    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void observers_hearEachStepOnce_whateverIsCancelled() throws InterruptedException {
        var starting = new AtomicInteger();
        var stopped = new AtomicInteger();
        var ended = new AtomicReference<Outcome<?>>();
        var endedTimes = new AtomicInteger();
        var observation = new JobObservation() {
            @Override
            public void starting() {
                starting.incrementAndGet();
            }

            @Override
            public void stopped() {
                stopped.incrementAndGet();
            }

            @Override
            public void ended(Outcome<?> outcome) {
                ended.set(outcome);
                endedTimes.incrementAndGet();
            }
        };
        try (var world = new World(SchedulerOptions.named("s").withLimit(1).withObserver(job -> observation))) {
            var job = world.jobs.spawn("job", () -> {});
            var canceller = Together.start(job::cancel);
            var outcome = job.await();
            check(endedTimes.get() == 1 && outcome.equals(ended.get()), outcome + ", heard " + ended);
            canceller.join();
            world.end(job);
            check(endedTimes.get() == 1, "ended " + endedTimes);
            check(
                    starting.get() == stopped.get() && starting.get() <= 1,
                    "starting " + starting + " stopped " + stopped);
        }
    }

    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void interrupt_ofACancel_reachesTheBodyOrNobody() throws InterruptedException {
        try (var world = new World(SchedulerOptions.named("s").withLimit(1).withThreadReuse())) {
            var flagged = new AtomicInteger();
            var first = world.jobs.spawn("first", () -> {});
            var second = world.jobs.spawn("second", () -> {
                if (Thread.currentThread().isInterrupted()) {
                    flagged.incrementAndGet();
                }
            });
            var canceller = Together.start(first::cancel);
            second.await();
            canceller.join();
            check(flagged.get() == 0, "another job's interrupt");
            world.end(first, second);
        }
    }

    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void cancelledBranch_endsEveryJobBelow() throws InterruptedException {
        try (var world = World.free()) {
            var below = new AtomicReference<Job<?>>();
            var parent = world.jobs.spawn("parent", scope -> {
                below.set(scope.spawn(
                        "child", inner -> inner.spawn("leaf", () -> {}).await()));
                return "ok";
            });
            var canceller = Together.start(parent::cancel);
            parent.await();
            var child = below.get();
            check(child == null || child.isDone(), "the parent is done, its child is not");
            canceller.join();
            world.end(parent, child);
        }
    }

    @FrayTest(iterations = 150, resetClassLoaderPerIteration = false)
    void cancelledFuture_cancelsItsJob() throws InterruptedException {
        try (var world = World.free()) {
            var job = world.jobs.spawn("job", () -> 1);
            var future = job.toCompletableFuture();
            run(() -> future.cancel(true));
            var outcome = job.await();
            world.end(job);
            boolean agree = outcome instanceof Outcome.Succeeded<?>
                    ? !future.isCompletedExceptionally() || future.isCancelled()
                    : future.isCompletedExceptionally();
            check(agree, outcome + ", " + future);
        }
    }

    /// Who cancels comes to the newest first: that may be over before it comes to the one which waits for it.
    @FrayTest(iterations = 200, resetClassLoaderPerIteration = false)
    void waiterStoppedWithWhatItWaitsFor_neverFails() throws InterruptedException {
        try (var world = World.free()) {
            var waiter = world.jobs.spawn(
                    "waiter", () -> world.jobs.spawn("awaited", () -> {}).join());
            var canceller = Together.start(world.jobs::cancel);
            var outcome = waiter.await();
            check(!(outcome instanceof Outcome.Failed<?>), outcome.toString());
            canceller.join();
            world.end(waiter);
        }
    }
}
