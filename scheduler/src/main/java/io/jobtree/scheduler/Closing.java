package io.jobtree.scheduler;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How a scheduler ends. One closer leads; the others wait for it, and only hurry it.
///
/// ```
/// OPEN --first close--> DRAINING --time over, or a closer interrupted--> CANCELLING --> CLOSED
///                           +------------------- no job left ----------------------------^
/// ```
///
/// Each wait of the leader has an end, and no user code runs on its thread: jobs are interrupted, and handlers
/// and observers are called, on a platform thread of its own.
final class Closing {
    private static final int OPEN = 0;
    private static final int DRAINING = 1;
    private static final int CANCELLING = 2;
    private static final int CLOSED = 3;
    private static final VarHandle PHASE;

    static {
        try {
            PHASE = MethodHandles.lookup().findVarHandle(Closing.class, "phase", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// What handlers and observers have, over wait and closeTimeout.
    static final long REPORT_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    /// How long interrupts may take, at most, before the clock of closeTimeout starts: one that blocks, in a
    /// channel of the user's own making, holds up none but its thread.
    private static final long CANCEL_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private static final int MOST_ATTEMPTS = 4;

    @SuppressWarnings("UnnecessaryLambda") // made before memory is out
    private static final Consumer<Scheduler> CANCEL = scheduler -> scheduler.cancelJobs(Ending.CLOSED, true);

    /// Has nothing hold the scheduler any more.
    @SuppressWarnings("UnnecessaryLambda")
    private static final Consumer<Scheduler> FORGET = scheduler -> {
        scheduler.endStallWatch();
        scheduler.entry().closed();
    };

    private final Scheduler scheduler;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile int phase = OPEN;
    private volatile @Nullable Thread leader;

    /// Calls handlers and observers for the leader.
    private volatile @Nullable Thread reporter;

    private volatile List<Job<?>> survivors = List.of();

    /// How often a leader gave up. By the leader of the time.
    private int attempts;

    /// Jobs that are not waited for. Written by who closes at exit, who wakes the leader after that: one may
    /// have led for long.
    private volatile Set<JobImpl<?>> ignored = Set.of();

    Closing(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    boolean isOpen() {
        return phase == OPEN;
    }

    /// Whether a thread that runs this job may spawn.
    boolean isOpenTo(@Nullable JobImpl<?> job) {
        int now = phase;
        return now == OPEN || (now == DRAINING && isUnfinishedHere(job));
    }

    private boolean isUnfinishedHere(@Nullable JobImpl<?> job) {
        return job != null && job.scheduler() == scheduler && !job.isDone();
    }

    List<Job<?>> close(long waitNanos, long closeNanos) {
        var times = new Times(System.nanoTime(), waitNanos, closeNanos);
        if (isInHook()) {
            closeElsewhere(times);
            return List.of();
        }
        boolean interrupted;
        if (PHASE.compareAndSet(this, OPEN, DRAINING)) {
            interrupted = lead(times);
        } else {
            interrupted = follow(times);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return survivors.stream().filter(job -> !job.isDone()).toList();
    }

    /// Whether this thread is in a handler or a hook of this scheduler, whose job is not over before that
    /// returns: such a close only begins. Refuses bodies.
    private boolean isInHook() {
        if (reporter == Thread.currentThread() || isHere(JobImpl.SPAWNING)) {
            return true;
        }
        if (!isHere(JobImpl.CURRENT)) {
            return false;
        }
        var current = JobImpl.CURRENT.get();
        if (current.isBodyRunning()) {
            throw new IllegalStateException(
                    current + " cannot close its own scheduler, which waits for it; close it from outside");
        }
        return true;
    }

    private boolean isHere(ScopedValue<JobImpl<?>> key) {
        return key.isBound() && key.get().scheduler() == scheduler;
    }

    /// Begins to close, without waiting.
    void closeElsewhere(long waitNanos, long closeNanos) {
        closeElsewhere(new Times(System.nanoTime(), waitNanos, closeNanos));
    }

    private void closeElsewhere(Times times) {
        if (PHASE.compareAndSet(this, OPEN, DRAINING)) {
            runBeside("closer", () -> lead(times));
        }
    }

    /// As [#close], for a JVM that exits: does not wait for a job that called `System.exit`, which waits for
    /// this.
    void closeAtExit(long waitNanos, long closeNanos) {
        var exiting = exiting();
        if (!exiting.isEmpty()) {
            ignored = exiting;
            LockSupport.unpark(leader);
        }
        close(waitNanos, closeNanos);
    }

    private Set<JobImpl<?>> exiting() {
        Set<JobImpl<?>> found = Collections.newSetFromMap(new IdentityHashMap<>());
        scheduler.eachBelow(job -> addIfExiting(job, found));
        // Handlers may call it too.
        scheduler.reporting().forEach(job -> addIfExiting(job, found));
        return found;
    }

    private static void addIfExiting(JobImpl<?> job, Set<JobImpl<?>> found) {
        var running = job.runner();
        if (running != null && isExiting(running)) {
            for (JobImpl<?> above = job; above != null; above = above.parentOrNull()) {
                found.add(above);
            }
        }
    }

    private static boolean isExiting(Thread thread) {
        for (var frame : thread.getStackTrace()) {
            if (frame.getClassName().equals("java.lang.Shutdown")) {
                return true;
            }
        }
        return false;
    }

    /// The clock of one close.
    ///
    /// @param start when it began
    /// @param waiting how long jobs may go on
    /// @param ending how long they may take to end once they are cancelled
    private record Times(long start, long waiting, long ending) {
        static long left(long start, long nanos) {
            return nanos - (System.nanoTime() - start);
        }

        long waitLeft() {
            return left(start, waiting);
        }

        /// What is left of all, whatever it was spent on.
        long allLeft() {
            long all = waiting + ending + REPORT_NANOS;
            return left(start, all < 0 ? Long.MAX_VALUE : all);
        }
    }

    /// Waits until the leader is through; true if the thread was interrupted.
    private boolean follow(Times times) {
        boolean interrupted = false;
        while (over.getCount() > 0) {
            try {
                if (interrupted || phase != DRAINING) {
                    over.await();
                } else if (!over.await(times.waitLeft(), TimeUnit.NANOSECONDS)) {
                    hurry();
                }
            } catch (InterruptedException e) {
                interrupted = true;
                hurry();
            }
        }
        return interrupted;
    }

    private void hurry() {
        if (PHASE.compareAndSet(this, DRAINING, CANCELLING)) {
            LockSupport.unpark(leader);
        }
    }

    private boolean lead(Times times) {
        leader = Thread.currentThread();
        boolean interrupted;
        try {
            interrupted = awaitOrCancel(times);
            interrupted |= endThreads(times);
        } catch (Throwable trouble) {
            if (++attempts < MOST_ATTEMPTS) {
                // Where the stack or memory has run out there is no waiting: another thread goes on.
                runBeside("closer", () -> lead(times));
                throw trouble;
            }
            Log.log(Level.ERROR, scheduler + ": closing is cut short", trouble);
            interrupted = false;
        }
        phase = CLOSED;
        try {
            retry(FORGET);
            notifyClosed(times);
        } finally {
            leader = null;
            over.countDown();
        }
        return interrupted;
    }

    /// Tries again where memory is out for a moment.
    private void retry(Consumer<Scheduler> step) {
        for (int attempt = 1; ; attempt++) {
            try {
                step.accept(scheduler);
                return;
            } catch (Throwable noMemory) {
                if (attempt == MOST_ATTEMPTS) {
                    throw noMemory;
                }
            }
        }
    }

    /// Waits for the jobs, and cancels those that are left; true if the thread was interrupted meanwhile.
    private boolean awaitOrCancel(Times times) {
        boolean interrupted = false;
        scheduler.refuseSpawners();
        if (ignored.isEmpty()) {
            scheduler.supervisor().endIfIdle(scheduler, times.waiting());
        }
        if (!awaitJobs(DRAINING, times.start(), times.waiting())) {
            interrupted = Thread.interrupted();
            phase = CANCELLING;
            scheduler.live.seal();
            scheduler.refuseSpawners();
            await(runBeside("closer", () -> retry(CANCEL)), CANCEL_NANOS);
            long cancelled = System.nanoTime();
            while (!awaitJobs(CANCELLING, cancelled, times.ending()) && Thread.interrupted()) {
                interrupted = true;
            }
        }
        scheduler.live.seal();
        return interrupted;
    }

    /// Waits until no job is left; false when the time is over, the thread is interrupted, or the phase is
    /// another.
    private boolean awaitJobs(int during, long start, long nanos) {
        if (during == CANCELLING) {
            // Cancelled jobs end about newest first, and a thread that waits for the oldest is woken once.
            var oldest = scheduler.live.oldest();
            if (oldest != null && !ignored.contains(oldest) && !awaitJob(oldest, during, start, nanos)) {
                return false;
            }
        }
        for (var job = newest(); job != null; job = newest()) {
            if (mustStop(during, start, nanos) || !awaitJob(job, during, start, nanos)) {
                return false;
            }
        }
        return true;
    }

    private @Nullable JobImpl<?> newest() {
        return ignored.isEmpty() ? scheduler.live.sealOrNewest() : scheduler.live.newest(job -> !ignored.contains(job));
    }

    private boolean mustStop(int during, long start, long nanos) {
        return phase != during
                || Times.left(start, nanos) <= 0
                || Thread.currentThread().isInterrupted();
    }

    private boolean awaitJob(JobImpl<?> job, int during, long start, long nanos) {
        var waiter = new Waiter(Thread.currentThread(), false);
        boolean added = Waiters.add(job, waiter);
        while (added && !waiter.isDelivered()) {
            boolean exits = ignored.contains(job);
            if (exits || mustStop(during, start, nanos)) {
                Waiters.leave(job, waiter);
                return exits;
            }
            LockSupport.parkNanos(scheduler, Times.left(start, nanos));
        }
        return true;
    }

    /// Reports what still runs, or waits until all threads have ended, so that a closed scheduler leaves none;
    /// true if the thread was interrupted meanwhile.
    private boolean endThreads(Times times) {
        boolean interrupted = Thread.interrupted();
        var found = Stragglers.of(scheduler, ignored);
        survivors = List.copyOf(found);
        scheduler.supervisor().stop();
        if (!found.isEmpty()) {
            report(() -> Stragglers.report(found), times);
        } else {
            long start = System.nanoTime();
            long nanos = Math.min(times.ending(), times.allLeft());
            if (ignored.isEmpty()) {
                scheduler.supervisor().awaitEnd(nanos);
            }
            awaitReports(start, nanos);
        }
        return interrupted;
    }

    /// Waits until every failure has been reported, also by the threads of pending jobs.
    private void awaitReports(long start, long nanos) {
        for (long left = nanos;
                !ignored.containsAll(scheduler.reporting()) && left > 0;
                left = Times.left(start, nanos)) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            LockSupport.parkNanos(scheduler, left);
        }
    }

    private void notifyClosed(Times times) {
        if (Observers.areThere(scheduler.options().observers())) {
            report(() -> Observers.closed(scheduler), times);
        }
    }

    private void report(Runnable action, Times times) {
        await(
                runBeside("reporter", () -> {
                    reporter = Thread.currentThread();
                    action.run();
                }),
                Math.max(times.allLeft(), 1));
    }

    /// Runs user code on a thread that no job can keep from running; where there is none, on this one.
    private @Nullable Thread runBeside(String role, Runnable action) {
        try {
            return Threads.startDaemon(
                    Text.printable(scheduler.name()) + " " + role, scheduler.contextLoader(), action);
        } catch (Throwable noThread) {
            action.run();
            return null;
        }
    }

    private static void await(@Nullable Thread thread, long nanos) {
        boolean interrupted = Thread.interrupted();
        try {
            long start = System.nanoTime();
            for (long left = nanos; thread != null && thread.isAlive() && left > 0; left = Times.left(start, nanos)) {
                try {
                    thread.join(Duration.ofNanos(left));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
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
