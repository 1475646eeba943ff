package io.jobtree.scheduler;

import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A job's way from the start of its body to its outcome, and how it is cancelled.
abstract sealed class Lifecycle extends Awaitable implements Runnable permits JobImpl {
    /// The job whose body this thread runs. Bound around the body, and around what observers and the
    /// failure handler do.
    static final ScopedValue<JobImpl<?>> CURRENT = ScopedValue.newInstance();

    /// Written by the job's thread when it starts; 0 for a job that has not started. Never 0 after
    /// that, so one bit is lost.
    long startedNanos;

    /// The body; once that is over, what it returned or [Thrown]. After the start touched by the job's
    /// thread alone, until the state says that the job succeeded with it.
    private @Nullable Object work;

    /// The outcome of a job that did not succeed. Written before the state says so, by whoever decides.
    private @Nullable Object result;

    /// The scope of a branch job, from its start on.
    volatile @Nullable BranchScope branch;

    Lifecycle(Scope scope, Object body) {
        super(scope);
        this.work = body;
    }

    /// Whether it has a scope of its own, or will have.
    final boolean isBranch() {
        return branch != null || work instanceof JobBody<?>;
    }

    /// What a body threw.
    private record Thrown(Throwable failure) {}

    /// What became of a job that is done, or is being finished as `done`.
    @SuppressWarnings({"unchecked", "NullAway"}) // the body's result is a T, and so is its null
    final <T extends @Nullable Object> Outcome<T> outcomeOf(int done) {
        return done == SUCCEEDED ? new Outcome.Succeeded<>((T) work) : (Outcome<T>) result;
    }

    final <T extends @Nullable Object> Outcome<T> doneOutcome() {
        return outcomeOf(phase(state));
    }

    // On the job's thread

    // The frames below a body are copied at each of its waits, and held while it waits; unwound one by
    // one where it throws. So they are few: Link.call, what the JDK needs for scoped values, and run.

    /// Moves it from PENDING to RUNNING, for this thread to run it; false if it was cancelled.
    final boolean begin() {
        setThreadRelease(Thread.currentThread());
        if (work instanceof JobBody<?>) {
            branch = new BranchScope(self());
        }
        if (!addIfPending(observation() == null ? RUNNING : STARTING)) {
            setThreadRelease(null);
            branch = null;
            return false;
        }
        startedNanos = System.nanoTime() | 1;
        return true;
    }

    /// What to run it with.
    final ScopedValue.Carrier bindings() {
        var own = extras;
        return Carried.with(own == null ? null : own.carrier, CURRENT, self());
    }

    /// Body and children have run: gives the job that this thread is to run next, if there is one.
    final @Nullable JobImpl<?> conclude() {
        if (branch != null) {
            return decide(0);
        }
        return trySucceed() ? null : decide(bodyOver());
    }

    /// The short way from RUNNING to SUCCEEDED of a leaf job that has nothing to give back and nobody to
    /// tell but those who wait.
    private boolean trySucceed() {
        if (extras != null || state != RUNNING || work instanceof Thrown) {
            return false;
        }
        // First: a job that is done has no thread. Who cancels right now has none to interrupt, and the
        // job ends the long way.
        setThreadRelease(null);
        if (!casState(RUNNING, SUCCEEDED)) {
            return false;
        }
        leave();
        return true;
    }

    /// The body failed, if it has not done so by itself.
    final void fail(Throwable thrown) {
        if (!(work instanceof Thrown)) {
            work = new Thrown(thrown);
        }
    }

    /// The part that runs where scoped values are bound: the body, and the wait for the children's
    /// threads, which must end where their scope was opened.
    @Override
    public final void run() {
        var own = branch;
        if (own != null) {
            runBranch(own);
            return;
        }
        try {
            var body = takeBody();
            if (body instanceof Callable<?> callable) {
                work = callable.call();
            } else if (body instanceof JobAction action) {
                action.run();
            }
        } catch (Throwable failure) {
            work = new Thrown(failure);
        }
    }

    private void runBranch(BranchScope own) {
        try (var threads = ThreadScope.open(own.path())) {
            own.open(threads);
            try {
                if (takeBody() instanceof JobBody<?> body) {
                    work = body.run(own);
                }
            } catch (Throwable failure) {
                work = new Thrown(failure);
            }
            release(bodyOver());
            own.awaitThreads();
        } catch (Throwable thrown) {
            fail(thrown);
            if (thread != null) {
                release(bodyOver());
            }
        }
        own.awaitJobs();
    }

    /// The body, if it is still to run once observers have heard of its start.
    private @Nullable Object takeBody() {
        var body = work;
        work = null;
        return tellStarting() ? body : null;
    }

    private boolean tellStarting() {
        var observed = observation();
        if (observed == null) {
            return true;
        }
        observed.starting();
        int now = state;
        return phase(now) == STARTING && casState(now, (now & ~PHASE) | RUNNING);
    }

    /// Leaves RUNNING: from here on no interrupt comes. Gives the places that the caller has to
    /// release.
    private int bodyOver() {
        var own = branch;
        var thrown = work instanceof Thrown failed ? failed.failure() : null;
        int held;
        for (int now = settled(); ; now = settled()) {
            held = now & HOLDS;
            if (phase(now) == CANCELLING) {
                if (casState(now, now & ~HOLDS)) {
                    break;
                }
            } else if (own != null && thrown != null) {
                if (casState(now, (now & ~(PHASE | HOLDS)) | CANCELLING | SETTLING)) {
                    settle(new Outcome.Failed<>(thrown));
                    own.cancelAll(Ending.because(CancelReason.PARENT, self()));
                    break;
                }
            } else if (casState(now, (now & ~(PHASE | HOLDS)) | (own == null ? FINISHING : COMPLETING))) {
                break;
            }
        }
        setThreadRelease(null);
        Thread.interrupted();
        if (own != null) {
            own.bodyOver();
        }
        var observed = observation();
        if (observed != null) {
            ScopedValue.where(CURRENT, self()).run(observed::stopped);
        }
        return held;
    }

    /// Body and children have ended: the outcome is what the state and the body say.
    private @Nullable JobImpl<?> decide(int held) {
        for (int now = settled(); phase(now) != FINISHING; now = settled()) {
            if (casState(now, (now & ~PHASE) | FINISHING) && phase(now) == CANCELLING) {
                return finishCancelled(held);
            }
        }
        if (work instanceof Thrown(var failure)) {
            result = new Outcome.Failed<>(failure);
            return finish(FAILED, failure, held);
        }
        return finish(SUCCEEDED, null, held);
    }

    /// The job was cancelled, timed out or failed by a child; what its body threw besides is not lost.
    private @Nullable JobImpl<?> finishCancelled(int held) {
        var late = work instanceof Thrown(var failure) && !Ending.isEcho(failure) ? failure : null;
        if (result instanceof Outcome.Failed<?>(var first)) {
            if (late != null) {
                suppressLater(late);
            }
            return finish(FAILED, first, held);
        }
        return finish(CANCELLED, late, held);
    }

    // The end

    /// Ends the job, in this order: a failing parent cancels the siblings, the places go to others,
    /// observers hear of it, the state says so, who waits is woken, and the failure handler is told.
    /// Gives the job to run next.
    private @Nullable JobImpl<?> finish(int done, @Nullable Throwable failure, int held) {
        var own = extras;
        var untold = failure;
        Observers.Observation observed = null;
        JobImpl<?> next = null;
        boolean claimed;
        try {
            if (failure != null && scope.takesFailure(self(), failure, done == FAILED)) {
                untold = null;
            }
            next = handOn(held, failure != null);
            observed = own == null ? null : own.takeObservation();
            if (observed != null) {
                var told = observed;
                ScopedValue.where(CURRENT, self()).run(() -> told.ended(outcomeOf(done)));
            }
        } finally {
            // Also where memory ran out above: a job that is over is done.
            if (untold != null) {
                scope.scheduler().beginTelling();
            }
            claimed = publish(done, own);
        }
        if (untold != null) {
            tell(untold, observed, claimed && done == FAILED);
        }
        return next;
    }

    /// Tells the failure handler, unless somebody who waited owns the failure.
    private void tell(Throwable failure, Observers.@Nullable Observation observed, boolean owned) {
        try {
            if (!owned) {
                ScopedValue.where(CURRENT, self()).run(() -> self().report(observed, failure));
            }
        } finally {
            scope.scheduler().endTelling();
        }
    }

    /// Gives the places back. Under thread reuse the job that gets the scope's place is the next one of
    /// this thread, unless a failure handler may keep that busy first.
    private @Nullable JobImpl<?> handOn(int held, boolean failed) {
        if (held == 0) {
            return null;
        }
        callWaitersBack();
        var gate = scopeGate();
        if (gate == null || (held & HOLDS_SCOPE) == 0 || failed || !scope.reusesThreads()) {
            release(held);
            return null;
        }
        release(held & ~HOLDS_SCOPE);
        var granted = gate.release();
        if (granted != null && granted.scope == scope && granted.isReady()) {
            return granted;
        }
        tell(granted);
        return null;
    }

    /// Makes the outcome visible; true if someone who waited owns the failure in it.
    private boolean publish(int done, @Nullable Extras own) {
        if (done != SUCCEEDED) {
            work = null;
        }
        state = done;
        extras = null;
        if (own != null) {
            own.cancelTimer();
        }
        return leave();
    }

    /// Lets the lists go of the job that is done, and wakes who waits; true if one of them owns the
    /// failure.
    private boolean leave() {
        var ended = link;
        ended.job = null;
        link = Link.GONE;
        boolean claimed = wakeAll();
        scope.live.ended(ended);
        return claimed;
    }

    // Cancelling, from any thread

    /// Cancels the job and all below it.
    final boolean cancel(Outcome<?> ending, Outcome.Cancelled<?> below) {
        if (!end(ending)) {
            return false;
        }
        var own = branch;
        if (own != null) {
            own.cancelAll(below);
        }
        return true;
    }

    /// Cancels the job alone: at once if it is pending, else it is on its way.
    final boolean end(Outcome<?> ending) {
        for (int now = state; ; now = state) {
            switch (phase(now)) {
                case PENDING -> {
                    if (casState(now, (now & ~(PHASE | HOLDS)) | FINISHING)) {
                        neverRuns(now, ending);
                        return true;
                    }
                }
                case STARTING, RUNNING, COMPLETING -> {
                    if (casState(now, (now & ~PHASE) | CANCELLING | SETTLING)) {
                        wakeBody(phase(now), thread);
                        settle(ending);
                        return true;
                    }
                }
                default -> {
                    return false;
                }
            }
        }
    }

    /// Interrupts the body. Before that, an observer may have waited for another job, and still lack its
    /// place, which it needs no more.
    private static void wakeBody(int phase, @Nullable Thread running) {
        if (phase == RUNNING && running != null) {
            running.interrupt();
        } else if (phase == STARTING) {
            LockSupport.unpark(running);
        }
    }

    private void neverRuns(int before, Outcome<?> ending) {
        leaveQueue(before);
        result = ending;
        int held = before & HOLDS;
        // Not this thread's to run.
        tell(
                ending instanceof Outcome.Failed<?>(var failure)
                        ? finish(FAILED, failure, held)
                        : finish(CANCELLED, null, held));
    }

    private void settle(Outcome<?> ending) {
        result = ending;
        for (int now = state; !casState(now, now & ~SETTLING); now = state) {
            Thread.onSpinWait();
        }
    }

    /// Takes a failure that came after the one that this job fails with; false if it fails with none.
    final boolean suppressLater(Throwable failure) {
        int now = settled();
        var own = branch;
        if ((phase(now) != CANCELLING && phase(now) != FINISHING)
                || !(result instanceof Outcome.Failed<?>(var first))) {
            return false;
        }
        if (!Ending.isSame(first, failure)) {
            Ending.suppress(first, failure, own == null ? 1 : own.countLater());
        }
        return true;
    }
}
