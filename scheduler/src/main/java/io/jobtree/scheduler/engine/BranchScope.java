package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.JobTree;
import io.jobtree.scheduler.platform.Backoff;
import io.jobtree.scheduler.platform.Carried;
import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Task;
import io.jobtree.scheduler.platform.ThreadScope;
import io.jobtree.scheduler.text.Texts;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The scope of a branch job. What the body's own thread spawns starts at once, in a thread scope that was
/// opened around the body; what other threads spawn goes through a supervisor, which is made when it is first
/// needed.
public final class BranchScope extends Scope implements JobScope {
    private static final VarHandle LATER = Handles.of(MethodHandles.lookup(), "later", int.class);
    private static final VarHandle SUPERVISOR = Handles.of(MethodHandles.lookup(), "supervisor", Supervisor.class);

    final JobImpl<?> owner;
    private final RootScope root;

    /// Around the body, for the body's thread. Both are used by that thread; others only see that they are not
    /// it.
    private @Nullable ThreadScope threads;

    private @Nullable Thread spawner;

    private volatile boolean joining;

    /// Written before the scope is shared, and cleared when it is over.
    private @Nullable Carried<?> carried;

    private volatile @Nullable Supervisor supervisor;

    /// Dekker: written before the supervisor is read, read after the supervisor is written. So one that is made
    /// for a job that was cancelled meanwhile is stopped too.
    private volatile boolean over;

    /// How many failures came after the first.
    private volatile int later;

    /// How its jobs end once its own job was stopped. Written by what stopped that, and what cancels it.
    @Nullable
    Ending ending;

    /// The next one in the queue of the thread that cancels it.
    @Nullable
    BranchScope nextToCancel;

    BranchScope(JobImpl<?> owner) {
        super(
                gateOf(owner.childLimitOrZero()),
                Paths.shown(owner),
                owner.scope().depth + 1,
                owner.isShielded() || owner.scope().underShield);
        this.owner = owner;
        this.root = owner.root();
        this.carried = owner.allCarried();
    }

    private static @Nullable Gate gateOf(int limit) {
        return limit == 0 ? null : new Gate(JobImpl.HOLDS_SCOPE, limit, Integer.MAX_VALUE);
    }

    @Override
    public String name() {
        return owner.name();
    }

    @Override
    RootScope root() {
        return root;
    }

    @Override
    @Nullable
    ClassLoader contextLoader() {
        return owner.contextLoader();
    }

    @Override
    @Nullable
    Carried<?> allCarried() {
        return carried;
    }

    @Override
    String title() {
        return "Scope '" + Texts.printable(Paths.upTo(owner)) + "'";
    }

    @Override
    String refusal() {
        return "Scope of " + owner + " takes no more jobs: that was stopped, or all below it has ended; spawn before";
    }

    @Override
    boolean isStopped() {
        return owner.isStopped() || root.isStopped();
    }

    @Override
    @Nullable
    Ending endingOfJobs() {
        return owner.isStopped() ? owner.endingBelow() : endingOfCancel();
    }

    @Override
    void ensureAccepts() {
        if (live.isSealed()) {
            throw rejection();
        }
        root.ensureAccepts();
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
    void start(Task task, boolean inOrder) {
        if (Thread.currentThread() != spawner || (inOrder && mayOvertake()) || !fork(task)) {
            supervisor().add(task);
        }
    }

    /// Whether a job that this thread forks may start before one that had its places first: the supervisor may be about
    /// to start that one, or a reused thread to take it.
    private boolean mayOvertake() {
        return supervisor != null || reusesThreads();
    }

    /// False where the body has bound scoped values since.
    private boolean fork(Task task) {
        try {
            return threads != null && threads.fork(task);
        } catch (Throwable failure) {
            task.notStarted(failure);
            return true;
        }
    }

    @Override
    Supervisor supervisor() {
        var known = supervisor;
        return known == null ? makeSupervisors() : known;
    }

    /// The topmost first, and not by recursion: one that is found has been handed to the one above it, also where
    /// the tree is deeper than a stack, or there is no memory for those below.
    private Supervisor makeSupervisors() {
        var without = new ArrayDeque<BranchScope>();
        Scope top = this;
        while (top instanceof BranchScope branch && branch.supervisor == null) {
            without.push(branch);
            top = branch.owner.scope();
        }
        var above = top.supervisor();
        for (var branch : without) {
            above = branch.supervisorBelow(above);
        }
        return above;
    }

    private Supervisor supervisorBelow(Supervisor above) {
        var made = new Supervisor(shown, carried, owner, reusesThreads());
        if (!SUPERVISOR.compareAndSet(this, null, made)) {
            return Objects.requireNonNull(supervisor);
        }
        above.add(made);
        if (over) {
            end(made);
        }
        return made;
    }

    private static void end(Supervisor supervisor) {
        supervisor.stop();
        supervisor.letGo();
    }

    /// Waits for the threads that the body's thread has started. By that thread.
    void awaitThreads() {
        joining = true;
        try {
            if (threads != null) {
                threads.join();
            }
        } catch (InterruptedException stray) {
            // Not from here: interrupts end with the body. The scope would now interrupt the children when it is
            // closed, so they are to be over before, and so is what the failure handler does for them.
            live.awaitAllAndSeal();
            Backoff.until(() -> root.reporting.stream().noneMatch(job -> job.scope() == this));
        } finally {
            joining = false;
        }
    }

    /// Whether its job's thread waits for those that it has started: for their failure handlers too.
    boolean isJoining() {
        return joining;
    }

    /// Waits until every job is done, and ends the scope.
    void awaitJobs() {
        live.awaitAllAndSeal();
        awaitRejected();
        threads = null;
        carried = null;
        over = true;
        var known = supervisor;
        if (known != null) {
            end(known);
        }
    }

    /// Takes no more jobs, and stops every job in it and below. Their bodies are yet to be interrupted.
    void stopAll() {
        root.stopping.getAndIncrement();
        try {
            sealAndStop(null);
        } finally {
            root.stopping.getAndDecrement();
        }
    }

    /// The same; where there is a queue, the scopes below are put into that, to be stopped by the caller. Nobody comes
    /// to these jobs again: so this is tried until there is memory.
    void sealAndStop(@Nullable CancelQueue queue) {
        while (true) {
            try {
                live.seal();
                var known = Objects.requireNonNull(ending, "ending");
                if (queue == null) {
                    stopJobs(known);
                } else {
                    cancelDirect(known, queue);
                }
                return;
            } catch (OutOfMemoryError noMemory) {
                Retry.rest();
            }
        }
    }

    @Override
    int takeFailure(JobImpl<?> job, Throwable failure, boolean outcome) {
        if (owner.isSupervised()) {
            return 0;
        }
        int did = outcome ? owner.stopTree(Ending.failed(failure, CancelReason.SIBLING_FAILED, job)) : 0;
        boolean taken = (did & JobImpl.BEGAN) != 0 || owner.suppressLater(failure);
        return taken ? did | JobImpl.TAKEN : did;
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
        return title() + (live.isSealed() ? " closed, " : " open, ") + activeCount() + " active, " + pendingCount()
                + " pending";
    }
}
