package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.JobTree;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.platform.Carried;
import io.jobtree.scheduler.platform.Checks;
import io.jobtree.scheduler.platform.CountedSet;
import io.jobtree.scheduler.platform.Log;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Stack;
import io.jobtree.scheduler.platform.Task;
import io.jobtree.scheduler.platform.ThreadScope;
import io.jobtree.scheduler.platform.Threads;
import io.jobtree.scheduler.text.Texts;
import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The scope of a [Scheduler], which does what that is asked.
public final class RootScope extends Scope {
    /// What wait and closeTimeout come to, at most, in a close at exit.
    private static final long MOST_EXIT_NANOS = Closing.EXIT_NANOS - Closing.REPORT_NANOS;

    /// How often a thread is asked for, before what it is to do is done here.
    private static final int MOST_ATTEMPTS = 10;

    private final SchedulerOptions options;

    /// Read for each job.
    final boolean threadReuse;

    /// Its own, besides those that are installed.
    final List<Observers.Entry> observers;

    /// What users have of it. Each holds the other, so both are dropped at once.
    final Scheduler scheduler;

    final Supervisors supervisors;
    final OpenSchedulers.Entry entry;
    private final Closing closing = new Closing(this);

    /// Null once it is closed, and all its jobs are done.
    private volatile @Nullable ClassLoader contextLoader =
            Thread.currentThread().getContextClassLoader();

    /// For hooks that come after that.
    private final WeakReference<ClassLoader> contextLoaderIfHeld = new WeakReference<>(contextLoader);

    /// The jobs that are done, or about to be, and whose failure is on its way to the failure handler.
    final CountedSet<JobImpl<?>> reporting = new CountedSet<>();

    /// How many threads stop many of its jobs right now. No handle: it is for when memory is out, too.
    final AtomicInteger stopping = new AtomicInteger();

    private final AtomicReference<@Nullable CancelQueue> spareQueue = new AtomicReference<>(new CancelQueue());

    /// Made beforehand, for want of memory.
    private final Runnable letGoIfOver = this::letGoIfOver;

    private final @Nullable StallWatch stallWatch;

    /// Whether observers have wanted to hear of a job: they hear of its end, also where they are there no more.
    volatile boolean observed;

    /// What came up where the engine must not stop half-way: the stack ran out. Written where there is no room
    /// to call anything; who comes next, on another stack, closes the scheduler.
    volatile @Nullable Throwable trouble;

    private RootScope(SchedulerOptions options) {
        super(gateOf(options), Texts.printable(options.name()), 0, false);
        this.options = options;
        this.threadReuse = options.threadReuse();
        this.observers = options.observers().stream().map(Observers.Entry::new).toList();
        this.scheduler = ApiAccess.get().scheduler(this);
        var carried = Carried.capture(null, ApiAccess.get().carried(options));
        this.supervisors =
                new Supervisors(gate != null, () -> new Supervisor(shown, carried, contextLoader, threadReuse));
        this.stallWatch = options.stallWarning()
                .map(patience -> new StallWatch(this, patience))
                .orElse(null);
        this.entry = new OpenSchedulers.Entry(this, supervisors);
    }

    private static @Nullable Gate gateOf(SchedulerOptions options) {
        return options.limit().isEmpty()
                ? null
                : new Gate(
                        JobImpl.HOLDS_SCOPE,
                        options.limit().getAsInt(),
                        options.pendingLimit().orElse(Integer.MAX_VALUE));
    }

    /// Opens a scheduler.
    ///
    /// @param options how
    /// @return its scope
    public static RootScope open(SchedulerOptions options) {
        Stack.ensureMuchRoom();
        ThreadScope.ensureAvailable();
        EngineClasses.ensureInitialized();
        var root = new RootScope(options);
        try {
            // Once it is whole: whoever finds it there may close it.
            OpenSchedulers.add(root.entry);
            Observers.opened(root);
        } catch (Throwable noMemory) {
            // Nobody will have it.
            root.entry.closed();
            throw noMemory;
        }
        return root;
    }

    /// One that nobody sees, with a limit, and that never has a thread.
    static RootScope forRehearsal() {
        var root = new RootScope(SchedulerOptions.named("rehearsal").withLimit(1));
        // It is not to be reported as one that was dropped, nor to hold what it was made with.
        root.entry.clear();
        root.supervisors.letGo();
        root.contextLoader = null;
        return root;
    }

    /// Every scheduler that is open in this process.
    ///
    /// @return a snapshot, oldest first, unmodifiable
    public static List<Scheduler> all() {
        return OpenSchedulers.all().stream().map(RootScope::scheduler).toList();
    }

    /// How many places of its limit are held.
    ///
    /// @return the number of places; 0 without a limit
    public int takenPlaces() {
        return gate == null ? 0 : gate.taken();
    }

    /// The options that it was opened with.
    ///
    /// @return the options
    public SchedulerOptions options() {
        return options;
    }

    @Override
    public String name() {
        return options.name();
    }

    @Override
    RootScope root() {
        return this;
    }

    /// Whether closing has begun.
    ///
    /// @return true from the moment that `close` begins
    public boolean isClosed() {
        return !closing.isOpen();
    }

    /// Closes it; see [Scheduler#close(Duration)].
    ///
    /// @param wait how long to wait for jobs before they are cancelled
    /// @return the jobs that would not stop, and still run
    public List<Job<?>> close(Duration wait) {
        Checks.notNegative(wait, "wait");
        Stack.ensureRoom();
        ensureWhole();
        long waitNanos = Checks.nanos(wait);
        long closeNanos = Checks.nanos(options.closeTimeout());
        for (int attempt = 1; ; attempt++) {
            try {
                return closing.close(waitNanos, closeNanos);
            } catch (OutOfMemoryError noMemory) {
                if (!closing.isOpen() || !Retry.mayTryAgain(attempt, noMemory)) {
                    throw noMemory;
                }
                stopForMemory();
            }
        }
    }

    /// Runs a body that the caller's cancellation does not reach, and waits for it.
    ///
    /// @param name the name of the job that runs the body
    /// @param body what is not to be cut short
    /// @param <T> the type of the result
    /// @return what the body returned
    /// @throws InterruptedException if the waiting thread was interrupted; the body goes on
    @SuppressWarnings("overloads")
    public <T extends @Nullable Object> T shield(String name, Callable<? extends T> body) throws InterruptedException {
        return this.<T>runShielded(Checks.name(name), callable(body)).valueOrThrow();
    }

    /// As [#shield(String, Callable)], for a body without a result.
    ///
    /// @param name the name of the job that runs the body
    /// @param body what is not to be cut short
    /// @throws InterruptedException if the waiting thread was interrupted; the body goes on
    @SuppressWarnings("overloads")
    public void shield(String name, JobAction body) throws InterruptedException {
        this.<@Nullable Void>runShielded(Checks.name(name), action(body)).valueOrThrow();
    }

    private <T extends @Nullable Object> JobImpl<T> runShielded(String name, Object body) throws InterruptedException {
        Stack.ensureRoom();
        ensureWhole();
        try {
            ensureAccepts();
            return startShielded(name, body);
        } catch (RejectedExecutionException refusal) {
            throw refused(name, refusal);
        }
    }

    private <T extends @Nullable Object> JobImpl<T> startShielded(String name, Object body)
            throws InterruptedException {
        var caller = JobImpl.ofThisThread();
        // What a body's own task scope has forked has no place to give up. The job waits for it all the same.
        var current = JobImpl.currentOrNull();
        var extras = new Extras();
        extras.shielded = true;
        extras.caller = current;
        if (current != null) {
            // Over what the threads here have bound.
            extras.carried = Carried.over(allCarried(), current.allCarried());
        }
        var job = new JobImpl<T>(name, body, new Holding(this, null, null));
        var link = job.link;
        var waiter = new Waiter(Thread.currentThread(), true);
        // Before the start: the failure is the caller's, however soon it comes.
        var _ = Waiters.add(job, waiter);
        int held = 0;
        boolean pushed = false;
        try {
            job.prepare(extras, Observers.isAnyEnabled(observers));
            if (caller != null) {
                // Of what it holds, and of nothing else.
                job.holding = caller.holding.part(this, caller.state & JobImpl.HOLDS);
                held = caller.takeHeld();
            }
            waiter.gaveUp(caller, held);
            boolean pending = job.becomePending(held);
            if (!pending) {
                Places.release(job.holding, held);
            }
            pushed = live.push(link);
            if (pushed) {
                goOn(job, pending, held, Gate.NOTHING);
            }
        } finally {
            if (!pushed) {
                waiter.leave();
                reject(job);
            }
        }
        try {
            if (!pushed) {
                throw rejection();
            }
            Waiting.untilDelivered(caller, job, waiter);
            return job;
        } finally {
            if (!waiter.isDelivered()) {
                // Also where no wait was possible: the places are not to be requested twice.
                Waiters.leave(job, waiter);
            }
            try {
                if (caller != null) {
                    Places.takeBack(caller, held, waiter.requested());
                }
            } finally {
                extras.caller = null;
            }
        }
    }

    /// See [Scheduler#tree].
    ///
    /// @return a frozen picture
    public JobTree tree() {
        Stack.ensureMuchRoom();
        return Pictures.take(this);
    }

    @Override
    public String toString() {
        return title() + " " + standing();
    }

    /// How it stands: `open, 2 active, 1 pending`.
    String standing() {
        return closing + ", " + activeCount() + " active, " + pendingCount() + " pending";
    }

    @Override
    @Nullable
    ClassLoader contextLoader() {
        var loader = contextLoader;
        return loader == null ? contextLoaderIfHeld.get() : loader;
    }

    @Override
    String title() {
        return "Scheduler '" + Texts.printable(name()) + "'";
    }

    @Override
    String refusal() {
        return title() + " is " + closing + "; spawn before close()";
    }

    /// Whether a thread may be yet to come to some of the jobs that it stops.
    boolean isStopping() {
        return stopping.get() > 0 || isStopped();
    }

    @Override
    boolean isStopped() {
        return closing.isCancelling();
    }

    @Override
    @Nullable
    Ending endingOfJobs() {
        return isStopped() ? Ending.CLOSED : endingOfCancel();
    }

    @Override
    @Nullable
    Carried<?> allCarried() {
        return supervisors.first().carried();
    }

    /// While the scheduler drains, only its own jobs may spawn.
    @Override
    void ensureAccepts() {
        if (!closing.isOpen() && !closing.isOpenTo(JobImpl.currentOrNull())) {
            throw rejection();
        }
    }

    /// Runs a step of the engine on a thread that no job can keep from running; where none starts, on a virtual one, or
    /// here. What it throws is logged, wherever it runs.
    @Nullable
    Future<?> runBeside(String role, Runnable step) {
        return runBeside(role, step, false);
    }

    /// The same for user code, which gets a thread of its own.
    @Nullable
    Future<?> callBeside(String role, Runnable code) {
        return runBeside(role, code, true);
    }

    private @Nullable Future<?> runBeside(String role, Runnable action, boolean isUserCode) {
        for (int attempt = 1; ; attempt++) {
            try {
                var name = Texts.printable(name()) + " " + role;
                return isUserCode
                        ? Threads.onOwnDaemon(name, contextLoader(), action)
                        : Threads.onDaemon(name, contextLoader(), action);
            } catch (Throwable noThread) {
                if (attempt == MOST_ATTEMPTS) {
                    runHere(role, action);
                    return null;
                }
                Retry.rest();
            }
        }
    }

    private void runHere(String role, Runnable action) {
        try {
            action.run();
        } catch (StackOverflowError noStack) {
            // Whoever comes next, on another stack, does it.
            throw noStack;
        } catch (Throwable failure) {
            Log.logAbout(Level.ERROR, "", role, " failed", failure);
        }
    }

    /// To be called when it is closed. Handles of its jobs hold what was carried and the class loader until all of them
    /// are done, which may outlive the close.
    void letGoOnceOver() {
        supervisors.atEnd(letGoIfOver);
        // Dekker: they may have ended before they knew of that.
        letGoIfOver();
    }

    /// To be called by who closes it, where memory stays out: its jobs may be what has taken that, and pending ones are
    /// over at once. Who leads the close interrupts those that run.
    void stopForMemory() {
        try {
            stopTogether(Ending.CLOSED);
        } catch (Throwable noMemory) {
            // Who comes next tries again.
        }
    }

    /// Made beforehand: where its jobs have taken all memory, to cancel them is what gives it back.
    CancelQueue cancelQueue() {
        var spare = spareQueue.getAndSet(null);
        return spare == null ? new CancelQueue() : spare;
    }

    void giveBack(CancelQueue empty) {
        spareQueue.set(empty);
    }

    /// Cancels all jobs because of the close, which may be over before this is.
    void cancelToClose() {
        try {
            cancelForClose();
        } finally {
            letGoIfClosed();
        }
    }

    private void letGoIfClosed() {
        if (closing.hasEndedJobs()) {
            letGoIfOver();
        }
    }

    private void letGoIfOver() {
        if (isOver()) {
            supervisors.letGo();
            contextLoader = null;
        }
    }

    /// Has those that wait for room see that they may not spawn any more.
    void wakeSpawners() {
        if (gate != null) {
            gate.wakeSpawners();
        }
    }

    @Override
    void start(Task task, boolean inOrder) {
        supervisors.start(task, inOrder);
    }

    @Override
    Supervisor supervisor() {
        var first = supervisors.first();
        first.ensureStarted();
        return first;
    }

    /// To be called when it is closed.
    void endStallWatch() {
        if (stallWatch != null) {
            stallWatch.end();
        }
    }

    /// To be called when a job has to wait for a place.
    void watchStalls() {
        if (stallWatch != null) {
            stallWatch.begin();
        }
    }

    @Override
    int takeFailure(JobImpl<?> job, Throwable failure, boolean outcome) {
        return 0;
    }

    /// To be called before a job is done whose failure nobody may be waiting for, or whose spawn is refused after
    /// observers have heard of it.
    void beginReport(JobImpl<?> job) {
        reporting.add(job);
    }

    /// Of the jobs whose failure is on its way to the failure handler, one for each job whose thread waits for that.
    Map<JobImpl<?>, JobImpl<?>> reportingBelow() {
        var below = new HashMap<JobImpl<?>, JobImpl<?>>();
        reporting.stream().forEach(job -> {
            if (job.scope() instanceof BranchScope branch && branch.isJoining()) {
                below.put(branch.owner, job);
            }
        });
        return below;
    }

    /// The failure handler knows, or somebody who waited; or observers have heard of the end.
    void endReport(JobImpl<?> job) {
        reporting.remove(job);
        if (reporting.isEmpty()) {
            closing.wakeLeader();
            letGoIfClosed();
        }
    }

    /// Closes because the JVM exits.
    void closeAtExit() {
        long close = exitCloseNanos();
        closing.close(Math.min(Checks.nanos(options.exitWait()), MOST_EXIT_NANOS - close), close);
    }

    /// To be called now and then while it closes because the JVM exits, always with the same.
    void checkExiting(Exits exits) {
        closing.checkExiting(exits, exitCloseNanos());
    }

    private long exitCloseNanos() {
        return Math.min(Checks.nanos(options.closeTimeout()), MOST_EXIT_NANOS);
    }

    /// Closes itself if it was left half-way.
    void ensureWhole() {
        var known = trouble;
        if (known != null) {
            trouble = null;
            try {
                breakDown(known);
                supervisors.replace();
            } catch (Throwable noMemory) {
                // Whoever comes next does it.
                trouble = known;
                throw noMemory;
            }
        }
    }

    /// The engine itself broke: says so, and closes at once.
    void breakDown(Throwable trouble) {
        closing.closeElsewhere(0, Checks.nanos(options.closeTimeout()));
        var what = ": an internal error; it closes itself, and its jobs are cancelled";
        Log.logAbout(Level.ERROR, "", this, what, trouble);
    }

    /// Whether every job is done and every failure reported. If all are done it takes no more.
    boolean isOver() {
        return live.sealOrNewest() == null && reporting.isEmpty();
    }
}
