package io.jobtree.scheduler.engine;

import com.sun.management.ThreadMXBean;
import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.platform.PollingLock;
import io.jobtree.scheduler.platform.Task;
import io.jobtree.scheduler.platform.ThreadScope;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/// What tests of the API see and do inside of the engine, where no user can: hold a lock, let time run out, run out of
/// threads.
public final class EngineView {
    private EngineView() {}

    private static RootScope root(Scheduler scheduler) {
        return OpenSchedulers.all().stream()
                .filter(root -> root.scheduler() == scheduler)
                .findFirst()
                .orElseThrow();
    }

    /// The limit of a scheduler that is open and has one.
    public static Gate gate(Scheduler scheduler) {
        return Objects.requireNonNull(root(scheduler).gate, "gate");
    }

    /// The shared limit that a job asked for.
    public static Gate sharedGate(Job<?> job) {
        return Objects.requireNonNull(((JobImpl<?>) job).holding.shared(), "shared");
    }

    /// Keeps everybody from waiting for a place there, or from passing one on, until it is closed.
    public static PollingLock lock(Gate gate) {
        return gate.lock.lock();
    }

    /// Waits until the newest that waits for a job has its outcome.
    public static void awaitDelivery(Job<?> job, Runnable end) {
        var newest = Objects.requireNonNull(((JobImpl<?>) job).waiters, "who waits");
        end.run();
        while (!newest.isDelivered()) {
            Thread.onSpinWait();
        }
    }

    /// Leaves a scheduler as a call does that overflows where no step may be left out.
    public static void overflow(Scheduler scheduler) {
        root(scheduler).trouble = new StackOverflowError("by a test");
    }

    /// What it takes to come by all jobs of an open scheduler.
    public static long bytesOfAWalk(Scheduler scheduler) {
        var root = root(scheduler);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        root.eachBelow(job -> {});
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /// Whether an open scheduler that is being closed takes no more jobs.
    public static boolean isSealed(Scheduler scheduler) {
        return root(scheduler).live.isSealed();
    }

    /// Says, of a scheduler that is open, whether all have ended that start its jobs' threads.
    public static BooleanSupplier supervisorsEnd(Scheduler scheduler) {
        return root(scheduler).supervisors::haveEnded;
    }

    /// Has other supervisors go on, as where those of an open scheduler may be lost.
    public static void replaceSupervisors(Scheduler scheduler) {
        root(scheduler).supervisors.replace();
    }

    /// Whether a close makes a thread for the observer.
    public static boolean hearsOfClose(JobObserver observer) {
        return Observers.hearOfClose(List.of(new Observers.Entry(observer)));
    }

    /// The scope of a branch job that runs.
    public static JobScope scope(Job<?> job) {
        return Objects.requireNonNull(((JobImpl<?>) job).branch, "branch");
    }

    /// Has a job's timeout run out.
    public static void timeOut(Job<?> job, Duration timeout) {
        ((JobImpl<?>) job).timeOut(timeout);
    }

    /// Has a pending job fail; returns when it is done.
    public static void fail(Job<?> job, Throwable failure) {
        var known = (JobImpl<?>) job;
        known.stop(Ending.failed(failure, CancelReason.DEADLINE, known));
        Waiting.untilDone(known);
    }

    /// Begins to wait for a job; what it gives ends that, and says whether the job was not done then.
    public static BooleanSupplier addWaiter(Job<?> job) {
        var known = (JobImpl<?>) job;
        var waiter = new Waiter(null, false);
        Waiters.add(known, waiter);
        return () -> Waiters.leave(known, waiter);
    }

    /// How many stand in the list of those who wait for a job, those included who have left it.
    public static int waiters(Job<?> job) {
        int count = 0;
        for (var waiter = ((JobImpl<?>) job).waiters; waiter != null; waiter = waiter.next) {
            count++;
        }
        return count;
    }

    /// From now on the body of this scope's job can start no thread.
    public static void runOutOfThreads(JobScope scope, Error noThread) {
        ((BranchScope) scope).open(new NoThreads(noThread));
    }

    /// A machine that is out of threads, in place of the branch's own way to start them.
    private record NoThreads(Error noThread) implements ThreadScope {
        @Override
        public boolean fork(Task task) {
            throw noThread;
        }

        @Override
        public void join() {}

        @Override
        public void close() {}
    }

    /// Spawns a job for which the supervisor cannot start a thread, whatever the reason.
    public static Job<Integer> spawnWithoutThread(Scheduler scheduler, Error noThread) {
        var root = root(scheduler);
        var job = new JobImpl<Integer>("victim", (Callable<Integer>) () -> 1, new Holding(root, null, null));
        job.becomePending(0);
        if (!root.live.push(job.link)) {
            throw new AssertionError(scheduler + " takes no job");
        }
        root.start(new WithoutThread(job.link, noThread), false);
        return job;
    }

    private static final class WithoutThread extends Task {
        private final Link link;
        private final Error noThread;

        WithoutThread(Link link, Error noThread) {
            this.link = link;
            this.noThread = noThread;
        }

        @Override
        public String threadName() {
            throw noThread;
        }

        @Override
        public void notStarted(Throwable failure) {
            link.notStarted(failure);
        }

        @Override
        public Object call() {
            throw new AssertionError("it has no thread");
        }
    }
}
