package io.jobtree.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A job's state word, and the places in limits that it asks for, holds, gives up and takes back.
abstract sealed class Admission permits Awaitable {
    // Every change of the state is one compare-and-set, and places are bits in it: so each place is
    // given back exactly once, by whoever made the change that took its bit away.
    //
    //                  body over, children left
    //   PENDING --> RUNNING --------------> COMPLETING
    //      |        |     |                  |     |
    //      |        |     | body over,       |     | children
    //      | cancel |     | no children      |     | ended
    //      |        v     |                  |     v
    //      |   CANCELLING | <--- cancel -----+  FINISHING --> SUCCEEDED | FAILED | CANCELLED
    //      |        |     +------------------------^ ^ ^
    //      |        +---- body and children ended ---+ |
    //      +---- cancelled, timed out, no thread ------+
    //
    // STARTING stands between PENDING and RUNNING while observers hear of the start; a job that is
    // cancelled there does not run its body. FINISHING: the outcome is decided and not yet told. A leaf
    // job that holds no place, and that nobody watches, goes from RUNNING to SUCCEEDED at once.
    // SETTLING goes with CANCELLING until whoever cancels has written the ending and interrupted the
    // thread; the job's thread waits for that, so no interrupt comes after the body.
    static final int PENDING = 0;
    static final int STARTING = 1;
    static final int RUNNING = 2;
    static final int COMPLETING = 3;
    static final int CANCELLING = 4;
    static final int FINISHING = 5;
    static final int SUCCEEDED = 6;
    static final int FAILED = 7;
    static final int CANCELLED = 8;
    static final int PHASE = 15;

    static final int SETTLING = 1 << 4;
    static final int HOLDS_SCOPE = 1 << 5;
    static final int HOLDS_SHARED = 1 << 6;
    static final int HOLDS = HOLDS_SCOPE | HOLDS_SHARED;

    private static final JobState[] STATES = {
        JobState.PENDING,
        JobState.RUNNING,
        JobState.RUNNING,
        JobState.COMPLETING,
        JobState.CANCELLING,
        JobState.COMPLETING,
        JobState.SUCCEEDED,
        JobState.FAILED,
        JobState.CANCELLED
    };

    private static final VarHandle STATE;
    private static final VarHandle THREAD;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Admission.class, "state", int.class);
            THREAD = MethodHandles.lookup().findVarHandle(Admission.class, "thread", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Scope scope;

    /// [Link#GONE] once the job is done.
    Link link = new Link((JobImpl<?>) this);

    volatile int state;

    /// What the body waits for: a job or a limit. For pictures.
    volatile @Nullable Object waitsFor;

    /// The thread of the body, while that runs. Written by that thread, by [#setThreadRelease].
    volatile @Nullable Thread thread;

    /// What only some jobs have. Written before the job is shared, and cleared when it ends.
    @Nullable
    Extras extras;

    Admission(Scope scope) {
        this.scope = scope;
    }

    abstract JobImpl<?> self();

    abstract @Nullable Gate sharedGate();

    final @Nullable Gate scopeGate() {
        var own = extras;
        return own == null || !own.shielded ? scope.gate : own.lender == null ? null : own.lender.scopeGate();
    }

    final Observers.@Nullable Observation observation() {
        var own = extras;
        return own == null ? null : own.observation();
    }

    // What the state says

    static int phase(int state) {
        return state & PHASE;
    }

    final boolean casState(int expected, int next) {
        return STATE.compareAndSet(this, expected, next);
    }

    /// Who needs to see the thread sees first what the next change of the state says.
    final void setThreadRelease(@Nullable Thread runner) {
        THREAD.setRelease(this, runner);
    }

    /// The state, once no canceller is in the midst of its work.
    final int settled() {
        int now = state;
        if ((now & SETTLING) == 0) {
            return now;
        }
        Backoff.until(() -> (state & SETTLING) == 0);
        return state;
    }

    public final JobState state() {
        return STATES[phase(state)];
    }

    public final boolean isDone() {
        return phase(state) >= SUCCEEDED;
    }

    final boolean isCancelling() {
        return phase(state) == CANCELLING;
    }

    /// Whether it is in the queue of a limit, or on its way there.
    final boolean lacksPlace() {
        int now = state;
        return phase(now) == PENDING
                && ((scopeGate() != null && (now & HOLDS_SCOPE) == 0)
                        || (sharedGate() != null && (now & HOLDS_SHARED) == 0));
    }

    /// Whether a pending job has all its places, and has only to be run.
    final boolean isReady() {
        return phase(state) == PENDING && !lacksPlace();
    }

    final boolean holds(int bit) {
        return (state & bit) != 0;
    }

    // Places

    /// Asks for the places, once the scope has the job.
    final void admit(int reserved) {
        var gate = scopeGate();
        if (gate == null || holds(gate.bit)) {
            proceed();
        } else if (reserved == Gate.PLACE || (reserved == Gate.NOTHING && gate.tryTake())) {
            takeAndProceed(gate);
        } else {
            queueAt(gate, reserved == Gate.ROOM);
        }
    }

    /// Goes on to the shared limit, and then to a thread.
    final void proceed() {
        var shared = sharedGate();
        var own = link;
        if (own == Link.GONE) {
            return;
        }
        if (shared == null || holds(HOLDS_SHARED)) {
            scope.dispatch(own);
        } else if (shared.tryTake()) {
            takeAndProceed(shared);
        } else {
            queueAt(shared, false);
        }
    }

    private void takeAndProceed(Gate gate) {
        if (grant(gate.bit) == null) {
            tell(gate.release());
        } else {
            proceed();
        }
    }

    private void queueAt(Gate gate, boolean reserved) {
        var own = link;
        if (own == Link.GONE) {
            tell(reserved ? gate.giveBack(Gate.ROOM) : null);
            return;
        }
        tell(gate.queue(own, reserved));
        // Whoever cancelled this job may have looked into the queue before it was there. A job that
        // runs by now may be back in the queue for another reason.
        if (phase(state) >= FINISHING) {
            tell(gate.remove(own));
        }
    }

    static void tell(@Nullable JobImpl<?> granted) {
        if (granted != null) {
            granted.granted();
        }
    }

    /// A place was granted, outside of the gate's lock.
    final void granted() {
        if (phase(state) == PENDING) {
            proceed();
        } else {
            LockSupport.unpark(thread);
        }
    }

    /// Gives this job a place, unless it has no use for it any more. Called by gates, under their lock.
    final @Nullable JobImpl<?> grant(int bit) {
        for (int now = state; phase(now) <= RUNNING; now = state) {
            if (casState(now, now | bit)) {
                return self();
            }
        }
        return null;
    }

    /// Takes the places away from the running job and gives them to the caller.
    final int takeHeld() {
        for (int now = state; ; now = state) {
            if ((now & HOLDS) == 0 || casState(now, now & ~HOLDS)) {
                return now & HOLDS;
            }
        }
    }

    /// Adds to the state of a pending job: that it runs, or places; false if it was cancelled before.
    final boolean addIfPending(int bits) {
        for (int now = state; phase(now) == PENDING; now = state) {
            if (casState(now, now | bits)) {
                return true;
            }
        }
        return false;
    }

    final void release(int held) {
        if ((held & HOLDS_SHARED) != 0) {
            tell(Objects.requireNonNull(sharedGate()).release());
        }
        if ((held & HOLDS_SCOPE) != 0) {
            tell(Objects.requireNonNull(scopeGate()).release());
        }
    }

    /// Takes itself out of the queue that a job in this state waits in.
    final void leaveQueue(int before) {
        var gate = scopeGate();
        var shared = sharedGate();
        if (gate != null && (before & HOLDS_SCOPE) == 0) {
            tell(gate.remove(link));
        } else if (shared != null) {
            tell(shared.remove(link));
        }
    }

    /// Asks for a place back while this job still waits, on the thread of the job that it waits for: so
    /// it stands ahead of pending jobs before that one's place is given away.
    final void askBack(int held) {
        var gate = (held & HOLDS_SCOPE) != 0 ? scopeGate() : sharedGate();
        if (gate != null) {
            ask(gate);
        }
    }

    /// Takes the places back after a wait, ahead of pending jobs; a cancelled job goes on without. The
    /// first may have been asked for. Interrupts are kept for later.
    final void retake(int held, boolean asked) {
        boolean both = (held & HOLDS_SCOPE) != 0;
        if (both) {
            retake(scopeGate(), asked);
        }
        if ((held & HOLDS_SHARED) != 0) {
            retake(sharedGate(), asked && !both);
        }
    }

    private void retake(@Nullable Gate gate, boolean asked) {
        if (gate == null || (isCancelling() && !asked)) {
            return;
        }
        if (!asked) {
            ask(gate);
        }
        if (!holds(gate.bit)) {
            awaitPlace(gate);
        }
    }

    private void ask(Gate gate) {
        if (gate.retakeOrQueue(link) && grant(gate.bit) == null) {
            tell(gate.release());
        }
    }

    private void awaitPlace(Gate gate) {
        boolean interrupted = Thread.interrupted();
        while (!holds(gate.bit) && !isCancelling()) {
            LockSupport.park(gate);
            interrupted |= Thread.interrupted();
        }
        if (!holds(gate.bit)) {
            tell(gate.remove(link));
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
