package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.JobCancelledException;
import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.SpawnRefusal;
import io.jobtree.scheduler.StragglerException;
import io.jobtree.scheduler.platform.Backoff;
import io.jobtree.scheduler.platform.Carried;
import io.jobtree.scheduler.platform.Checks;
import io.jobtree.scheduler.platform.CountedSet;
import io.jobtree.scheduler.platform.Failures;
import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.PollingLock;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Threads;
import io.jobtree.scheduler.platform.Timers;
import io.jobtree.scheduler.text.Texts;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Has all classes that a job's life needs initialised before there is a job.
final class EngineClasses {
    private static final List<Class<?>> CLASSES = List.of(
            ApiAccess.Holder.class,
            Backoff.class,
            BranchScope.class,
            CancelNotices.class,
            CancelQueue.class,
            CancelReason.class,
            Carried.class,
            Checks.class,
            Closing.class,
            Closing.Times.class,
            CountedSet.class,
            Ending.class,
            Extras.class,
            Failures.class,
            Failures.SpawnInterrupted.class,
            Failures.SpawnRefused.class,
            FailureNotice.class,
            FutureTask.class,
            Gate.class,
            Holding.class,
            Interrupts.class,
            JobCancelledException.class,
            JobFailedException.class,
            JobFuture.class,
            JobImpl.class,
            JobImpl.ToStop.class,
            JobState.class,
            JobTimeoutException.class,
            Link.class,
            LinkQueue.class,
            Level.class,
            LiveJobs.class,
            Notifying.class,
            Observers.class,
            Observers.Notice.class,
            Observers.Observation.class,
            OpenSchedulers.class,
            Outcome.Cancelled.class,
            Outcome.Failed.class,
            Outcome.Succeeded.class,
            Paths.class,
            PendingQueue.class,
            Places.class,
            PollingLock.class,
            Retry.class,
            RoomRequest.class,
            RootScope.class,
            ShutdownHook.class,
            SpawnRefusal.Reason.class,
            StallWatch.class,
            StragglerException.class,
            Stragglers.class,
            Supervisor.class,
            Supervisor.Rescued.class,
            Supervisors.class,
            Texts.class,
            Threads.class,
            Timers.class,
            Waiter.class,
            Waiters.class,
            Waiters.Counts.class,
            Waiting.class,
            Worker.class,
            Workers.class);

    static {
        Handles.initialize(MethodHandles.lookup(), CLASSES);
        try {
            rehearse();
        } catch (OutOfMemoryError noMemory) {
            // A class that is not initialised once never is: schedulers open without that.
        }
    }

    /// Claims and cancels a pending job that nobody knows. What the JVM links at a first call it needs memory
    /// for, and where jobs have taken all of that, to cancel them is what gives it back.
    private static void rehearse() {
        var root = RootScope.forRehearsal();
        var job = new JobImpl<@Nullable Void>(null, root, new Holding(root, root.gate, null));
        job.rehearseClaim();
        job.becomePending(0);
        root.live.push(job.link);
        var gate = Objects.requireNonNull(root.gate);
        gate.tryTake();
        try {
            Places.admit(job, Gate.NOTHING);
            gate.waiting();
            Interrupts.interruptUnwatched(null, root);
            root.stopForMemory();
            root.cancel();
        } finally {
            // Which has begun, for the job had to wait.
            root.endStallWatch();
        }
    }

    private EngineClasses() {}

    static void ensureInitialized() {
        // The initialisation of this class does it.
    }
}
