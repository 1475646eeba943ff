package io.jobtree.scheduler;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import kotlin.internal.LowPriorityInOverloadResolution;
import org.jspecify.annotations.Nullable;

/// The root of a job tree: jobs are spawned into it, and when it is closed all of them have ended.
///
/// ```java
/// try (var jobs = Scheduler.open("orders")) {
///     Job<User> user = jobs.spawn("user", () -> users.load(id));
///     jobs.spawn("mail", () -> mails.send(id));
///     show(user.join());
/// }                                                   // waits for the mail too
/// ```
///
/// A failure stays in its job: no other job is cancelled. It is delivered to whoever is waiting for
/// the job when it fails, else to the [FailureHandler]. At most [SchedulerOptions#limit] jobs of the
/// scheduler's own scope run at once.
///
/// A scheduler that is dropped without `close` is reported in the log once it is collected, which is
/// when its last job has ended; one that is still open when the JVM exits is reported on the error
/// stream.
///
/// **Threads:** any thread may call anything; a job must not close its own scheduler. **Memory:** what
/// precedes `spawn` happens-before the body; what jobs did happens-before `close` returns.
public final class Scheduler extends Scope implements JobScope, AutoCloseable {
    private final SchedulerOptions options;
    private final Supervisor supervisor;
    private final OpenSchedulers.Entry entry;
    private final Closing closing = new Closing(this);
    private final @Nullable ClassLoader contextLoader = Thread.currentThread().getContextClassLoader();

    /// The jobs that are done, or about to be, and whose failure is not reported yet.
    private final Set<JobImpl<?>> reporting = ConcurrentHashMap.newKeySet(0);

    private final @Nullable StallWatch stallWatch;

    /// What came up where the engine must not stop half-way: the stack ran out. Written where there is no room
    /// to call anything; who comes next, on another stack, closes the scheduler.
    volatile @Nullable Throwable trouble;

    private Scheduler(SchedulerOptions options) {
        super(gateOf(options));
        this.options = options;
        this.supervisor =
                new Supervisor(Text.printable(options.name()), Carried.capture(null, options.carried()), contextLoader);
        this.stallWatch = options.stallWarning()
                .map(patience -> new StallWatch(this, patience))
                .orElse(null);
        this.entry = OpenSchedulers.add(this, supervisor);
    }

    private static @Nullable Gate gateOf(SchedulerOptions options) {
        return options.limit().isEmpty()
                ? null
                : new Gate(
                        JobImpl.HOLDS_SCOPE,
                        options.limit().getAsInt(),
                        options.pendingLimit().orElse(Integer.MAX_VALUE));
    }

    /// Opens a scheduler with the default options, named `scheduler`: at most 100 of its own jobs run at
    /// once, and further ones are pending until one of them ends or waits for a job. So jobs that wait for
    /// each other by other means, such as 101 that meet at a latch, need
    /// [SchedulerOptions#withoutLimit] or [Job#blocking].
    ///
    /// @return the scheduler
    /// @throws IllegalStateException if this JDK is none of those that Jobtree knows, 25 to 28
    public static Scheduler open() {
        return open("scheduler");
    }

    /// Opens a scheduler with the default options.
    ///
    /// @param name its name; need not be unique
    /// @return the scheduler
    /// @throws IllegalStateException if this JDK is none of those that Jobtree knows, 25 to 28
    /// @throws IllegalArgumentException if the name is blank
    public static Scheduler open(String name) {
        return open(SchedulerOptions.named(name));
    }

    /// Opens a scheduler.
    ///
    /// @param options how
    /// @return the scheduler
    /// @throws IllegalStateException if this JDK is none of those that Jobtree knows, 25 to 28
    public static Scheduler open(SchedulerOptions options) {
        Objects.requireNonNull(options, "options");
        Stack.ensureMuchRoom();
        ThreadScope.ensureAvailable();
        EngineClasses.ensureInitialized();
        var scheduler = new Scheduler(options);
        try {
            Observers.opened(scheduler);
        } catch (Throwable noMemory) {
            // Nobody will have it.
            scheduler.entry().closed();
            throw noMemory;
        }
        return scheduler;
    }

    /// How many places of its limit are held: of jobs that run, and do not wait in `join` or another wait that
    /// gives them up. Shielded jobs have those of their callers.
    ///
    /// @return the number of places, at most [SchedulerOptions#limit]; 0 without a limit
    public int takenPlaces() {
        return gate == null ? 0 : gate.taken();
    }

    /// Every scheduler that is open in this process.
    ///
    /// @return a snapshot, oldest first, unmodifiable
    public static List<Scheduler> all() {
        return OpenSchedulers.all();
    }

    /// The options that the scheduler was opened with.
    ///
    /// @return the options
    public SchedulerOptions options() {
        return options;
    }

    @Override
    public String name() {
        return options.name();
    }

    /// Whether closing has begun.
    ///
    /// @return true from the moment that `close` begins
    public boolean isClosed() {
        return !closing.isOpen();
    }

    /// Closes the scheduler: waits up to [SchedulerOptions#waitTimeout] for its jobs; see
    /// [#close(Duration)].
    ///
    /// @throws IllegalStateException if a job of this scheduler calls it
    @Override
    public void close() {
        close(options.waitTimeout());
    }

    /// Closes the scheduler. Spawns from outside are refused from now on; running jobs may still spawn
    /// while this waits for them. After `wait` all that is left is cancelled, and given
    /// [SchedulerOptions#closeTimeout] to end. What still runs then is logged, reported to the
    /// [FailureHandler] with its stack, and returned.
    ///
    /// When it returns, the failure handler has been called for every failure, unless that takes longer than
    /// the `closeTimeout`. Every concurrent caller returns only when it is over. A caller that is
    /// interrupted cancels at once, and keeps its flag.
    ///
    /// @param wait how long to wait for jobs before they are cancelled; zero cancels at once
    /// @return the jobs that would not stop, and still run
    /// @throws IllegalStateException if a job of this scheduler calls it
    /// @throws IllegalArgumentException if `wait` is negative
    public List<Job<?>> close(Duration wait) {
        Checks.notNegative(wait, "wait");
        Stack.ensureRoom();
        ensureWhole();
        return closing.close(Checks.nanos(wait), Checks.nanos(options.closeTimeout()));
    }

    /// Runs a body that the caller's cancellation does not reach, and waits for it: an interrupt ends
    /// the wait, not the body. It counts in no limit, `cancel` leaves it alone, and `close` waits for
    /// it and then cancels it like any other job.
    ///
    /// A job that calls this lends its places in limits to the body.
    ///
    /// @param name the name of the job that runs the body
    /// @param body what is not to be cut short
    /// @param <T> the type of the result
    /// @return what the body returned
    /// @throws InterruptedException if the waiting thread was interrupted; the body goes on
    /// @throws JobFailedException if the body failed; its cause is the failure, the same object
    /// @throws JobCancelledException if the scheduler was closed and the body cancelled
    /// @throws RejectedExecutionException if the scheduler is closed
    @SuppressWarnings("overloads")
    public <T extends @Nullable Object> T shield(String name, Callable<? extends T> body) throws InterruptedException {
        return this.<T>runShielded(Checks.name(name), Objects.requireNonNull(body, "body"))
                .valueOrThrow();
    }

    /// As [#shield(String, Callable)], for a body without a result.
    ///
    /// @param name the name of the job that runs the body
    /// @param body what is not to be cut short
    /// @throws InterruptedException if the waiting thread was interrupted; the body goes on
    /// @throws JobFailedException if the body failed; its cause is the failure, the same object
    /// @throws JobCancelledException if the scheduler was closed and the body cancelled
    /// @throws RejectedExecutionException if the scheduler is closed
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    public void shield(String name, JobAction body) throws InterruptedException {
        this.<@Nullable Void>runShielded(Checks.name(name), action(body)).valueOrThrow();
    }

    private <T extends @Nullable Object> JobImpl<T> runShielded(String name, Object body) throws InterruptedException {
        Stack.ensureRoom();
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
        var extras = new Extras();
        extras.shielded = true;
        extras.caller = caller;
        var job = new JobImpl<T>(this, name, body, caller == null ? Holding.NONE : caller.holding);
        var link = job.link;
        var waiter = new Waiter(Thread.currentThread(), true);
        // Before the start: the failure is the caller's, however soon it comes.
        boolean waits = Waiters.add(job, waiter);
        int held = 0;
        boolean pushed = false;
        try {
            job.prepare(extras);
            held = caller == null ? 0 : caller.takeHeld();
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
                throw new RejectedExecutionException(refusal());
            }
            if (waits) {
                Waiting.untilDelivered(job, waiter);
            }
            return job;
        } finally {
            if (!waiter.isDelivered()) {
                // Also where no wait was possible: the places are not to be requested twice.
                Waiters.leave(job, waiter);
            }
            if (caller != null) {
                Places.takeBack(caller, held, waiter.hasRequested());
            }
        }
    }

    @Override
    public JobTree tree() {
        Stack.ensureMuchRoom();
        return JobTree.of(this);
    }

    @Override
    public String toString() {
        return "Scheduler '" + Text.printable(name()) + "' " + standing();
    }

    /// How it stands: `open, 2 active, 1 pending`.
    String standing() {
        return closing + ", " + activeCount() + " active, " + pendingCount() + " pending";
    }

    @Override
    public Scheduler scheduler() {
        return this;
    }

    @Override
    int depth() {
        return 0;
    }

    @Override
    boolean isUnderShield() {
        return false;
    }

    @Override
    String shown() {
        return Text.printable(name());
    }

    @Override
    @Nullable
    ClassLoader contextLoader() {
        return contextLoader;
    }

    @Override
    String refusal() {
        return "Scheduler '" + Text.printable(name()) + "' is " + closing + "; spawn before close()";
    }

    @Override
    void ensureAccepts() {
        ensureOpenToThisThread();
    }

    /// While the scheduler drains, only its own jobs may spawn.
    void ensureOpenToThisThread() {
        if (!closing.isOpen() && !closing.isOpenTo(JobImpl.currentOrNull())) {
            throw new RejectedExecutionException(refusal());
        }
    }

    void refuseSpawners() {
        if (gate != null) {
            gate.refuseSpawners();
        }
    }

    @Override
    void start(Task task) {
        supervisor.add(task);
        supervisor.ensureStarted();
    }

    @Override
    Supervisor supervisor() {
        supervisor.ensureStarted();
        return supervisor;
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

    /// Has the supervisor look for jobs for which no thread could be started.
    void rescueLater() {
        supervisor.rescue(this);
    }

    @Override
    boolean takesFailure(JobImpl<?> job, Throwable failure, boolean outcome) {
        return false;
    }

    /// Calls the observers and the failure handler; what that throws is logged with the failure.
    void report(JobImpl<?> job, Observers.@Nullable Observation observed, Throwable failure) {
        Observers.within(observed, () -> reportHere(job, observed, failure));
    }

    private void reportHere(JobImpl<?> job, Observers.@Nullable Observation observed, Throwable failure) {
        if (observed != null) {
            observed.unobserved(failure);
        }
        try {
            options.failureHandler().onFailure(job, failure);
        } catch (Throwable thrown) {
            Log.handlerThrew(job, failure, thrown);
        }
    }

    /// To be called before a job is done whose failure nobody may be waiting for, or whose spawn is refused after
    /// observers have heard of it.
    void beginReport(JobImpl<?> job) {
        reporting.add(job);
    }

    /// The failure handler knows, or somebody who waited; or observers have heard of the end.
    void endReport(JobImpl<?> job) {
        reporting.remove(job);
        if (reporting.isEmpty()) {
            closing.wakeLeader();
        }
    }

    /// The jobs whose failure is still on its way to the failure handler.
    Set<JobImpl<?>> reporting() {
        return reporting;
    }

    /// Closes because the JVM exits; takes no longer than this in all.
    void closeAtExit(long mostNanos) {
        long most = mostNanos - Closing.REPORT_NANOS;
        long close = exitCloseNanos(most);
        closing.close(Math.min(Checks.nanos(options.exitWait()), most - close), close);
    }

    /// To be called now and then while it closes because the JVM exits.
    void checkExiting(long mostNanos) {
        closing.checkExiting(exitCloseNanos(mostNanos - Closing.REPORT_NANOS));
    }

    private long exitCloseNanos(long most) {
        return Math.min(Checks.nanos(options.closeTimeout()), most);
    }

    /// Closes itself if it was left half-way.
    void ensureWhole() {
        var known = trouble;
        if (known != null) {
            trouble = null;
            supervisor.replace();
            breakDown(known);
        }
    }

    /// The engine itself broke: says so, and closes at once.
    void breakDown(Throwable trouble) {
        Log.log(Level.ERROR, this + ": an internal error; it closes itself, and its jobs are cancelled", trouble);
        closing.closeElsewhere(0, Checks.nanos(options.closeTimeout()));
    }

    /// Whether every job is done and every failure reported. If all are done it takes no more.
    boolean isOver() {
        return live.sealOrNewest() == null && reporting.isEmpty();
    }

    OpenSchedulers.Entry entry() {
        return entry;
    }
}
