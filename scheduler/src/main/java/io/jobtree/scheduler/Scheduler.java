package io.jobtree.scheduler;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
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
/// A failure stays in its job: nobody's neighbours are cancelled. It is owned by whoever is waiting for
/// the job when it fails, else by the [FailureHandler]. At most [SchedulerOptions#limit] jobs of the
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
    private boolean supervised;

    /// How many jobs are done, or about to be, whose failure is not told yet.
    private final AtomicInteger telling = new AtomicInteger();

    private Scheduler(SchedulerOptions options) {
        super(gateOf(options));
        this.options = options;
        this.supervisor = new Supervisor(options.name(), Carried.capture(null, options.carried()));
        this.entry = OpenSchedulers.add(this, supervisor);
    }

    private static @Nullable Gate gateOf(SchedulerOptions options) {
        return options.limit().isEmpty()
                ? null
                : new Gate(
                        Admission.HOLDS_SCOPE,
                        options.limit().getAsInt(),
                        options.pendingLimit().orElse(Integer.MAX_VALUE));
    }

    /// Opens a scheduler with the default options, named `scheduler`.
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
        ThreadScope.ensureAvailable();
        var scheduler = new Scheduler(options);
        Observers.opened(scheduler);
        return scheduler;
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
    /// When it returns, the failure handler has been told of every failure, unless that takes longer than
    /// the `closeTimeout`. Every concurrent caller returns only when it is over. A caller that is
    /// interrupted cancels at once, and keeps its flag.
    ///
    /// @param wait how long to wait for jobs before they are cancelled; zero cancels at once
    /// @return the jobs that would not stop, and still run
    /// @throws IllegalStateException if a job of this scheduler calls it
    /// @throws IllegalArgumentException if `wait` is negative
    public List<Job<?>> close(Duration wait) {
        Checks.notNegative(wait, "wait");
        return closing.close(Checks.nanos(wait));
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
    public <T extends @Nullable Object> T shield(String name, Callable<? extends T> body) throws InterruptedException {
        Checks.name(name);
        Objects.requireNonNull(body, "body");
        ensureAccepts();
        var extras = new Extras();
        extras.shielded = true;
        var lender = JobImpl.ofThisThread();
        extras.lender = lender;
        var job = new JobImpl<T>(this, name, body);
        var link = job.link;
        job.prepare(extras);
        var waiter = new Waiter(Thread.currentThread(), true);
        // Before the start: the failure is the caller's, however soon it comes.
        boolean waits = job.add(waiter);
        int lent = lender == null ? 0 : lend(lender, job, waiter);
        try {
            if (!live.push(link)) {
                waiter.leave();
                throw rejected(job);
            }
            job.admit(Gate.NOTHING);
            if (waits) {
                Waiting.untilDelivered(job, waiter);
            }
            return job.valueOrThrow();
        } finally {
            if (lender != null) {
                lender.retake(lent, waiter.wasCalledBack());
            }
        }
    }

    private static int lend(JobImpl<?> lender, JobImpl<?> job, Waiter waiter) {
        int lent = lender.takeHeld();
        waiter.gaveUp(lender, lent);
        if (!job.addIfPending(lent)) {
            lender.release(lent);
        }
        return lent;
    }

    @Override
    public JobTree tree() {
        return JobTree.of(this);
    }

    @Override
    public String toString() {
        return "Scheduler '" + name() + "' " + closing + ", " + activeCount() + " active, " + pendingCount()
                + " pending";
    }

    @Override
    Scheduler scheduler() {
        return this;
    }

    @Override
    String path() {
        return name();
    }

    @Override
    int depth() {
        return 0;
    }

    @Override
    String refusal() {
        return "Scheduler '" + name() + "' is " + closing + "; spawn before close()";
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

    @Override
    void expect(JobImpl<?> job) {}

    @Override
    void dispatch(Link link) {
        supervisor().add(link);
    }

    @Override
    Supervisor supervisor() {
        if (!supervisor.isStarted()) {
            startSupervisor();
        }
        return supervisor;
    }

    private synchronized void startSupervisor() {
        if (!supervised) {
            supervised = true;
            supervisor.startDetached();
        }
    }

    @Override
    boolean takesFailure(JobImpl<?> job, Throwable failure, boolean outcome) {
        return false;
    }

    /// Tells the failure handler; what that throws is logged with what it was told.
    void report(JobImpl<?> job, Throwable failure) {
        try {
            options.failureHandler().onFailure(job, failure);
        } catch (Throwable thrown) {
            Log.handlerThrew(job, failure, thrown);
        }
    }

    /// To be called before a job is done whose failure nobody may be waiting for.
    void beginTelling() {
        telling.incrementAndGet();
    }

    /// The failure handler knows, or somebody who waited.
    void endTelling() {
        if (telling.decrementAndGet() == 0) {
            closing.wakeLeader();
        }
    }

    /// Whether a failure of a job that is done is still on its way to the failure handler.
    boolean isTelling() {
        return telling.get() > 0;
    }

    /// Whether every job is done and every failure told. If all are done it takes no more.
    boolean isOver() {
        return live.sealOrNewest() == null && !isTelling();
    }

    OpenSchedulers.Entry entry() {
        return entry;
    }
}
