package io.jobtree.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// The scope of a branch job. What the body's own thread spawns starts at once, in a thread scope that
/// was opened around the body; what other threads spawn goes through a supervisor, which is made when
/// it is first needed.
final class BranchScope extends Scope {
    private static final VarHandle LATER;

    static {
        try {
            LATER = MethodHandles.lookup().findVarHandle(BranchScope.class, "later", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final JobImpl<?> owner;
    private final Scheduler scheduler;
    private final int depth;
    private final String path;

    /// Around the body, for the body's thread. Both are used by that thread; others only see that they
    /// are not it.
    private @Nullable ThreadScope threads;

    private @Nullable Thread spawner;

    private volatile @Nullable Supervisor supervisor;

    /// Dekker: written before the supervisor is read, read after the supervisor is written. So one that
    /// is made for a job that was cancelled meanwhile is stopped too.
    private volatile boolean over;

    /// How many failures came after the first.
    private volatile int later;

    BranchScope(JobImpl<?> owner) {
        super(
                owner.childLimitOrZero() == 0
                        ? null
                        : new Gate(Admission.HOLDS_SCOPE, owner.childLimitOrZero(), Integer.MAX_VALUE));
        this.owner = owner;
        this.scheduler = owner.scheduler();
        this.depth = owner.depth() + 1;
        this.path = owner.path();
    }

    @Override
    public String name() {
        return owner.name();
    }

    @Override
    String path() {
        return path;
    }

    @Override
    public Scheduler scheduler() {
        return scheduler;
    }

    @Override
    int depth() {
        return depth;
    }

    @Override
    String refusal() {
        return "Scope of " + owner + " takes no more jobs; spawn while its job runs or completes";
    }

    @Override
    void ensureAccepts() {
        if (live.isSealed()) {
            throw new RejectedExecutionException(refusal());
        }
        scheduler().ensureOpenToThisThread();
    }

    /// Opens the way for the body's own thread.
    void open(ThreadScope around) {
        threads = around;
        spawner = Thread.currentThread();
    }

    /// The body spawns no more.
    void bodyOver() {
        spawner = null;
    }

    @Override
    void expect(JobImpl<?> job) {
        if (gate != null || Thread.currentThread() != spawner || job.sharedGate() != null) {
            live.expectOthers();
        }
    }

    @Override
    void dispatch(Link link) {
        if (Thread.currentThread() != spawner || !fork(link)) {
            live.expectOthers();
            supervisor().add(link);
        }
    }

    private boolean fork(Link link) {
        try {
            return threads != null && threads.fork(link);
        } catch (Throwable failure) {
            link.notStarted(failure);
            return true;
        }
    }

    @Override
    Supervisor supervisor() {
        var known = supervisor;
        if (known != null) {
            return known;
        }
        synchronized (this) {
            known = supervisor;
            if (known == null) {
                known = new Supervisor(path(), owner.carrier());
                supervisor = known;
                owner.scope.supervisor().add(known);
                if (over) {
                    known.stop();
                }
            }
            return known;
        }
    }

    /// Waits for the threads that the body's thread has started. By that thread.
    void awaitThreads() {
        try {
            if (threads != null) {
                threads.join();
            }
        } catch (InterruptedException stray) {
            // Not from here: interrupts end with the body. The scope would now interrupt the children
            // when it is closed.
            live.awaitAllAndSeal();
        }
    }

    /// Waits for every job, and ends the scope. Where the threads have ended that the body's own thread
    /// started, and there was no other, no job has to be looked at.
    void awaitJobs() {
        if (threads == null || !live.sealIfNoOthers()) {
            live.awaitAllAndSeal();
        }
        threads = null;
        over = true;
        var known = supervisor;
        if (known != null) {
            known.stop();
        }
    }

    /// Ends the scope and cancels every job in it.
    void cancelAll(Outcome.Cancelled<?> ending) {
        live.seal();
        cancelJobs(ending, true);
    }

    @Override
    boolean takesFailure(JobImpl<?> job, Throwable failure, boolean outcome) {
        if (owner.isSupervised()) {
            return false;
        }
        if (outcome && owner.cancel(new Outcome.Failed<>(failure), Ending.because(CancelReason.SIBLING_FAILED, job))) {
            return true;
        }
        return owner.suppressLater(failure);
    }

    int countLater() {
        return (int) LATER.getAndAdd(this, 1) + 1;
    }

    int laterFailures() {
        return later;
    }

    @Override
    public JobTree tree() {
        return owner.tree();
    }

    @Override
    public String toString() {
        return "Scope '" + path() + "' " + (live.isSealed() ? "closed" : "open") + ", " + activeCount() + " active, "
                + pendingCount() + " pending";
    }
}
