package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.Log;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Threads;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// How a scheduler ends. The first closer waits for the jobs. Where they take too long, or somebody is in more of
/// a hurry, that one cancels them, and leads from there on; all closers wait for it.
///
/// ```
/// OPEN --first close--> DRAINING --no job left, on the first closer's thread---> ENDING -------> CLOSED
///                           +-----time over, or a closer interrupted, on the------> CANCELLING -----^
///                                 closer's thread, or one that it starts
/// ```
///
/// Who makes the step out of DRAINING leads from there on, and cancels on a platform thread. So no closer depends on
/// a virtual one that jobs which compute on all carriers hold up. Each wait has an end, and no user code runs on the
/// leader's thread: jobs are interrupted by another platform thread, and handlers and observers get one of their own.
final class Closing {
    private static final int OPEN = 0;
    private static final int DRAINING = 1;
    private static final int ENDING = 2;
    private static final int CANCELLING = 3;
    private static final int CLOSED = 4;
    private static final VarHandle PHASE = Handles.of(MethodHandles.lookup(), "phase", int.class);
    private static final VarHandle REPORTER = Handles.of(MethodHandles.lookup(), "reporter", Thread.class);

    /// What handlers and observers have, over wait and closeTimeout.
    static final long REPORT_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    /// How long all closes at exit take at most: Kubernetes kills a process 30 s after it asked it to end.
    static final long EXIT_NANOS = TimeUnit.SECONDS.toNanos(20);

    /// How long interrupts may take, at most, before the clock of closeTimeout starts: one that blocks, in a
    /// channel of the user's own making, holds up none but its thread.
    private static final long CANCEL_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    /// What a closer has that waits for another, over wait and closeTimeout, before it returns all the same: the
    /// other may be a virtual thread, and have no carrier.
    private static final long FOLLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

    /// How often a leader, or one of its steps, fails for want of memory or stack before the close goes on without.
    /// Each failure may have taken as long as a wait.
    private static final int MOST_ATTEMPTS = 4;

    private final RootScope scheduler;
    private volatile boolean over;

    /// Those who wait until it is. No latch: that has one waiter wake the next, and that one may be a virtual thread
    /// that gets no carrier.
    private final Queue<Thread> followers = new ConcurrentLinkedQueue<>();
    private volatile int phase = OPEN;

    /// The close from a hook or handler whose wait ends first.
    private final AtomicReference<@Nullable Times> sooner = new AtomicReference<>();

    /// Waits for the jobs while they go on by themselves.
    private volatile @Nullable Thread drainer;

    private volatile @Nullable Thread leader;

    /// Calls handlers and observers for the leader.
    private volatile @Nullable Thread reporter;

    /// What that does.
    private volatile @Nullable Future<?> report;

    /// Those that still run are held by their scope; the others are not to be held here.
    private volatile List<WeakReference<Job<?>>> survivors = List.of();

    /// How often a leader gave up. By the leader of the time, as the next.
    private int attempts;

    /// Since when jobs are being cancelled, and how long they have. A later leader keeps this clock.
    private @Nullable Times cancelled;

    /// Stragglers are reported once, even if the leader that reported them gave up later.
    private boolean reportedStragglers;

    /// Nothing is left but jobs that called `System.exit`, which waits for this.
    private volatile boolean onlyExiting;

    Closing(RootScope scheduler) {
        this.scheduler = scheduler;
    }

    boolean isOpen() {
        return phase == OPEN;
    }

    /// Whether its jobs are being cancelled, or have been.
    boolean isCancelling() {
        return phase >= CANCELLING;
    }

    /// Whether a thread that runs this job may spawn.
    boolean isOpenTo(@Nullable JobImpl<?> job) {
        int now = phase;
        if (now != DRAINING) {
            return now == OPEN;
        }
        var own = ownOrCaller(job);
        return own != null && !own.isDone();
    }

    /// The job, or the one of this scheduler that waits for the shielded job which it is or is below: that is as
    /// good as its parent.
    private @Nullable JobImpl<?> ownOrCaller(@Nullable JobImpl<?> job) {
        var own = job;
        while (own != null && own.root() != scheduler) {
            own = own.callerOfShield();
        }
        return own;
    }

    List<Job<?>> close(long waitNanos, long closeNanos) {
        var times = new Times(System.nanoTime(), waitNanos, closeNanos);
        if (isInHookNotBody()) {
            closeElsewhere(times);
            return List.of();
        }
        boolean interrupted = PHASE.compareAndSet(this, OPEN, DRAINING) ? lead(DRAINING, times) : follow(times);
        if (interrupted) {
            Threads.interruptAgain();
        }
        var left = survivors;
        return left.isEmpty()
                ? List.of()
                : left.stream()
                        .<Job<?>>map(WeakReference::get)
                        .filter(job -> job != null && !job.isDone())
                        .toList();
    }

    /// Whether this thread is in a handler or a hook of this scheduler, whose job is not over before that
    /// returns: such a close only begins. Throws IllegalStateException in a body.
    private boolean isInHookNotBody() {
        if (reporter == Thread.currentThread() || Notifying.isIn(scheduler)) {
            return true;
        }
        var current = ownOrCaller(JobImpl.currentOrNull());
        if (current != null && current.isBodyRunning()) {
            throw new IllegalStateException(
                    current + " cannot close its own scheduler, which waits for it; close it from outside");
        }
        return current != null;
    }

    /// Begins to close, without waiting.
    void closeElsewhere(long waitNanos, long closeNanos) {
        closeElsewhere(new Times(System.nanoTime(), waitNanos, closeNanos));
    }

    private void closeElsewhere(Times times) {
        if (PHASE.compareAndSet(this, OPEN, DRAINING)) {
            leadElsewhere(DRAINING, times);
        } else if (times.waitLeft() > 0) {
            sooner.accumulateAndGet(times, Times::sooner);
            LockSupport.unpark(drainer);
        } else if (tryBeginCancelling()) {
            leadElsewhere(CANCELLING, times);
        }
    }

    /// To be called now and then while the JVM exits: `System.exit` does not return to the job that called it before
    /// the closing is over, so that job is not waited for, and those that wait for it are cancelled.
    void checkExiting(Exits exits, long closeNanos) {
        endReportThatExits();
        if (onlyExiting || phase == CLOSED) {
            return;
        }
        if (exits.areAllThatIsLeft(false)) {
            onlyExiting = true;
            LockSupport.unpark(drainer);
            LockSupport.unpark(leader);
        } else if (phase == DRAINING && exits.areAllThatIsLeft(true)) {
            closeElsewhere(0, closeNanos);
        }
    }

    /// A handler or an observer that is called for the leader may call it too.
    private void endReportThatExits() {
        var task = report;
        if (task != null && !task.isDone() && Exits.isInExit(reporter)) {
            task.cancel(false);
        }
    }

    /// The clock of one close.
    ///
    /// @param start when it began
    /// @param waiting how long jobs may go on
    /// @param ending how long they may take to end once they are cancelled
    record Times(long start, long waiting, long ending) {
        /// 73 years: three of them can be added.
        private static final long MOST_NANOS = Long.MAX_VALUE / 4;

        Times {
            waiting = Math.min(waiting, MOST_NANOS);
            ending = Math.min(ending, MOST_NANOS);
        }

        static long left(long start, long nanos) {
            return nanos - (System.nanoTime() - start);
        }

        long waitLeft() {
            return left(start, waiting);
        }

        static Times sooner(@Nullable Times one, Times other) {
            return one == null || other.waitLeft() < one.waitLeft() ? other : one;
        }

        /// What is left of all, whatever it was spent on.
        long allLeft() {
            return allLeft(REPORT_NANOS);
        }

        long allLeft(long more) {
            return left(start, waiting + ending + more);
        }
    }

    /// Waits until the leader is through; true if the thread was interrupted.
    private boolean follow(Times times) {
        if (over) {
            return false;
        }
        boolean interrupted = false;
        boolean isAdded = tryAddFollower();
        // Dekker: after it is found among them.
        while (!over) {
            long left = phase == DRAINING && !interrupted ? waitLeft(DRAINING, times) : times.allLeft(FOLLOW_NANOS);
            if (left > 0) {
                LockSupport.parkNanos(scheduler, isAdded ? left : Math.min(left, Retry.REST_NANOS));
                isAdded = isAdded || tryAddFollower();
                if (!Thread.interrupted()) {
                    continue;
                }
                interrupted = true;
            }
            if (tryBeginCancelling()) {
                if (!Thread.currentThread().isVirtual()) {
                    return lead(CANCELLING, times) || interrupted;
                }
                leadElsewhere(CANCELLING, times);
            } else if (times.allLeft(FOLLOW_NANOS) <= 0) {
                survivors = references(Stragglers.of(scheduler));
                return interrupted;
            }
        }
        // This one may have come after all were woken, and nobody stays there.
        wakeFollowers();
        return interrupted;
    }

    private void wakeFollowers() {
        for (var follower = followers.poll(); follower != null; follower = followers.poll()) {
            LockSupport.unpark(follower);
        }
    }

    private boolean tryAddFollower() {
        try {
            return followers.add(Thread.currentThread());
        } catch (OutOfMemoryError noMemory) {
            return false;
        }
    }

    private boolean tryBeginCancelling() {
        boolean began = PHASE.compareAndSet(this, DRAINING, CANCELLING);
        if (began) {
            LockSupport.unpark(drainer);
        }
        return began;
    }

    /// Leads from this phase on, or follows who has gone beyond it; true if the thread was interrupted.
    private boolean lead(int from, Times times) {
        boolean leads = from != DRAINING;
        boolean interrupted = false;
        try {
            leads = leads || drain(times);
            if (leads) {
                leader = Thread.currentThread();
                if (from == CANCELLING) {
                    interrupted = cancel(times);
                }
                interrupted |= endThreads(times);
            }
        } catch (Throwable trouble) {
            if (++attempts < MOST_ATTEMPTS) {
                // The stack or memory has run out: another thread goes on, if there is one.
                int phaseNow = leads && from == DRAINING ? ENDING : from;
                Retry.rest();
                leadElsewhere(phaseNow, times);
                if (trouble instanceof OutOfMemoryError) {
                    return follow(times) || interrupted;
                }
                throw trouble;
            }
            Log.logAbout(Level.ERROR, "", scheduler, ": closing is cut short", trouble);
            // Unless another leads already.
            leads = leads || PHASE.compareAndSet(this, DRAINING, ENDING);
        }
        if (!leads) {
            return follow(times);
        }
        phase = CLOSED;
        try {
            try {
                forget();
            } finally {
                notifyClosed(times);
            }
        } finally {
            scheduler.letGoOnceOver();
            leader = null;
            over = true;
            wakeFollowers();
        }
        return interrupted;
    }

    /// Has nothing hold the scheduler any more. Tries again where memory is out for a moment.
    private void forget() {
        for (int attempt = 1; ; attempt++) {
            try {
                scheduler.endStallWatch();
                scheduler.supervisors.stop();
                scheduler.entry.closed();
                if (!scheduler.isOver()) {
                    OpenSchedulers.addOutlived(scheduler);
                }
                return;
            } catch (Throwable noMemory) {
                if (attempt == MOST_ATTEMPTS) {
                    throw noMemory;
                }
                Retry.rest();
            }
        }
    }

    /// Waits for the jobs as long as they may go on; true if none is left, and this thread leads.
    private boolean drain(Times times) {
        drainer = Thread.currentThread();
        try {
            scheduler.wakeSpawners();
            scheduler.supervisors.endIfIdle(scheduler, times.waiting());
            return awaitJobs(DRAINING, times) && PHASE.compareAndSet(this, DRAINING, ENDING);
        } finally {
            drainer = null;
        }
    }

    /// Cancels the jobs that are left, and waits for them; true if the thread was interrupted meanwhile.
    private boolean cancel(Times times) {
        boolean interrupted = false;
        scheduler.live.seal();
        scheduler.wakeSpawners();
        // Made here, where want of memory has another thread lead. Nobody else would cancel them.
        Runnable cancelJobs = scheduler::cancelToClose;
        await(scheduler.runBeside("canceller", () -> Retry.runOnceThereIsMemory(cancelJobs)), CANCEL_NANOS);
        var clock = cancelled == null ? new Times(System.nanoTime(), times.ending(), 0) : cancelled;
        cancelled = clock;
        while (!awaitJobs(CANCELLING, clock) && Thread.interrupted()) {
            interrupted = true;
        }
        return interrupted;
    }

    /// Waits until no job is left; false when the time is over, the thread is interrupted, or the phase is
    /// another.
    private boolean awaitJobs(int during, Times clock) {
        if (during == CANCELLING) {
            // Cancelled jobs end about newest first, and a thread that waits for the oldest is woken once.
            var oldest = scheduler.live.oldest();
            if (oldest != null && !awaitJob(oldest, during, clock)) {
                return onlyExiting;
            }
        }
        for (var job = scheduler.live.sealOrNewest(); job != null; job = scheduler.live.sealOrNewest()) {
            if (mustStop(during, clock) || !awaitJob(job, during, clock)) {
                return onlyExiting;
            }
        }
        return true;
    }

    private boolean mustStop(int during, Times clock) {
        return phase != during
                || onlyExiting
                || waitLeft(during, clock) <= 0
                || Thread.currentThread().isInterrupted();
    }

    private boolean awaitJob(JobImpl<?> job, int during, Times clock) {
        var waiter = new Waiter(Thread.currentThread(), false);
        boolean added = Waiters.add(job, waiter);
        while (added && !waiter.isDelivered()) {
            if (mustStop(during, clock)) {
                Waiters.leave(job, waiter);
                return false;
            }
            LockSupport.parkNanos(scheduler, waitLeft(during, clock));
        }
        return true;
    }

    private long waitLeft(int during, Times clock) {
        var other = during == DRAINING ? sooner.get() : null;
        return Times.sooner(other, clock).waitLeft();
    }

    /// Reports what still runs, or waits until all threads have ended, so that a closed scheduler leaves none;
    /// true if the thread was interrupted meanwhile.
    private boolean endThreads(Times times) {
        boolean interrupted = Thread.interrupted();
        scheduler.live.seal();
        var found = onlyExiting ? List.<JobImpl<?>>of() : Stragglers.of(scheduler);
        survivors = references(found);
        scheduler.supervisors.stop();
        if (found.isEmpty()) {
            interrupted |= awaitReports(System.nanoTime(), Math.min(times.ending(), times.allLeft()));
        } else {
            if (!reportedStragglers) {
                beginReport(() -> Stragglers.report(found, Duration.ofNanos(times.ending())));
                reportedStragglers = true;
            }
            awaitReport(times);
        }
        return interrupted;
    }

    private static List<WeakReference<Job<?>>> references(List<JobImpl<?>> jobs) {
        var references = new ArrayList<WeakReference<Job<?>>>(jobs.size());
        for (var job : jobs) {
            references.add(new WeakReference<>(job));
        }
        return references;
    }

    /// Waits until all threads have ended, and every failure has been reported, also by the threads of pending jobs;
    /// true if the thread was interrupted meanwhile.
    private boolean awaitReports(long start, long nanos) {
        boolean interrupted = false;
        scheduler.supervisors.wakeAtEnd(Thread.currentThread());
        for (long left = nanos; !isQuiet() && left > 0; left = Times.left(start, nanos)) {
            LockSupport.parkNanos(scheduler, left);
            interrupted |= Thread.interrupted();
        }
        scheduler.supervisors.wakeAtEnd(null);
        return interrupted;
    }

    private boolean isQuiet() {
        return onlyExiting || (scheduler.supervisors.haveEnded() && scheduler.reporting.isEmpty());
    }

    /// Tries again where memory is out for a moment.
    private void notifyClosed(Times times) {
        for (int attempt = 1; !tryNotifyClosed(times) && attempt < MOST_ATTEMPTS; attempt++) {
            Retry.rest();
        }
    }

    private boolean tryNotifyClosed(Times times) {
        try {
            if (!Observers.hearOfClose(scheduler.observers)) {
                return true;
            }
            Runnable call = () -> Observers.closed(scheduler);
            beginReport(() -> Retry.runOnceThereIsMemory(call));
        } catch (OutOfMemoryError noMemory) {
            return false;
        }
        awaitReport(times);
        return true;
    }

    private void beginReport(Runnable action) {
        report = scheduler.callBeside("reporter", () -> {
            reporter = Thread.currentThread();
            try {
                action.run();
            } finally {
                // Unless another has followed on one that came late.
                REPORTER.compareAndSet(this, Thread.currentThread(), null);
            }
        });
    }

    private void awaitReport(Times times) {
        await(report, Math.max(times.allLeft(), 1));
        report = null;
    }

    /// Has another thread lead, or this one where there is none. What goes wrong there is logged.
    private void leadElsewhere(int from, Times times) {
        for (int attempt = 1; ; attempt++) {
            try {
                var _ = scheduler.runBeside("closer", () -> lead(from, times));
                return;
            } catch (OutOfMemoryError noMemory) {
                Retry.rest();
                if (attempt >= MOST_ATTEMPTS) {
                    scheduler.stopForMemory();
                }
            }
        }
    }

    private static void await(@Nullable Future<?> task, long nanos) {
        boolean interrupted = Thread.interrupted();
        try {
            long start = System.nanoTime();
            for (long left = nanos; task != null && !task.isDone() && left > 0; left = Times.left(start, nanos)) {
                try {
                    task.get(left, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException | TimeoutException | CancellationException over) {
                    return;
                }
            }
        } finally {
            if (interrupted) {
                Threads.interruptAgain();
            }
        }
    }

    /// Whether it waits for jobs no more; observers may be yet to hear of it.
    boolean hasEndedJobs() {
        return phase == CLOSED;
    }

    /// To be called when the last failure is reported.
    void wakeLeader() {
        LockSupport.unpark(leader);
    }

    @Override
    public String toString() {
        return switch (phase) {
            case OPEN -> "open";
            case CLOSED -> "closed";
            default -> "closing";
        };
    }
}
