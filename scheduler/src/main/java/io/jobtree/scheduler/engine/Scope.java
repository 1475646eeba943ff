package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.BranchAction;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobAction;
import io.jobtree.scheduler.JobBody;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SpawnRefusal.Reason;
import io.jobtree.scheduler.platform.Carried;
import io.jobtree.scheduler.platform.Checks;
import io.jobtree.scheduler.platform.Failures;
import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Stack;
import io.jobtree.scheduler.platform.Task;
import io.jobtree.scheduler.platform.Threads;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a scheduler and a branch job's scope have in common: spawning into it, and looking at what is
/// in it.
@SuppressWarnings("overloads")
public abstract sealed class Scope permits RootScope, BranchScope {
    private static final VarHandle CANCELS = Handles.of(MethodHandles.lookup(), "cancels", int.class);
    private static final VarHandle REJECTED = Handles.of(MethodHandles.lookup(), "rejected", int.class);

    final LiveJobs live = new LiveJobs();

    /// Null without a limit.
    final @Nullable Gate gate;

    /// The path as thread dumps show it.
    final String shown;

    /// The number of branch jobs above.
    final int depth;

    /// Whether a shielded job is above.
    final boolean underShield;

    /// How many threads stop its jobs right now.
    private volatile int cancels;

    /// How many jobs that it did not take are yet to end.
    private volatile int rejected;

    /// What a job needs that asks for no shared limit.
    private final Holding holding;

    Scope(@Nullable Gate gate, String shown, int depth, boolean underShield) {
        this.gate = gate;
        if (gate != null) {
            gate.owner = this;
        }
        this.shown = shown;
        this.depth = depth;
        this.underShield = underShield;
        this.holding = new Holding(this, gate, null);
    }

    /// What it is called.
    public abstract String name();

    /// The scheduler that it belongs to.
    public final Scheduler scheduler() {
        return root().scheduler;
    }

    /// The same, as the engine has it.
    abstract RootScope root();

    /// What it is and what it is called, for messages: to say how it stands takes time for each of its jobs.
    abstract String title();

    /// Why it takes no jobs.
    abstract String refusal();

    /// Whether what is in it was cut short.
    abstract boolean isStopped();

    /// How its jobs end that were stopped with it, or are yet to be; null where nothing stops them.
    abstract @Nullable Ending endingOfJobs();

    /// Throws RejectedExecutionException unless the calling thread may spawn here now.
    abstract void ensureAccepts();

    /// Has a thread started for the task. Throws nothing but for lack of memory.
    ///
    /// @param inOrder whether after all that were given before, not only after those that this thread gave
    abstract void start(Task task, boolean inOrder);

    /// What starts threads for jobs that were not spawned by the body of this scope's job.
    abstract Supervisor supervisor();

    /// What the threads of its jobs have.
    abstract @Nullable ClassLoader contextLoader();

    /// The bindings that are carried to each job in this scope, from everywhere above; null where there are
    /// none.
    abstract @Nullable Carried<?> allCarried();

    /// Makes the failure of a job in it this scope's, if that takes failures, and stops what is in it. The bodies
    /// are yet to be interrupted.
    ///
    /// @param outcome whether it is the job's outcome, and not what it threw after it was cancelled
    /// @return of `TAKEN`, `BEGAN` and `STOPPED_BODY` what is so for this scope's job
    abstract int takeFailure(JobImpl<?> job, Throwable failure, boolean outcome);

    /// Whether a finished job's thread takes the next pending job.
    final boolean reusesThreads() {
        return root().threadReuse;
    }

    /// Has a thread started for a job that has all its places.
    final void startOrStrand(JobImpl<?> job, Link link) {
        try {
            if (!link.isGone()) {
                start(link, job.holding.all() != 0);
            }
        } catch (Throwable noMemory) {
            job.strand();
        }
    }

    private <T extends @Nullable Object> JobImpl<T> launch(@Nullable Object label, Object body) {
        return Objects.requireNonNull(this.<T>launch(label, body, true));
    }

    private <T extends @Nullable Object> Optional<Job<T>> tryLaunch(Object label, Object body) {
        return Optional.ofNullable(this.<T>launch(label, body, false));
    }

    /// Null where there is no room, and it may not wait for that.
    private <T extends @Nullable Object> @Nullable JobImpl<T> launch(
            @Nullable Object label, Object body, boolean mayWait) {
        Stack.ensureRoom();
        root().ensureWhole();
        try {
            ensureAccepts();
            int reserved = gate == null ? Gate.NOTHING : gate.tryReserve();
            if (gate == null || reserved != Gate.NOTHING) {
                return launchReserved(label, body, reserved);
            }
            if (mayWait) {
                // It has its places back only after the new job has used what was reserved for it, which may be the
                // last place.
                return Waiting.whileWithoutPlaces(this, () -> launchReserved(label, body, gate.awaitRoom(this)));
            }
        } catch (RejectedExecutionException refusal) {
            throw refused(label, refusal);
        }
        Observers.refused(this, label, Reason.FULL);
        return null;
    }

    /// What a spawn throws that comes too late.
    final RejectedExecutionException rejection() {
        var current = JobImpl.currentOrNull();
        return isStopped() && current != null && root().equals(current.root()) && current.isToEnd()
                ? new Failures.SpawnRefused(refusal())
                : new RejectedExecutionException(refusal());
    }

    /// Has observers hear of it.
    final RejectedExecutionException refused(@Nullable Object label, RejectedExecutionException refusal) {
        var reason = refusal instanceof Failures.SpawnInterrupted ? Reason.INTERRUPTED : Reason.CLOSED;
        Observers.refused(this, label, reason);
        return refusal;
    }

    private <T extends @Nullable Object> JobImpl<T> launchReserved(
            @Nullable Object label, Object body, int reservedBefore) {
        int reserved = reservedBefore;
        JobImpl<T> job = null;
        boolean pending = false;
        boolean pushed = false;
        int held = 0;
        try {
            boolean observed = Observers.isAnyEnabled(root().observers);
            job = new JobImpl<>(label, body, holding(label));
            if (gate != null && reserved == Gate.PLACE && observed) {
                // An observer may wait for a job that needs this place.
                reserved = Gate.NOTHING;
                returnReservation(Gate.PLACE);
                job.prepare(null, observed);
                reserved = gate.tryTake() ? Gate.PLACE : Gate.NOTHING;
            } else {
                job.prepare(null, observed);
            }
            // With its place, before anyone can see it: it is not to be counted as pending.
            held = reserved == Gate.PLACE ? JobImpl.HOLDS_SCOPE : 0;
            pending = job.becomePending(held);
            pushed = live.push(job.link);
        } finally {
            if (!pushed) {
                returnReservation(pending && held != 0 ? Gate.NOTHING : reserved);
                reject(job);
            }
        }
        if (!pushed) {
            throw rejection();
        }
        goOn(job, pending, held, reserved);
        return job;
    }

    /// From here on nothing throws but for lack of stack: the job is there.
    final void goOn(JobImpl<?> job, boolean pending, int held, int reserved) {
        var root = root();
        try {
            var link = job.link;
            job.armTimer();
            if (!pending) {
                // An observer had it stopped.
                returnReservation(reserved);
                startOrStrand(job, link);
            } else if (held == job.holding.all()) {
                startOrStrand(job, link);
            } else if (held != 0) {
                Places.admitToShared(job);
            } else {
                Places.admit(job, reserved);
            }
        } catch (Throwable trouble) {
            root.trouble = trouble;
            throw trouble;
        }
    }

    /// Ends a job that came too late, and that observers may know. A close that is still under way waits for them, and
    /// so does the job whose scope this is.
    final void reject(@Nullable JobImpl<?> job) {
        if (job == null || !job.stopUnstarted(endingOfRejected())) {
            return;
        }
        int counted = 0;
        try {
            addRejected(1);
            counted = 1;
            root().beginReport(job);
            Threads.start("", null, () -> endRejected(job, 1));
        } catch (Throwable noThread) {
            endRejected(job, counted);
        }
    }

    private Ending endingOfRejected() {
        while (true) {
            try {
                var ending = endingOfJobs();
                return ending != null ? ending : root().isClosed() ? Ending.CLOSED : Ending.REQUESTED;
            } catch (OutOfMemoryError noMemory) {
                Retry.rest();
            }
        }
    }

    /// Nobody else would: so this is tried until there is memory.
    private void endRejected(JobImpl<?> job, int counted) {
        try {
            while (!tryEndRejected(job)) {
                Retry.rest();
            }
        } finally {
            addRejected(-counted);
            if (this instanceof BranchScope branch) {
                LockSupport.unpark(branch.owner.runner());
            }
            root().endReport(job);
        }
    }

    private static boolean tryEndRejected(JobImpl<?> job) {
        try {
            job.runElsewhere(job.link::call);
            if (!job.isDone() && job.runner() != null) {
                // Somebody else has stopped it, whose thread ends it.
                Waiting.untilDone(job);
            }
            return job.isDone();
        } catch (OutOfMemoryError noMemory) {
            return false;
        }
    }

    private void addRejected(int more) {
        var _ = (int) REJECTED.getAndAdd(this, more);
    }

    /// Whether there are jobs that have not ended, those included that it did not take.
    final boolean hasUnfinished() {
        return rejected > 0 || !live.isIdle();
    }

    /// Waits for those that spawners in this scope or below were refused: who waits here comes after these. On the
    /// thread of the job whose scope this is; drops interrupts, and needs no memory.
    final void awaitRejected() {
        while (rejected > 0) {
            LockSupport.park(this);
            var _ = Thread.interrupted();
        }
    }

    private void returnReservation(int reserved) {
        if (gate != null && reserved != Gate.NOTHING) {
            Places.notify(gate.returnReservation(reserved), gate);
        }
    }

    private Holding holding(@Nullable Object label) {
        var shared = label instanceof JobOptions options ? ApiAccess.get().sharedLimit(options) : null;
        return shared == null ? holding : new Holding(this, gate, shared);
    }

    public final <T extends @Nullable Object> Job<T> spawn(String name, Callable<? extends T> body) {
        return launch(Checks.name(name), callable(body));
    }

    public final Job<@Nullable Void> spawn(String name, JobAction body) {
        return launch(Checks.name(name), action(body));
    }

    public final <T extends @Nullable Object> Job<T> spawn(String name, JobBody<? extends T> body) {
        return launch(Checks.name(name), branch(body));
    }

    public final Job<@Nullable Void> spawn(String name, BranchAction body, Void... none) {
        return launch(Checks.name(name), branch(body));
    }

    public final <T extends @Nullable Object> Job<T> spawn(JobOptions options, Callable<? extends T> body) {
        return launch(Objects.requireNonNull(options, "options"), callable(body));
    }

    public final Job<@Nullable Void> spawn(JobOptions options, JobAction body) {
        return launch(Objects.requireNonNull(options, "options"), action(body));
    }

    public final <T extends @Nullable Object> Job<T> spawn(JobOptions options, JobBody<? extends T> body) {
        return launch(Objects.requireNonNull(options, "options"), branch(body));
    }

    public final Job<@Nullable Void> spawn(JobOptions options, BranchAction body, Void... none) {
        return launch(Objects.requireNonNull(options, "options"), branch(body));
    }

    public final <T extends @Nullable Object> Job<T> spawn(Callable<? extends T> body) {
        return launch(null, callable(body));
    }

    public final Job<@Nullable Void> spawn(JobAction body) {
        return launch(null, action(body));
    }

    public final <T extends @Nullable Object> Job<T> spawn(JobBody<? extends T> body) {
        return launch(null, branch(body));
    }

    public final Job<@Nullable Void> spawn(BranchAction body, Void... none) {
        return launch(null, branch(body));
    }

    public final <T extends @Nullable Object> Optional<Job<T>> trySpawn(String name, Callable<? extends T> body) {
        return tryLaunch(Checks.name(name), callable(body));
    }

    public final Optional<Job<@Nullable Void>> trySpawn(String name, JobAction body) {
        return tryLaunch(Checks.name(name), action(body));
    }

    public final <T extends @Nullable Object> Optional<Job<T>> trySpawn(String name, JobBody<? extends T> body) {
        return tryLaunch(Checks.name(name), branch(body));
    }

    public final Optional<Job<@Nullable Void>> trySpawn(String name, BranchAction body, Void... none) {
        return tryLaunch(Checks.name(name), branch(body));
    }

    public final <T extends @Nullable Object> Optional<Job<T>> trySpawn(
            JobOptions options, Callable<? extends T> body) {
        return tryLaunch(Objects.requireNonNull(options, "options"), callable(body));
    }

    public final Optional<Job<@Nullable Void>> trySpawn(JobOptions options, JobAction body) {
        return tryLaunch(Objects.requireNonNull(options, "options"), action(body));
    }

    public final <T extends @Nullable Object> Optional<Job<T>> trySpawn(JobOptions options, JobBody<? extends T> body) {
        return tryLaunch(Objects.requireNonNull(options, "options"), branch(body));
    }

    public final Optional<Job<@Nullable Void>> trySpawn(JobOptions options, BranchAction body, Void... none) {
        return tryLaunch(Objects.requireNonNull(options, "options"), branch(body));
    }

    /// The overload that was called decides what an object is that could be several kinds of body.
    static <T extends @Nullable Object> Callable<T> callable(Callable<T> body) {
        Objects.requireNonNull(body, "body");
        return body instanceof JobBody<?> ? () -> body.call() : body;
    }

    /// The same.
    static JobAction action(JobAction body) {
        Objects.requireNonNull(body, "body");
        return body instanceof Callable<?> || body instanceof JobBody<?> ? () -> body.run() : body;
    }

    private static <T extends @Nullable Object> JobBody<T> branch(JobBody<T> body) {
        Objects.requireNonNull(body, "body");
        return body instanceof Callable<?> ? scope -> body.run(scope) : body;
    }

    private static JobBody<@Nullable Void> branch(BranchAction body) {
        Objects.requireNonNull(body, "body");
        return scope -> {
            body.run(scope);
            return null;
        };
    }

    public final List<Job<?>> jobs() {
        return Collections.unmodifiableList(live.list(job -> !job.isShielded()));
    }

    public final boolean contains(Job<?> job) {
        Objects.requireNonNull(job, "job");
        return job instanceof JobImpl<?> known && known.scope() == this && !known.isShielded() && !known.isDone();
    }

    public final int activeCount() {
        return live.count(job -> !job.isShielded() && Places.missing(job) == null);
    }

    public final int pendingCount() {
        return live.count(job -> !job.isShielded() && Places.missing(job) != null);
    }

    public final void awaitIdle() throws InterruptedException {
        awaitIdle(Waiting.FOREVER);
    }

    public final boolean awaitIdle(Duration timeout) throws InterruptedException {
        Checks.notNegative(timeout, "timeout");
        return awaitIdle(Checks.nanos(timeout));
    }

    private boolean awaitIdle(long nanos) throws InterruptedException {
        Stack.ensureRoom();
        root().ensureWhole();
        Waiting.ensureNotIn(this);
        var idle = new Pictures.Idle(this);
        Waiting.ensureNotInterrupted(idle);
        long start = System.nanoTime();
        return live.isIdle() || Waiting.whileWithoutPlaces(idle, () -> awaitAll(start, nanos));
    }

    private boolean awaitAll(long start, long nanos) throws InterruptedException {
        for (var newest = newestLink(); newest != null; newest = newestLink()) {
            for (var link = newest; link != null; link = link.older) {
                var job = link.unfinished();
                if (job != null && !awaitJob(job, start, nanos)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean awaitJob(JobImpl<?> job, long start, long nanos) throws InterruptedException {
        var waiter = new Waiter(Thread.currentThread(), false);
        return !Waiters.add(job, waiter) || Waiting.park(job, waiter, start, nanos);
    }

    /// By its link: who waits is not to hold a job that is done.
    private @Nullable Link newestLink() {
        var newest = live.newest();
        return newest == null ? null : newest.link;
    }

    public final void cancel() {
        Stack.ensureRoom();
        try {
            stopTogether(Ending.REQUESTED);
        } finally {
            interruptJobs();
        }
    }

    /// Stops the jobs, and those below them; one that throws meanwhile because of another is stopped as well.
    final void stopTogether(Ending given) {
        var stopping = root().stopping;
        addCancels(1);
        stopping.getAndIncrement();
        try {
            stopJobs(given);
        } finally {
            stopping.getAndDecrement();
            addCancels(-1);
        }
    }

    private void addCancels(int more) {
        var _ = (int) CANCELS.getAndAdd(this, more);
    }

    /// The same where a thread is in `cancel`, and may be yet to come to some of them.
    final @Nullable Ending endingOfCancel() {
        return cancels > 0 ? Ending.REQUESTED : null;
    }

    /// Cancels the jobs, and those below them, because of a close.
    final void cancelForClose() {
        try {
            stopJobs(Ending.CLOSED);
        } finally {
            interruptJobs();
        }
    }

    private void interruptJobs() {
        // First: an interrupt may hang.
        CancelNotices.begin(root(), null, this);
        Interrupts.deliver(null, this);
    }

    /// Stops the jobs, and those below them without recursion. Their bodies are yet to be interrupted.
    final void stopJobs(Ending ending) {
        var queue = root().cancelQueue();
        try {
            cancelDirect(ending, queue);
        } finally {
            for (var scope = queue.poll(); scope != null; scope = queue.poll()) {
                scope.sealAndStop(queue);
            }
            root().giveBack(queue);
        }
    }

    /// Queues the scopes below. A shielded job is stopped by a close alone.
    final void cancelDirect(Ending ending, CancelQueue queue) {
        for (var link = live.top(); link != null; link = link.older) {
            var job = link.unfinished();
            if (job != null
                    && (ending.isClose() || !job.isShielded())
                    && (job.stop(ending) & JobImpl.STOPPED_BODY) != 0) {
                queue.add(job.branch);
            }
        }
    }

    /// Whether there is such a job among the unfinished ones of this scope and of all scopes below.
    final boolean anyBelow(Predicate<JobImpl<?>> test) {
        var found = new boolean[1];
        eachBelow(job -> found[0] = found[0] || test.test(job));
        return found[0];
    }

    /// Visits the unfinished jobs of this scope and of all scopes below, each before those below it, and the
    /// newest of a scope first. Needs memory for one way down alone: want of it may end only by what the
    /// visitor does.
    final void eachBelow(Consumer<JobImpl<?>> visitor) {
        Deque<Link> above = null;
        var link = live.top();
        while (true) {
            while (link != null) {
                var job = link.unfinished();
                Link below = null;
                if (job != null) {
                    visitor.accept(job);
                    var branch = job.branch;
                    below = branch == null ? null : branch.live.top();
                }
                if (below != null) {
                    above = above == null ? new ArrayDeque<>() : above;
                    above.push(link);
                }
                link = below == null ? link.older : below;
            }
            if (above == null || above.isEmpty()) {
                return;
            }
            link = above.pop().older;
        }
    }
}
