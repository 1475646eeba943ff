package io.jobtree.scheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The handle of a job: what users ask and tell it.
final class JobImpl<T extends @Nullable Object> extends Lifecycle implements Job<T> {
    private static final AtomicLong IDS = new AtomicLong();

    private final long id = IDS.incrementAndGet();
    private final long spawnedNanos = System.nanoTime();

    /// A name, [JobOptions], or null for an unnamed job.
    private final @Nullable Object label;

    JobImpl(Scope scope, @Nullable Object label, Object body) {
        super(scope, body);
        this.label = label;
    }

    static @Nullable JobImpl<?> currentOrNull() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    /// The job whose own thread this is; not one that a body's own task scope has forked.
    static @Nullable JobImpl<?> ofThisThread() {
        var current = currentOrNull();
        return current != null && current.isOnItsThread() ? current : null;
    }

    /// Whether this thread runs the body; not one that a body's own task scope has forked.
    boolean isOnItsThread() {
        return thread == Thread.currentThread();
    }

    /// Takes what the options and observers add, before anybody else knows the job.
    void prepare(@Nullable Extras given) {
        extras = given;
        if (label instanceof JobOptions options) {
            if (options.carried().length > 0) {
                extras().carrier = Carried.capture(null, options.carried());
            }
            if (options.timeoutOrNull() != null) {
                extras();
            }
        }
        var observers = scope.scheduler().options().observers();
        var observation = Observers.areThere(observers) ? Observers.spawned(this, observers) : null;
        if (observation != null) {
            var own = extras();
            own.observation(observation);
            tellEarlyEnd(own);
        }
    }

    /// An observer may cancel the job that it is being told of, or have another thread do that.
    private void tellEarlyEnd(Extras own) {
        var untold = hasEndedEarly() ? own.takeObservation() : null;
        if (untold != null) {
            untold.ended(doneOutcome());
        }
    }

    /// Whether it has ended; if it is about to, waits for that.
    private boolean hasEndedEarly() {
        // A write, so that who ends the job after this sees what was written before it.
        for (int now = state; !casState(now, now); now = state) {
            Thread.onSpinWait();
        }
        if (phase(state) == FINISHING) {
            Waiting.untilDone(this);
        }
        return isDone();
    }

    private Extras extras() {
        var current = extras;
        if (current == null) {
            current = new Extras();
            extras = current;
        }
        return current;
    }

    /// Starts the clock of the timeout, once the scope has the job.
    void armTimer() {
        var own = extras;
        var timeout = label instanceof JobOptions options ? options.timeoutOrNull() : null;
        if (timeout != null && own != null) {
            own.timer(Timers.after(timeout, () -> timeOut(timeout)));
            if (isDone()) {
                own.cancelTimer();
            }
        }
    }

    void timeOut(Duration timeout) {
        var failure = new JobTimeoutException(this + " timed out after " + timeout);
        cancel(new Outcome.Failed<>(failure), Ending.because(CancelReason.DEADLINE, this));
    }

    /// Tells of a failure that nobody owns: of a job that has ended, or will not.
    void report(Observers.@Nullable Observation observed, Throwable failure) {
        if (observed != null) {
            observed.unobserved(failure);
        }
        scope.scheduler().report(this, failure);
    }

    void notStarted(Throwable failure) {
        end(new Outcome.Failed<>(failure));
    }

    boolean cancelWith(Outcome.Cancelled<?> ending) {
        return cancel(ending, Ending.below(this, ending));
    }

    @Override
    JobImpl<?> self() {
        return this;
    }

    @Override
    @Nullable
    Gate sharedGate() {
        var own = extras;
        var lender = own == null ? null : own.lender;
        if (lender != null) {
            return lender.sharedGate();
        }
        var limit = label instanceof JobOptions options ? options.limitOrNull() : null;
        return limit == null ? null : limit.gate();
    }

    boolean isShielded() {
        var own = extras;
        return own != null && own.shielded;
    }

    boolean isSupervised() {
        return label instanceof JobOptions options && options.supervision();
    }

    int childLimitOrZero() {
        return label instanceof JobOptions options ? options.childLimitOrZero() : 0;
    }

    String threadName() {
        var given = givenName();
        return given == null ? "" : given;
    }

    private @Nullable String givenName() {
        return label instanceof JobOptions options ? options.nameOrNull() : (String) label;
    }

    ScopedValue.@Nullable Carrier carrier() {
        var own = extras;
        return own == null ? null : own.carrier;
    }

    int depth() {
        return scope.depth();
    }

    @Nullable
    JobImpl<?> parentOrNull() {
        return scope instanceof BranchScope branchScope ? branchScope.owner : null;
    }

    Duration age() {
        return Duration.ofNanos(System.nanoTime() - spawnedNanos);
    }

    JobCancelledException cancelledException(Outcome.Cancelled<?> cancelled) {
        return new JobCancelledException(Ending.text(cancelled, this), cancelled.reason());
    }

    T valueOrThrow() {
        return switch (this.<T>doneOutcome()) {
            case Outcome.Succeeded<T>(var value) -> value;
            case Outcome.Failed<T>(var failure) ->
                throw new JobFailedException(this + ": " + failure + laterFailures(), failure);
            case Outcome.Cancelled<T> cancelled -> throw cancelledException(cancelled);
        };
    }

    private String laterFailures() {
        var own = branch;
        int later = own == null ? 0 : own.laterFailures();
        return later == 0 ? "" : " (the first failure; " + later + " later, at most 16 of them suppressed on it)";
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String name() {
        var given = givenName();
        return given == null ? "job-" + id : given;
    }

    @Override
    public String path() {
        var given = givenName();
        return given == null ? scope.path() + "/job-" + id : scope.path() + '/' + given;
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
        return scope.scheduler();
    }

    @Override
    public JobOptions options() {
        return switch (label) {
            case JobOptions options -> options;
            case String name -> JobOptions.named(name);
            case null, default -> JobOptions.unnamed();
        };
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
        awaitDone(timeout);
        return valueOrThrow();
    }

    @Override
    public Outcome<T> await() throws InterruptedException {
        Waiting.until(this, Waiting.FOREVER, true);
        return doneOutcome();
    }

    @Override
    public Outcome<T> await(Duration timeout) throws InterruptedException, TimeoutException {
        awaitDone(timeout);
        return doneOutcome();
    }

    private void awaitDone(Duration timeout) throws InterruptedException, TimeoutException {
        Checks.notNegative(timeout, "timeout");
        if (!Waiting.until(this, Checks.nanos(timeout), true)) {
            throw new TimeoutException(this + " is not done after " + timeout + "; it goes on");
        }
    }

    @Override
    public boolean cancel() {
        return cancelWith(Ending.REQUESTED);
    }

    @Override
    public boolean cancelAndJoin(Duration timeout) throws InterruptedException {
        Checks.notNegative(timeout, "timeout");
        Waiting.ensureNotBelow(currentOrNull(), this);
        cancel();
        return Waiting.until(this, Checks.nanos(timeout), false);
    }

    @Override
    public CompletableFuture<T> toCompletableFuture() {
        return JobFuture.of(this);
    }

    @Override
    public Optional<Instant> deadline() {
        Instant nearest = null;
        for (JobImpl<?> job = this; job != null; job = job.parentOrNull()) {
            var own = job.ownDeadline();
            if (own != null && (nearest == null || own.isBefore(nearest))) {
                nearest = own;
            }
        }
        return Optional.ofNullable(nearest);
    }

    private @Nullable Instant ownDeadline() {
        var timeout = label instanceof JobOptions options ? options.timeoutOrNull() : null;
        return timeout == null ? null : spawnedAt().plusNanos(Checks.nanos(timeout));
    }

    @Override
    public Instant spawnedAt() {
        return Timers.instant(spawnedNanos);
    }

    @Override
    public Optional<Instant> startedAt() {
        long started = startedNanos;
        return started == 0 ? Optional.empty() : Optional.of(Timers.instant(started));
    }

    @Override
    public Optional<Thread> thread() {
        // A thread that starts to find its job cancelled is not the body's.
        var running = thread;
        return running == null || isDone() || state() == JobState.PENDING ? Optional.empty() : Optional.of(running);
    }

    @Override
    public JobTree tree() {
        return JobTree.of(this);
    }

    @Override
    public String toString() {
        return "Job '" + path() + "' #" + id + " " + state();
    }
}
