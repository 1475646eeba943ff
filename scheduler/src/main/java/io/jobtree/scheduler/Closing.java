package io.jobtree.scheduler;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// How a scheduler ends. One closer leads; the others wait for it, and only hurry it.
///
/// ```
/// OPEN --first close--> DRAINING --deadline or interrupt of any closer--> CANCELLING --> CLOSED
///                           +------------------- no job left -----------------------------^
/// ```
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

    private final Scheduler scheduler;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile int phase = OPEN;
    private volatile @Nullable Thread leader;

    private volatile List<Job<?>> survivors = List.of();

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

    List<Job<?>> close(long waitNanos) {
        long start = System.nanoTime();
        var current = JobImpl.currentOrNull();
        if (current != null && current.scheduler() == scheduler) {
            throw new IllegalStateException(
                    current + " cannot close its own scheduler, which waits for it; close it from outside");
        }
        boolean interrupted;
        if (PHASE.compareAndSet(this, OPEN, DRAINING)) {
            interrupted = lead(start, waitNanos);
        } else if (leader == Thread.currentThread()) {
            // From a handler or an observer that the leader is telling of the close.
            interrupted = false;
        } else {
            interrupted = follow(start, waitNanos);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return survivors.stream().filter(job -> !job.isDone()).toList();
    }

    /// Waits until the leader is through; true if the thread was interrupted.
    private boolean follow(long start, long waitNanos) {
        boolean interrupted = false;
        while (over.getCount() > 0) {
            try {
                long left = waitNanos - (System.nanoTime() - start);
                if (interrupted || phase != DRAINING) {
                    over.await();
                } else if (!over.await(left, TimeUnit.NANOSECONDS)) {
                    cancelAll();
                }
            } catch (InterruptedException e) {
                interrupted = true;
                cancelAll();
            }
        }
        return interrupted;
    }

    private boolean lead(long start, long waitNanos) {
        leader = Thread.currentThread();
        refuseSpawners();
        boolean interrupted = false;
        scheduler.entry().supervisor().endSoon(scheduler, waitNanos);
        if (!awaitJobs(start, waitNanos, DRAINING)) {
            interrupted = Thread.interrupted();
            cancelAll();
            long cancelled = System.nanoTime();
            long closeNanos = Checks.nanos(scheduler.options().closeTimeout());
            while (!awaitJobs(cancelled, closeNanos, CANCELLING) && Thread.interrupted()) {
                interrupted = true;
            }
            reportSurvivors();
        }
        scheduler.live.seal();
        phase = CLOSED;
        endThreads();
        scheduler.entry().closed();
        Observers.closed(scheduler);
        over.countDown();
        return interrupted;
    }

    /// Waits until no job is left; false when the time is over, the thread is interrupted, or the phase
    /// is another.
    private boolean awaitJobs(long start, long nanos, int during) {
        // Cancelled jobs end about newest first, and who waits for the oldest is woken once.
        var oldest = during == CANCELLING ? scheduler.live.oldest() : null;
        if (oldest != null && !awaitJob(oldest, start, nanos, during)) {
            return false;
        }
        for (var job = scheduler.live.sealOrNewest(); job != null; job = scheduler.live.sealOrNewest()) {
            if (!awaitJob(job, start, nanos, during)) {
                return false;
            }
        }
        return true;
    }

    private boolean awaitJob(JobImpl<?> job, long start, long nanos, int during) {
        var waiter = new Waiter(Thread.currentThread(), false);
        boolean added = job.add(waiter);
        while (added && !waiter.isDelivered()) {
            long left = nanos - (System.nanoTime() - start);
            if (phase != during || left <= 0 || Thread.currentThread().isInterrupted()) {
                waiter.leave();
                return false;
            }
            LockSupport.parkNanos(scheduler, left);
        }
        return true;
    }

    private void refuseSpawners() {
        if (scheduler.gate != null) {
            scheduler.gate.refuseSpawners();
        }
    }

    /// By whoever is the first to want it; and by the leader, whose clock starts after it.
    private void cancelAll() {
        if (PHASE.compareAndSet(this, DRAINING, CANCELLING) || leader == Thread.currentThread()) {
            scheduler.live.seal();
            refuseSpawners();
            scheduler.cancelJobs(Ending.CLOSED, true);
            scheduler.entry().supervisor().endLater();
            LockSupport.unpark(leader);
        }
    }

    private void reportSurvivors() {
        var found = Stragglers.of(scheduler);
        survivors = List.copyOf(found);
        for (var job : found) {
            var failure = Stragglers.exception(job);
            Log.log(Level.ERROR, String.valueOf(failure.getMessage()), failure);
            job.report(job.observation(), failure);
        }
    }

    /// Waits until the supervisor's thread has ended, so that a closed scheduler leaves none, and until
    /// every failure is told, also by the threads of timers; not where stragglers hold it.
    private void endThreads() {
        boolean interrupted = Thread.interrupted();
        var supervisor = scheduler.entry().supervisor();
        supervisor.stop();
        if (survivors.isEmpty()) {
            try {
                long start = System.nanoTime();
                var patience = scheduler.options().closeTimeout();
                supervisor.awaitEnd(patience);
                awaitTold(start, Checks.nanos(patience));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitTold(long start, long nanos) {
        for (long left = nanos; scheduler.isTelling() && left > 0; left = nanos - (System.nanoTime() - start)) {
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            LockSupport.parkNanos(scheduler, left);
        }
    }

    /// To be called when the last failure is told.
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
