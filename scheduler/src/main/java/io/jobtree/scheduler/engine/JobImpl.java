package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.JobBody;
import io.jobtree.scheduler.JobCancelledException;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.JobTree;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.platform.Backoff;
import io.jobtree.scheduler.platform.Carried;
import io.jobtree.scheduler.platform.Checks;
import io.jobtree.scheduler.platform.Failures;
import io.jobtree.scheduler.platform.Failures.Connection;
import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.Log;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Stack;
import io.jobtree.scheduler.platform.ThreadScope;
import io.jobtree.scheduler.platform.Threads;
import io.jobtree.scheduler.platform.Timers;
import io.jobtree.scheduler.text.Texts;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A job: its state, and the way from its spawn to its outcome.
///
/// The thread that was started for a job, and no other, runs the body and ends the job; anyone may ask it to
/// stop. The one exception is a pending job that nobody observes and that has no failure: it is over at once.
public final class JobImpl<T extends @Nullable Object> implements Job<T>, Running, Runnable {
    // One int says where a job stands; each step is one compare-and-set. A parent and a close wait for this word, and
    // for nothing else.
    //
    //                                        cancelled, out of time, without a thread
    //   NEW ---> PENDING ---> STARTING ---> RUNNING ---> COMPLETING ---> FINISHING ---> SUCCEEDED
    //    |        |   |          |             |    \         |            ^  ^  ^         FAILED
    //    |        |   |          v             v     \        v            |  |  |         CANCELLED
    //    |        |   |          +-----> CANCELLING <-\-------+------------+  |  |
    //    |        |   |                                \ (no children) -------+  |
    //    +--------+---|-------------> DOOMED ----------------------------------- +
    //                 +------------------------------------------------------> (not observed, no failure)
    //
    //   step                                   who, on which thread
    //   NEW -> PENDING                         the spawner, once observers know the job and before anyone else does
    //   PENDING -> STARTING, RUNNING           the job's thread. STARTING: observers hear of the start
    //   RUNNING -> COMPLETING, FINISHING       the job's thread: the body is over, and there are children, or none
    //   -> CANCELLING                          who stops it, on any thread: a cancel, a deadline, a child that failed;
    //                                          the job's own thread where a branch job's body failed
    //   NEW, PENDING -> DOOMED                 who stops it, on any thread: it gets a thread to end on
    //   PENDING -> FINISHING -> CANCELLED      who cancels it, on any thread, where there is nothing to run
    //   RUNNING -> SUCCEEDED                   the job's thread: a leaf job whose end nobody else has to do with
    //   CANCELLING, DOOMED -> FINISHING -> end the job's thread
    //   any -> FAILED, CANCELLED               the job's thread, where the engine itself broke
    private static final int NEW = 0;
    static final int PENDING = 1;
    private static final int STARTING = 2;
    private static final int RUNNING = 3;
    private static final int COMPLETING = 4;
    private static final int CANCELLING = 5;
    static final int DOOMED = 6;
    private static final int FINISHING = 7;
    static final int SUCCEEDED = 8;
    private static final int FAILED = 9;
    static final int CANCELLED = 10;
    private static final int PHASE = 15;

    /// It has a thread, or somebody is starting one.
    static final int DISPATCHED = 1 << 4;

    /// The body runs: an interrupt reaches it.
    private static final int BODY = 1 << 5;

    /// Somebody interrupts the body right now; the job's thread waits for that, so no interrupt comes later.
    private static final int INTERRUPTING = 1 << 6;

    /// It ends as [#ending] says.
    private static final int STOPPED = 1 << 7;

    /// It holds a place of its scope's limit, of a shared limit. Who takes the bit out gives the place back.
    static final int HOLDS_SCOPE = 1 << 8;

    static final int HOLDS_SHARED = 1 << 9;
    static final int HOLDS = HOLDS_SCOPE | HOLDS_SHARED;

    /// What the body threw is in [#work], and whether its thread had the interrupt flag then, or was to be
    /// interrupted.
    private static final int THREW = 1 << 10;

    private static final int THREW_INTERRUPTED = 1 << 11;

    /// No thread could be started for it; the scheduler's supervisor tries again.
    static final int STRANDED = 1 << 12;

    /// The body is to be interrupted. Whoever takes the bit out does it.
    private static final int ALERT = 1 << 13;

    /// It has started, when [#startedNanos] says: set with the step out of PENDING, and never taken out.
    private static final int STARTED = 1 << 14;

    /// Who stopped it while it was pending gives its places back right now; the job's thread waits for that, so a
    /// job that is done has none.
    private static final int RETURNING = 1 << 15;

    /// A leaf job with nothing but a body: the thread that makes it RUNNING is the job's, and needs no other claim.
    private static final int PLAIN = 1 << 16;

    /// In place of a state at the end.
    private static final int NOT_DONE = 0;

    private static final int RUNNING_PLAIN = RUNNING | BODY | DISPATCHED | STARTED | PLAIN;

    private static final JobState[] STATES = {
        JobState.PENDING,
        JobState.PENDING,
        JobState.RUNNING,
        JobState.RUNNING,
        JobState.COMPLETING,
        JobState.CANCELLING,
        JobState.CANCELLING,
        JobState.COMPLETING,
        JobState.SUCCEEDED,
        JobState.FAILED,
        JobState.CANCELLED
    };

    // What a request to stop has done

    /// This call's ending is the job's.
    static final int BEGAN = 1;

    /// This call has stopped a body, and has to interrupt it and to cancel what is below.
    static final int STOPPED_BODY = 2;

    /// A failure is its scope's: the outcome of the scope's job, or suppressed on that.
    static final int TAKEN = 4;

    /// The job whose body this thread runs, or whose hooks or failure handler.
    static final ScopedValue<Running> CURRENT = ScopedValue.newInstance();

    private static final VarHandle STATE = Handles.of(MethodHandles.lookup(), "state", int.class);
    private static final VarHandle ENDING = Handles.of(MethodHandles.lookup(), "ending", Ending.class);
    private static final VarHandle RUNNER = Handles.of(MethodHandles.lookup(), "runner", Thread.class);

    /// That of the rehearsal has 0.
    private static final AtomicLong IDS = new AtomicLong(-1);

    private final long id = IDS.incrementAndGet();
    private final long spawnedNanos = System.nanoTime();

    /// Its scope and limits. Not final: a shielded job gets part of its caller's before it is shared.
    Holding holding;

    /// A name, [JobOptions], or null for an unnamed job.
    private final @Nullable Object label;

    /// [Link#GONE] once the job is done, so that its handle keeps no list.
    Link link = new Link(this);

    volatile int state = NEW;

    /// How it ends if it is stopped: set once, before the state says STOPPED. Who finds it set helps the other
    /// with the step: none waits for another.
    private volatile @Nullable Ending ending;

    /// The thread that runs the job, its hooks included. Written by that thread: of a PLAIN job after the step to
    /// RUNNING, of any other before.
    private volatile @Nullable Thread runner;

    /// Those who wait for the job; see [Waiters].
    volatile @Nullable Waiter waiters;

    /// What the body waits for: a job, a scope, a limit, or a word. For pictures.
    volatile @Nullable Object waitsFor;

    /// Written by the job's thread before the state says STARTED, and of no meaning before: that step may fail. Of two
    /// threads that begin one job the other may write it a moment later.
    private long startedNanos;

    /// The body; once that is over, what it returned or threw. After the start touched by the job's thread
    /// alone, until the state says that the job ended with it.
    private @Nullable Object work;

    /// The scope of a branch job, from its start on.
    volatile @Nullable BranchScope branch;

    /// What only some jobs have. Written before the job is shared, and cleared when it ends.
    @Nullable
    Extras extras;

    JobImpl(@Nullable Object label, Object body, Holding holding) {
        this.label = label;
        this.work = body;
        this.holding = holding;
    }

    public static @Nullable JobImpl<?> currentOrNull() {
        return CURRENT.isBound() ? CURRENT.get().job() : null;
    }

    /// The job whose own thread this is; not one that a body's own task scope has forked.
    static @Nullable JobImpl<?> ofThisThread() {
        var current = currentOrNull();
        return current != null && current.isOnItsThread() ? current : null;
    }

    @Override
    public JobImpl<?> job() {
        return this;
    }

    /// Where it was spawned.
    Scope scope() {
        return holding.scope();
    }

    // Where it stands

    int depth() {
        return scope().depth;
    }

    @Nullable
    JobImpl<?> parentOrNull() {
        return scope() instanceof BranchScope branchScope ? branchScope.owner : null;
    }

    /// The job above it for observers: the parent, or for a shielded one the job that waits for it.
    @Nullable
    JobImpl<?> parentOrCaller() {
        var parent = parentOrNull();
        var own = extras;
        return parent != null || own == null ? parent : own.caller;
    }

    RootScope root() {
        return scope().root();
    }

    boolean isShielded() {
        var own = extras;
        return own != null && own.shielded;
    }

    /// The unfinished job that waits for the shielded one which this is, or is below; null without one.
    @Nullable
    JobImpl<?> callerOfShield() {
        if (!isShielded() && !scope().underShield) {
            return null;
        }
        JobImpl<?> root = this;
        for (var above = parentOrNull(); above != null; above = above.parentOrNull()) {
            root = above;
        }
        var own = root.extras;
        var caller = own == null ? null : own.caller;
        return caller == null || caller.isDone() ? null : caller;
    }

    boolean isBranch() {
        return branch != null || work instanceof JobBody<?>;
    }

    // What its options say

    boolean isSupervised() {
        return label instanceof JobOptions options && options.supervision();
    }

    int childLimitOrZero() {
        return label instanceof JobOptions options ? options.childLimit().orElse(0) : 0;
    }

    @Nullable
    Duration timeoutOrNull() {
        return label instanceof JobOptions options ? ApiAccess.get().timeout(options) : null;
    }

    String threadName() {
        var given = givenName();
        return given == null ? "" : Texts.printable(given);
    }

    private @Nullable String givenName() {
        return label instanceof JobOptions options ? options.name().orElse(null) : (String) label;
    }

    static JobOptions options(@Nullable Object label) {
        return switch (label) {
            case JobOptions options -> options;
            case String name -> JobOptions.named(name);
            case null, default -> JobOptions.unnamed();
        };
    }

    // What the state says

    private static int phase(int state) {
        return state & PHASE;
    }

    static boolean isPending(int state) {
        return phase(state) <= PENDING;
    }

    boolean isPending() {
        return isPending(state);
    }

    @Override
    public JobState state() {
        int now = state;
        // One that was stopped stays so until its end.
        return phase(now) == FINISHING && (now & STOPPED) != 0 ? JobState.CANCELLING : STATES[phase(now)];
    }

    @Override
    public boolean isDone() {
        return phase(state) >= SUCCEEDED;
    }

    boolean isStopped() {
        return (state & STOPPED) != 0;
    }

    /// How the jobs below end of this one, which was stopped.
    Ending endingBelow() {
        return Objects.requireNonNull(ending).below(this);
    }

    /// Whether it was stopped while it was pending, and is yet to end.
    boolean isDoomed() {
        return phase(state) == DOOMED;
    }

    /// Whether it will not run its body any more, or has.
    boolean isOverOrDoomed() {
        return phase(state) >= DOOMED;
    }

    /// Also once it is done. To be asked before [#startedNanos] is read, which the state publishes.
    private boolean isStarted() {
        return (state & STARTED) != 0;
    }

    /// The moment of its start on this thread, or anything if it was stopped before.
    long startedNanos() {
        return startedNanos;
    }

    boolean holds(int bit) {
        return (state & bit) != 0;
    }

    /// Whether its body runs, on whatever thread this is.
    boolean isBodyRunning() {
        return (state & BODY) != 0;
    }

    boolean isOnItsThread() {
        return runner == Thread.currentThread();
    }

    @Nullable
    Thread runner() {
        return runner;
    }

    /// The thread that calls an observer, if the job's own waits for that.
    @Nullable
    Thread awaitedNotifier() {
        var own = extras;
        return own == null ? null : own.awaitedNotifier(runner);
    }

    /// Whether it is pending, and not about to start.
    boolean isInQueue() {
        int now = state;
        return phase(now) == PENDING && (now & DISPATCHED) == 0;
    }

    /// Whether observers are yet to hear that the job was asked to stop.
    boolean isCancellingUnheard() {
        var own = extras;
        return isStopped() && own != null && own.isCancellingUnheard();
    }

    /// What has stopped it; null where that is no request.
    Outcome.@Nullable Cancelled<?> cancelRequest() {
        return Objects.requireNonNull(ending).request();
    }

    private boolean casState(int expected, int next) {
        return STATE.compareAndSet(this, expected, next);
    }

    /// By what every job has called before: a handle's first call at a new place needs memory, and this is also for
    /// when there is none.
    private void setBits(int bits) {
        int now = state;
        while (!casState(now, now | bits)) {
            now = state;
        }
    }

    private void clearBits(int bits) {
        int now = state;
        while (!casState(now, now & ~bits)) {
            now = state;
        }
    }

    /// The state, once nobody is interrupting the body or giving places back. Drops interrupts where it waits.
    private int quietState() {
        int now = state;
        for (int round = 0; (now & (INTERRUPTING | RETURNING)) != 0; round++) {
            var _ = Backoff.pause(round);
            now = state;
        }
        return now;
    }

    // Spawning, on the spawner's thread

    /// Takes what the options and, if there are any that want to, observers add, before anybody else knows the job.
    void prepare(@Nullable Extras given, boolean observed) {
        extras = given;
        if (label instanceof JobOptions options) {
            var carried = ApiAccess.get().carried(options);
            if (carried.length > 0) {
                extras().carried = Carried.capture(scope().allCarried(), carried);
            }
            if (ApiAccess.get().timeout(options) != null) {
                extras();
            }
        }
        if (observed) {
            if (extras == null) {
                extras = Extras.KNOWN;
            }
            // Now: hooks of one that its scope does not take may come when that is over.
            var carried = scope().allCarried();
            Notifying.of(this, () -> Observers.spawned(this, root().observers, carried));
        }
    }

    /// Whether an observer is called for its spawn, on this thread.
    boolean isBeingSpawnedHere() {
        int now = phase(state);
        return (now == NEW || now == DOOMED) && Notifying.isOf(this);
    }

    /// Records what one more observer wants to hear, before the job is shared. Without it that observer never hears of
    /// the end: so this is tried until there is memory.
    ///
    /// @param carried what its hooks have bound, where no more is carried to the job
    void addObservation(Observers.Entry observer, JobObservation observation, @Nullable Carried<?> carried) {
        while (true) {
            try {
                tryAddObservation(observer, observation, carried);
                return;
            } catch (OutOfMemoryError noMemory) {
                Retry.rest();
            }
        }
    }

    private void tryAddObservation(Observers.Entry observer, JobObservation observation, @Nullable Carried<?> carried) {
        var own = extras();
        own.observation = new Observers.Observation(observer, observation, own.observation);
        if (own.carried == null) {
            own.carried = carried;
        }
        var root = root();
        if (!root.observed) {
            root.observed = true;
        }
    }

    private Extras extras() {
        var current = extras;
        if (current == null || current == Extras.KNOWN) {
            current = new Extras();
            extras = current;
        }
        return current;
    }

    Observers.@Nullable Observation observation() {
        var own = extras;
        return own == null ? null : own.observation;
    }

    /// Makes it pending, with these places; false if an observer had it stopped before.
    boolean becomePending(int held) {
        int next = PENDING | held | (held == holding.all() ? DISPATCHED : 0) | (isPlain() ? PLAIN : 0);
        if (extras == null) {
            // Nobody knows it yet, and what publishes it publishes this.
            STATE.setRelease(this, next);
            return true;
        }
        return casState(NEW, next);
    }

    private boolean isPlain() {
        return (extras == null || extras == Extras.KNOWN) && !(work instanceof JobBody<?>);
    }

    /// Stops a job that its scope does not take; true if it needs a thread to end on. An observer that wants to hear
    /// nothing may have kept the job all the same.
    boolean stopUnstarted(Ending given) {
        setBits(DISPATCHED);
        stop(given);
        return !isDone() && extras != null;
    }

    // Its deadline

    /// Has the timeout come, once the scope has the job. Its time runs since the spawn, of which observers have heard
    /// meanwhile.
    void armTimer() {
        var own = extras;
        var timeout = own == null ? null : timeoutOrNull();
        if (own == null || timeout == null) {
            return;
        }
        try {
            long left = Checks.nanos(timeout) - (System.nanoTime() - spawnedNanos);
            own.timer = Timers.after(left, () -> timeOut(timeout));
        } catch (Throwable noTimer) {
            interruptStopped(stopFor(noTimer));
        }
        if (isDone()) {
            own.cancelTimer();
        }
    }

    void timeOut(Duration timeout) {
        var failure = ApiAccess.get().timedOut(this + " timed out after " + timeout);
        stopAll(Ending.failed(failure, CancelReason.DEADLINE, this));
    }

    /// A job whose time has run out does not run, also where the timer's thread comes a moment late. Costs a job
    /// without a timeout nothing.
    private void timeOutIfLate() {
        var timeout = extras == null || isStopped() ? null : timeoutOrNull();
        if (timeout != null && System.nanoTime() - spawnedNanos >= Checks.nanos(timeout)) {
            timeOut(timeout);
        }
    }

    // Without a thread

    /// No thread could be started for it, which is its failure. Gives its places back.
    void notStarted(Throwable failure) {
        try {
            stop(Ending.failed(failure, CancelReason.PARENT, this));
        } finally {
            strand();
        }
    }

    /// Leaves it to the scheduler's supervisor to start a thread for it.
    void strand() {
        if (!isDone()) {
            setBits(STRANDED);
            var root = root();
            root.supervisors.rescue(root);
        }
    }

    /// Whether it has no thread, and is to have one.
    boolean isStranded() {
        return isStranded(state);
    }

    private static boolean isStranded(int state) {
        return (state & STRANDED) != 0 && phase(state) < FINISHING;
    }

    /// Whether the caller is to start a thread for a job that has none.
    boolean tryRescue() {
        // Again where somebody else changes it, who may stop it right now.
        for (int now = state; isStranded(now); now = state) {
            if (casState(now, now & ~STRANDED)) {
                return true;
            }
        }
        return false;
    }

    // Places

    /// Gives this job a place, unless it has no use for it any more. A pending job that
    /// has all its places then is dispatched: whoever notifies it starts its thread.
    boolean grant(int bit) {
        for (int now = state; phase(now) <= RUNNING; now = state) {
            if (tryGrant(now, bit)) {
                return true;
            }
        }
        return false;
    }

    /// The same, only while it is pending and has no such place: another may have given it one, and it may have
    /// started since.
    boolean grantPending(int bit) {
        for (int now = state; phase(now) == PENDING && (now & bit) == 0; now = state) {
            if (tryGrant(now, bit)) {
                return true;
            }
        }
        return false;
    }

    private boolean tryGrant(int now, int bit) {
        int next = now | bit;
        if (phase(now) == PENDING && (next & HOLDS) == holding.all()) {
            next |= DISPATCHED;
        }
        return casState(now, next);
    }

    /// Takes the places away from the running job and gives them to the caller.
    int takeHeld() {
        for (int now = state; ; now = state) {
            if ((now & HOLDS) == 0 || casState(now, now & ~HOLDS)) {
                return now & HOLDS;
            }
        }
    }

    /// Gives the places back; where it is over, after those who wait for it have asked for theirs. Under thread
    /// reuse the job that gets the scope's place is the next one of this thread then, unless a failure handler may
    /// keep that busy first.
    private @Nullable JobImpl<?> handOn(boolean isOver, boolean mayRunNext) {
        if ((state & HOLDS) == 0) {
            return null;
        }
        if (isOver) {
            Waiters.requestBack(this);
        }
        int held = takeHeld();
        var gate = holding.limit();
        if (gate == null || (held & HOLDS_SCOPE) == 0 || !isOver || !mayRunNext || !scope().reusesThreads()) {
            Places.release(holding, held);
            return null;
        }
        Places.release(holding, held & ~HOLDS_SCOPE);
        var granted = gate.release();
        if (granted != null && granted.scope() == scope() && granted.isReady()) {
            return granted;
        }
        Places.notify(granted, gate);
        return null;
    }

    /// Whether it is pending, and has only to be run.
    private boolean isReady() {
        int now = state;
        return phase(now) == PENDING && (now & DISPATCHED) != 0;
    }

    // What its thread has

    /// What to run it with, and its hooks and failure handler, on a thread that has what its scope carries.
    ScopedValue.Carrier bindings() {
        return Carried.with(carried(), CURRENT, this);
    }

    /// Runs what belongs to the job on a thread that is none of its scope's: with what was carried to the job, and its
    /// context class loader.
    void runElsewhere(Runnable code) {
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(contextLoader());
        try {
            Carried.run(allCarried(), code);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /// All that was carried to it, if that may be more than its thread has anyway; else null.
    @Nullable
    Carried<?> carried() {
        var own = extras;
        return own == null ? null : own.carried;
    }

    /// The bindings that were carried to it, from everywhere above.
    @Nullable
    Carried<?> allCarried() {
        var own = extras;
        return own == null || own.carried == null ? scope().allCarried() : own.carried;
    }

    /// What its thread has; before that starts, what it is to have.
    @Nullable
    ClassLoader contextLoader() {
        var running = runner;
        return running == null ? scope().contextLoader() : running.getContextClassLoader();
    }

    // On the job's thread. The frames below a body are copied at each of its waits, and held while it waits. So they
    // are few: Link.call or Worker.call, what the JDK needs for scoped values, and run.

    /// Begins to run it on this thread; false if there is nothing to run.
    boolean tryBegin() {
        try {
            return begin();
        } catch (Throwable noMemory) {
            setRunner(null);
            notStarted(noMemory);
            return false;
        }
    }

    /// Makes this thread the job's; false if there is nothing to run on it.
    private boolean begin() {
        for (int now = state; (now & PLAIN) != 0 && phase(now) == PENDING; now = state) {
            startedNanos = System.nanoTime();
            if (casState(now, (now & ~PHASE) | STARTED | RUNNING | BODY)) {
                // Who interrupts the body waits for this.
                setRunner(Thread.currentThread());
                return true;
            }
        }
        int found = phase(state);
        return (found == PENDING || found == DOOMED) && claimAndBegin();
    }

    private boolean claimAndBegin() {
        if (!claim()) {
            return false;
        }
        timeOutIfLate();
        for (int now = state; ; now = state) {
            if (phase(now) == PENDING) {
                if (branch == null && work instanceof JobBody<?>) {
                    branch = new BranchScope(this);
                }
                boolean observed = observation() != null;
                startedNanos = System.nanoTime();
                if (casState(now, (now & ~PHASE) | STARTED | (observed ? STARTING : RUNNING | BODY))) {
                    return true;
                }
            } else if (phase(now) == DOOMED) {
                work = null;
                branch = null;
                return true;
            } else {
                if (!isStarted()) {
                    // Made for nothing: the handle is not to hold it.
                    branch = null;
                }
                setRunner(null);
                return false;
            }
        }
    }

    private boolean claim() {
        return RUNNER.compareAndSet(this, null, Thread.currentThread());
    }

    /// Calls once what a job's thread calls amid its first steps, where there is to be memory for that.
    void rehearseClaim() {
        var _ = claim();
        setRunner(null);
    }

    private void setRunner(@Nullable Thread thread) {
        RUNNER.setRelease(this, thread);
    }

    /// The part that runs where scoped values are bound: the body, and the wait for the children's threads,
    /// which must end where their scope was opened.
    @Override
    public void run() {
        if (phase(state) == DOOMED) {
            return;
        }
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
            threw(failure);
        }
    }

    private void runBranch(BranchScope own) {
        boolean bodyOver = false;
        try (var threads = ThreadScope.open(own.shown)) {
            own.open(threads);
            try {
                if (takeBody() instanceof JobBody<?> body) {
                    work = body.run(own);
                }
            } catch (Throwable failure) {
                threw(failure);
            }
            bodyOver = true;
            endBody(own);
            own.awaitThreads();
        } catch (Throwable broken) {
            // The body has left a task scope of its own open, or there is no memory for one around it.
            threw(broken);
            if (bodyOver) {
                interruptStopped(stopFor(broken));
            } else {
                endBody(own);
            }
        } finally {
            own.awaitJobs();
        }
        // One that came from elsewhere, for the body, after its end.
        Thread.interrupted();
    }

    /// The body, if it is still to run once observers have heard of its start.
    private @Nullable Object takeBody() {
        var body = work;
        work = null;
        var observed = observation();
        if (observed == null) {
            return body;
        }
        observed.starting();
        extras().started();
        for (int now = state; phase(now) == STARTING; now = state) {
            if (casState(now, (now & ~PHASE) | RUNNING | BODY)) {
                return body;
            }
        }
        return null;
    }

    /// Notes what the body threw; the first counts. The flag is read here: it is cleared when the body is over.
    void threw(Throwable failure) {
        if ((state & THREW) == 0) {
            boolean interrupted = Thread.currentThread().isInterrupted();
            work = failure;
            setBits(THREW);
            try {
                stopWithOthers();
            } catch (Throwable noMemory) {
                // It fails by itself, then.
            }
            // One that is yet to come counts too: the interrupt of another, which was stopped with this one, may have
            // closed a channel of both. In this order: what has come by now has set the flag.
            if (interrupted
                    || (state & (ALERT | INTERRUPTING)) != 0
                    || Thread.currentThread().isInterrupted()) {
                setBits(THREW_INTERRUPTED);
            }
        }
    }

    /// The body of a branch job is over. What it threw cancels its children.
    private void endBody(BranchScope own) {
        own.bodyOver();
        int did = 0;
        if ((state & THREW) != 0 && work instanceof Throwable failure) {
            did = stopFor(failure);
        }
        try {
            leaveBody(COMPLETING);
            Places.release(holding, takeHeld());
        } finally {
            interruptStopped(did);
        }
        notifyBodyOver();
    }

    /// Leaves the body: from here on no interrupt comes.
    private void leaveBody(int next) {
        int now = quietState();
        while (!casState(now, (now & ~(PHASE | BODY | ALERT)) | (phase(now) == CANCELLING ? CANCELLING : next))) {
            now = quietState();
        }
        Thread.interrupted();
    }

    private void notifyBodyOver() {
        var observed = observation();
        if (observed != null) {
            callOnOwnThread(observed, NOT_DONE);
        }
    }

    // The end, on the job's thread

    /// Ends it; gives the job that has got its place and is to be run next on this thread, if there is one.
    @Nullable
    JobImpl<?> endHere() {
        try {
            return end();
        } catch (Throwable trouble) {
            endBroken(trouble);
            return null;
        }
    }

    /// Ends the job once body and children are over: gives the job that this thread is to run next, if there is
    /// one.
    private @Nullable JobImpl<?> end() {
        try {
            root().ensureWhole();
        } catch (OutOfMemoryError noMemory) {
            // Whoever comes next does that.
        }
        int now = quietState();
        if (now == RUNNING_PLAIN && endPlainly()) {
            return null;
        }
        if (phase(now) != DOOMED && (branch == null || (now & BODY) != 0)) {
            leaveBody(FINISHING);
        }
        return decide();
    }

    /// The short way of a leaf job that succeeded, has nothing to give back, and that nobody observes.
    private boolean endPlainly() {
        if (!casState(RUNNING_PLAIN, SUCCEEDED | STARTED)) {
            return false;
        }
        setRunner(null);
        leave();
        return true;
    }

    /// Body and children have ended: the outcome is what the state and the body say.
    private @Nullable JobImpl<?> decide() {
        int now = state;
        while (phase(now) != FINISHING && !casState(now, (now & ~PHASE) | FINISHING)) {
            now = state;
        }
        var thrown = (now & THREW) != 0 && work instanceof Throwable failure ? failure : null;
        if ((now & STOPPED) == 0) {
            return finish(thrown == null ? SUCCEEDED : FAILED, thrown, null);
        }
        if (thrown != null) {
            // First: an exception of a user's may take its time to say what has caused it.
            handOn(observation() == null, false);
        }
        // What the body threw besides is not lost.
        var late = thrown != null && !Failures.isAnswerToCancel(thrown, (now & THREW_INTERRUPTED) != 0) ? thrown : null;
        if (Objects.requireNonNull(ending).outcome() instanceof Outcome.Failed<?>(var first)) {
            boolean isTaken = late == null || leadsTo(late, first) || trySuppress(first, late);
            return finish(FAILED, first, isTaken ? null : late);
        }
        return finish(CANCELLED, late, null);
    }

    private static boolean leadsTo(Throwable late, Throwable first) {
        try {
            return Failures.connection(late, first) == Connection.FOUND;
        } catch (OutOfMemoryError noMemory) {
            return false;
        }
    }

    /// The end, in this order: the failure is its scope's, or not, and stops what is in that; the places go to
    /// others; bodies that were stopped are interrupted, which may be user code; observers hear of the end; the
    /// state says so; waiters are woken; a failure that nobody has taken goes to the handler. So a parent never
    /// succeeds over a failed child, `trySpawn` after `join` gets the place, and the span is there when `join`
    /// returns.
    ///
    /// @param besides another failure, that the first does not take
    private @Nullable JobImpl<?> finish(int done, @Nullable Throwable failure, @Nullable Throwable besides) {
        var observed = observation();
        int taken = failure == null ? TAKEN : takenByScope(failure, done);
        // A hook may wait, for who needs this place.
        var next = handOn(observed == null, failure == null);
        try {
            interruptAbove(taken);
            if (observed != null) {
                if (branch == null && isStarted()) {
                    notifyBodyOver();
                }
                callOnOwnThread(observed, done);
            }
            var untaken = (taken & TAKEN) == 0 ? failure : null;
            if (untaken == null && besides == null) {
                publish(done);
            } else {
                publishAndReport(done, observed, untaken, besides);
            }
        } catch (Throwable noMemory) {
            if (next != null) {
                next.strand();
            }
            throw noMemory;
        }
        setRunner(null);
        return next;
    }

    /// A parent is not to miss it.
    private int takenByScope(Throwable failure, int done) {
        for (int attempt = 1; ; attempt++) {
            try {
                return scope().takeFailure(this, failure, done == FAILED);
            } catch (OutOfMemoryError noMemory) {
                if (!Retry.mayTryAgain(attempt, noMemory)) {
                    throw noMemory;
                }
            }
        }
    }

    /// Has observers hear of the end, or that the body is over. Nobody else would: so this is tried for a while, until
    /// there is memory.
    private void callOnOwnThread(Observers.Observation observed, int done) {
        Observers.Notice notice = null;
        for (int attempt = 1; ; attempt++) {
            try {
                if (notice == null) {
                    notice = done == NOT_DONE ? observed.stopped() : observed.ended(outcomeOf(done));
                }
                callHooks(done == NOT_DONE ? null : observed, notice);
                return;
            } catch (Throwable noMemory) {
                if (!Retry.mayTryAgain(attempt, noMemory)) {
                    Log.hookNotCalled(this, noMemory);
                    return;
                }
            }
        }
    }

    private void callHooks(Observers.@Nullable Observation around, Observers.Notice notice) {
        bindings()
                .run(() -> Observers.within(around, () -> {
                    CancelNotices.callAfterBody(this);
                    notice.run();
                }));
    }

    /// Calls the failure handler, unless somebody who waited has the failure. A close waits for it.
    ///
    /// @param besides one that nobody else can have
    private void publishAndReport(
            int done,
            Observers.@Nullable Observation observed,
            @Nullable Throwable failure,
            @Nullable Throwable besides) {
        var scheduler = root();
        // What was carried is let go of when it is done.
        ScopedValue.Carrier bindings = null;
        Throwable trouble = null;
        try {
            bindings = beginReport();
        } catch (Throwable noMemory) {
            trouble = noMemory;
        }
        boolean claimed = publish(done);
        var unreported = failure != null && (!claimed || done != FAILED) ? failure : null;
        try {
            if (bindings == null) {
                logUnreported(unreported, trouble);
                logUnreported(besides, trouble);
            } else {
                FailureNotice.deliver(this, observed, unreported, bindings);
                FailureNotice.deliver(this, observed, besides, bindings);
            }
        } finally {
            scheduler.endReport(this);
        }
    }

    private void logUnreported(@Nullable Throwable failure, @Nullable Throwable noMemory) {
        if (failure != null && noMemory != null) {
            Log.handlerThrew(this, failure, noMemory);
        }
    }

    private ScopedValue.Carrier beginReport() {
        for (int attempt = 1; ; attempt++) {
            try {
                var bindings = bindings();
                root().beginReport(this);
                return bindings;
            } catch (OutOfMemoryError noMemory) {
                if (!Retry.mayTryAgain(attempt, noMemory)) {
                    throw noMemory;
                }
            }
        }
    }

    /// Makes the outcome visible; true if someone who waited has the failure in it.
    private boolean publish(int done) {
        var own = extras;
        if (done == CANCELLED || isStopped()) {
            work = null;
        }
        state = (state & (STOPPED | THREW | STARTED)) | done;
        extras = null;
        if (own != null) {
            own.cancelTimer();
        }
        return leave();
    }

    /// Lets the lists go of the job that is done, and wakes the waiters; true if one of them has the failure.
    private boolean leave() {
        var ended = link;
        ended.letGo();
        link = Link.GONE;
        boolean claimed = Waiters.wakeAll(this);
        scope().live.ended(ended, id);
        return claimed;
    }

    /// The engine itself broke on this thread: the job ends all the same, and the scheduler closes. Allocates
    /// nothing.
    private void endBroken(Throwable broken) {
        var scheduler = root();
        try {
            scheduler.breakDown(broken);
        } catch (Throwable noMemory) {
            scheduler.trouble = broken;
        }
        var own = branch;
        if (own != null) {
            own.bodyOver();
            own.awaitJobs();
        }
        if (!isDone()) {
            try {
                Places.release(holding, takeHeld());
            } finally {
                publishBroken(broken);
            }
        }
        setRunner(null);
    }

    private void publishBroken(Throwable broken) {
        var known = ending;
        if (isStopped() && known != null) {
            publish(known.isFailure() ? FAILED : CANCELLED);
        } else {
            work = broken;
            publish(FAILED);
        }
    }

    // Stopping, from any thread

    /// Stops the job and all below it; true if this call began that.
    private boolean stopAll(Ending given) {
        int did = stop(given);
        try {
            stopBelow(did);
        } finally {
            interruptStopped(did);
        }
        return (did & BEGAN) != 0;
    }

    /// The same, but the bodies are yet to be interrupted, by [#interruptStopped] with what this gives.
    int stopTree(Ending given) {
        int did = stop(given);
        stopBelow(did);
        return did;
    }

    private void stopBelow(int did) {
        var own = branch;
        if ((did & STOPPED_BODY) != 0 && own != null) {
            own.stopAll();
        }
    }

    /// Interrupts the bodies that were stopped, which may be user code.
    private void interruptStopped(int did) {
        if ((did & STOPPED_BODY) == 0) {
            interruptIfAlerted();
            return;
        }
        var own = branch;
        // First: the interrupt may hang.
        CancelNotices.begin(root(), this, own);
        Interrupts.deliver(this, own);
    }

    /// Stops the job alone: a pending one never runs, a running one is to be interrupted.
    int stop(Ending given) {
        int now = state;
        if ((now & STOPPED) != 0 || phase(now) >= FINISHING) {
            return 0;
        }
        int began = ENDING.compareAndSet(this, null, given) ? BEGAN : 0;
        for (int attempt = 1; ; attempt++) {
            try {
                return stopAs(Objects.requireNonNull(ending), began);
            } catch (OutOfMemoryError noMemory) {
                // That ending is not to wait for somebody who stops it for another reason.
                if (!Retry.mayTryAgain(attempt, noMemory)) {
                    throw noMemory;
                }
            }
        }
    }

    private int stopAs(Ending mine, int began) {
        for (int now = state; ; now = state) {
            if ((now & STOPPED) != 0) {
                return began;
            }
            switch (phase(now)) {
                case NEW -> {
                    if (casState(now, DOOMED | STOPPED)) {
                        return began;
                    }
                }
                case PENDING -> {
                    if (stopPending(now, mine)) {
                        return began;
                    }
                }
                case STARTING, RUNNING, COMPLETING -> {
                    if (stopRunning(now, mine)) {
                        return began | STOPPED_BODY;
                    }
                }
                default -> {
                    return 0;
                }
            }
        }
    }

    private boolean stopPending(int now, Ending mine) {
        if (!mine.isFailure() && observation() == null) {
            if (!casState(now, FINISHING | STOPPED)) {
                return false;
            }
            try {
                giveBackPending(now);
            } finally {
                publish(CANCELLED);
            }
            return true;
        }
        // Of its own: the link may be on its way into the queue of a limit.
        var task = (now & DISPATCHED) == 0 ? new Link(this) : null;
        if (!casState(now, (now & STRANDED) | DOOMED | STOPPED | DISPATCHED | RETURNING)) {
            return false;
        }
        try {
            giveBackPending(now);
        } finally {
            clearBits(RETURNING);
        }
        if (task != null) {
            scope().startOrStrand(this, task);
        }
        return true;
    }

    private void giveBackPending(int before) {
        try {
            Places.leaveQueue(this, before);
        } finally {
            Places.release(holding, before & HOLDS);
        }
    }

    private boolean stopRunning(int now, Ending mine) {
        var own = branch;
        var below = own == null ? null : mine.below(this);
        int bits = (now & BODY) != 0 ? CANCELLING | STOPPED | ALERT : CANCELLING | STOPPED;
        if (!casState(now, (now & ~PHASE) | bits)) {
            return false;
        }
        if (own != null && below != null) {
            own.ending = below;
        }
        if ((now & BODY) == 0) {
            // A hook may wait for the job's places, which it needs no more.
            LockSupport.unpark(runner);
        }
        return true;
    }

    /// Interrupts the body of a job that was stopped, unless somebody did: once.
    void interruptIfAlerted() {
        for (int now = state; (now & ALERT) != 0; now = state) {
            if (casState(now, (now & ~ALERT) | INTERRUPTING)) {
                interrupt(runnerOfBody());
                return;
            }
        }
    }

    /// The thread that runs the body, which of a PLAIN job may be just about to say so; null once that is over.
    private @Nullable Thread runnerOfBody() {
        var running = runner;
        while (running == null && isBodyRunning()) {
            Backoff.yieldOnce();
            running = runner;
        }
        return running;
    }

    private void interrupt(@Nullable Thread running) {
        Throwable failure = null;
        try {
            if (running != null) {
                running.interrupt();
            }
        } catch (Throwable thrown) {
            failure = thrown;
            // Of a channel that the body waits in. The flag is set, and who parks sees it.
            LockSupport.unpark(running);
        } finally {
            clearBits(INTERRUPTING);
        }
        // Last: a log handler may hang, and the job is to end all the same.
        if (failure != null) {
            Log.interruptFailed(this, failure);
        }
    }

    /// As [#stopTree] for a failure of its own. Nobody else would: so this is tried until there is memory.
    private int stopFor(Throwable failure) {
        while (true) {
            try {
                return stopTree(Ending.failed(failure, CancelReason.PARENT, this));
            } catch (OutOfMemoryError noMemory) {
                Retry.rest();
            }
        }
    }

    /// Has what this job's failure has stopped interrupted.
    private void interruptAbove(int did) {
        var above = parentOrNull();
        if (above != null) {
            above.interruptElsewhere(did);
        }
    }

    /// The same as [#interruptStopped], by another thread: an interrupt may hang, and this one has an end to come to.
    private void interruptElsewhere(int did) {
        if ((did & STOPPED_BODY) == 0) {
            return;
        }
        try {
            Threads.startSoon(root().contextLoader(), () -> interruptStopped(did));
        } catch (Throwable noMemory) {
            interruptStopped(did);
        }
    }

    /// Takes a failure that came after the one that this job fails with; false if it fails with none, or with one that
    /// takes no other.
    boolean suppressLater(Throwable failure) {
        var known = ending;
        if (!isStopped() || known == null || !(known.outcome() instanceof Outcome.Failed<?>(var first))) {
            return false;
        }
        return trySuppress(first, failure);
    }

    private boolean trySuppress(Throwable first, Throwable later) {
        var own = branch;
        try {
            return Failures.trySuppress(first, later, own == null ? 1 : own.countLater());
        } catch (OutOfMemoryError noMemory) {
            // It goes to the handler.
            return false;
        }
    }

    // Stopping together with others, on the job's thread

    /// A thread that stops many jobs reaches them one after the other. A job that it has not reached yet may throw
    /// because of one that it has stopped. So that job stops the topmost one for which the request is meant itself:
    /// else that would succeed while it is being cancelled.
    private void stopWithOthers() {
        // Where another thread has stopped that one meanwhile, there may be one below.
        for (var next = nextToStop(); next != null; next = nextToStop()) {
            var job = next.job;
            int did = job.stopTree(next.ending);
            job.interruptElsewhere(did);
        }
    }

    /// Whether it was stopped, or is yet to be with others.
    boolean isToEnd() {
        // In this order: it may be stopped in between.
        return nextToStop() != null || isStopped();
    }

    record ToStop(JobImpl<?> job, Ending ending) {}

    /// The topmost on the way down to it that a thread is yet to come to; null if there is none. Above one that was
    /// stopped there is none.
    private @Nullable ToStop nextToStop() {
        if (isStopped() || !root().isStopping() || isOverOrDoomed()) {
            return null;
        }
        var path = new ArrayDeque<JobImpl<?>>();
        for (JobImpl<?> job = this; job != null && !job.isStopped(); job = job.parentOrNull()) {
            path.push(job);
        }
        // Top down, as they are stopped: where that goes on meanwhile it shows further below.
        for (var job : path) {
            var ending = job.scope().endingOfJobs();
            if (ending != null && !job.isStopped() && (ending.isClose() || !job.isShielded())) {
                return new ToStop(job, ending);
            }
        }
        return null;
    }

    // The outcome

    @SuppressWarnings({"unchecked", "NullAway"}) // the body's result is a T, and so is its null
    private Outcome<T> outcomeOf(int done) {
        if ((state & STOPPED) != 0) {
            return (Outcome<T>) Objects.requireNonNull(ending).outcome();
        }
        return done == SUCCEEDED ? new Outcome.Succeeded<>((T) work) : new Outcome.Failed<>((Throwable) work);
    }

    Outcome<T> doneOutcome() {
        return outcomeOf(phase(state));
    }

    JobCancelledException cancelledException(Outcome.Cancelled<?> cancelled) {
        return ApiAccess.get().cancelled(Ending.text(cancelled, this), cancelled.reason());
    }

    T valueOrThrow() {
        return switch (doneOutcome()) {
            case Outcome.Succeeded<T>(var value) -> value;
            case Outcome.Failed<T>(var failure) -> throw ApiAccess.get().failed(this, failure, laterFailures());
            case Outcome.Cancelled<T> cancelled -> throw cancelledException(cancelled);
        };
    }

    private String laterFailures() {
        var own = branch;
        int later = own == null ? 0 : own.laterFailures();
        return later == 0 ? "" : " (the first failure; " + later + " later, at most 16 of them suppressed on it)";
    }

    // The handle

    @Override
    public long id() {
        return id;
    }

    @Override
    public String name() {
        var given = givenName();
        return given == null ? "job-".concat(Long.toString(id)) : given;
    }

    @Override
    public String path() {
        return Paths.of(this);
    }

    @Override
    public Optional<Job<?>> parent() {
        return Optional.ofNullable(parentOrNull());
    }

    @Override
    public List<Job<?>> children() {
        var own = branch;
        return own == null ? List.of() : own.jobs();
    }

    @Override
    public Scheduler scheduler() {
        return scope().scheduler();
    }

    @Override
    public JobOptions options() {
        return options(label);
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - spawnedNanos);
    }

    @Override
    public Optional<Outcome<T>> outcome() {
        return isDone() ? Optional.of(doneOutcome()) : Optional.empty();
    }

    @Override
    public T join() throws InterruptedException {
        Waiting.until(this, Waiting.FOREVER, true);
        return valueOrThrow();
    }

    @Override
    public T join(Duration timeout) throws InterruptedException, TimeoutException {
        awaitWithin(timeout);
        return valueOrThrow();
    }

    private void awaitWithin(Duration timeout) throws InterruptedException, TimeoutException {
        Checks.notNegative(timeout, "timeout");
        if (!Waiting.until(this, Checks.nanos(timeout), true)) {
            throw new TimeoutException(this + " is not done after " + timeout + "; it goes on");
        }
    }

    @Override
    public Outcome<T> await() throws InterruptedException {
        Waiting.until(this, Waiting.FOREVER, true);
        return doneOutcome();
    }

    @Override
    public Outcome<T> await(Duration timeout) throws InterruptedException, TimeoutException {
        awaitWithin(timeout);
        return doneOutcome();
    }

    @Override
    public boolean cancel() {
        Stack.ensureRoom();
        return stopAll(Ending.REQUESTED);
    }

    @Override
    public boolean cancelAndJoin(Duration timeout) throws InterruptedException {
        Checks.notNegative(timeout, "timeout");
        Waiting.ensureMayWait(this);
        cancel();
        return Waiting.until(this, Checks.nanos(timeout), false);
    }

    @Override
    public CompletableFuture<T> toCompletableFuture() {
        return JobFuture.of(this);
    }

    @Override
    public Instant spawnedAt() {
        return Timers.instant(spawnedNanos);
    }

    @Override
    public Optional<Instant> startedAt() {
        return isStarted() ? Optional.of(Timers.instant(startedNanos)) : Optional.empty();
    }

    @Override
    public Optional<Instant> deadline() {
        long now = System.nanoTime();
        long least = Long.MAX_VALUE;
        for (JobImpl<?> job = this; job != null; job = job.parentOrNull()) {
            var timeout = job.timeoutOrNull();
            long nanos = timeout == null ? Long.MAX_VALUE : Checks.nanos(timeout);
            if (nanos != Long.MAX_VALUE) {
                least = Math.min(least, nanos - (now - job.spawnedNanos));
            }
        }
        return least == Long.MAX_VALUE
                ? Optional.empty()
                : Optional.of(Timers.instant(now).plusNanos(least));
    }

    @Override
    public Optional<Thread> thread() {
        return isBodyRunning() ? Optional.ofNullable(runnerOfBody()) : Optional.empty();
    }

    @Override
    public JobTree tree() {
        Stack.ensureMuchRoom();
        return Pictures.take(this);
    }

    @Override
    public String toString() {
        return "Job '" + Texts.printable(Paths.upTo(this)) + "' #" + id + " " + state();
    }
}
