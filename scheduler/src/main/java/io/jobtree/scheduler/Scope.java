package io.jobtree.scheduler;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import kotlin.internal.LowPriorityInOverloadResolution;
import org.jspecify.annotations.Nullable;

/// What a scheduler and a branch job's scope have in common: spawning into it, and looking at what is
/// in it.
@SuppressWarnings("overloads")
abstract sealed class Scope implements JobScope permits Scheduler, BranchScope {
    final LiveJobs live = new LiveJobs();

    /// Null without a limit.
    final @Nullable Gate gate;

    Scope(@Nullable Gate gate) {
        this.gate = gate;
    }

    @Override
    public abstract Scheduler scheduler();

    /// The names from the scheduler down to this scope.
    abstract String path();

    /// Starts threads for jobs that were not spawned by the body of this scope's job.
    abstract Supervisor supervisor();

    /// Whether a finished job's thread takes the next pending job.
    final boolean reusesThreads() {
        return scheduler().options().threadReuse();
    }

    /// The number of branch jobs above.
    abstract int depth();

    /// Why it takes no jobs.
    abstract String refusal();

    /// Throws RejectedExecutionException unless the calling thread may spawn here now.
    abstract void ensureAccepts();

    /// Hears of a job before anyone else can see it.
    abstract void expect(JobImpl<?> job);

    /// Gets the job a thread.
    abstract void dispatch(Link link);

    /// Whether this scope owns the failure of a job in it: its outcome, or what it threw after it was
    /// cancelled.
    abstract boolean takesFailure(JobImpl<?> job, Throwable failure, boolean outcome);

    private <T extends @Nullable Object> JobImpl<T> launch(@Nullable Object label, Object body) {
        ensureAccepts();
        int reserved = gate == null ? Gate.NOTHING : gate.tryReserve();
        return gate != null && reserved == Gate.NOTHING ? awaitRoom(gate, label, body) : launch(label, body, reserved);
    }

    /// A job that has to wait for room gives its places up meanwhile. It has them back only after the
    /// new job has used what was reserved for it, which may be the last place.
    private <T extends @Nullable Object> JobImpl<T> awaitRoom(Gate gate, @Nullable Object label, Object body) {
        var self = JobImpl.ofThisThread();
        if (self == null) {
            return launch(label, body, gate.awaitRoom(this));
        }
        int held = self.takeHeld();
        self.release(held);
        self.waitsFor = this;
        try {
            return launch(label, body, gate.awaitRoom(this));
        } finally {
            self.retake(held, false);
            self.waitsFor = null;
        }
    }

    private <T extends @Nullable Object> JobImpl<T> launch(@Nullable Object label, Object body, int reserved) {
        var job = new JobImpl<T>(this, label, body);
        var link = job.link;
        job.prepare(null);
        // Before anyone can see it: a job that has a place is not to be counted as pending.
        boolean placed = gate != null && reserved == Gate.PLACE && job.grant(gate.bit) != null;
        expect(job);
        if (!live.push(link)) {
            if (gate != null && !placed) {
                Admission.tell(gate.giveBack(reserved));
            }
            throw rejected(job);
        }
        job.armTimer();
        if (placed) {
            job.proceed();
        } else {
            job.admit(reserved);
        }
        return job;
    }

    /// Ends a job that observers were told of, and that came too late.
    final RejectedExecutionException rejected(JobImpl<?> job) {
        job.cancelWith(scheduler().isClosed() ? Ending.CLOSED : Ending.REQUESTED);
        return new RejectedExecutionException(refusal());
    }

    @Override
    public final <T extends @Nullable Object> Job<T> spawn(String name, Callable<? extends T> body) {
        return launch(Checks.name(name), Objects.requireNonNull(body, "body"));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final Job<@Nullable Void> spawn(String name, JobAction body) {
        return launch(Checks.name(name), action(body));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final <T extends @Nullable Object> Job<T> spawn(String name, JobBody<? extends T> body) {
        return launch(Checks.name(name), branch(body));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final Job<@Nullable Void> spawn(String name, BranchAction body, Void... none) {
        return launch(Checks.name(name), branch(body));
    }

    @Override
    public final <T extends @Nullable Object> Job<T> spawn(JobOptions options, Callable<? extends T> body) {
        return launch(Objects.requireNonNull(options, "options"), Objects.requireNonNull(body, "body"));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final Job<@Nullable Void> spawn(JobOptions options, JobAction body) {
        return launch(Objects.requireNonNull(options, "options"), action(body));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final <T extends @Nullable Object> Job<T> spawn(JobOptions options, JobBody<? extends T> body) {
        return launch(Objects.requireNonNull(options, "options"), branch(body));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final Job<@Nullable Void> spawn(JobOptions options, BranchAction body, Void... none) {
        return launch(Objects.requireNonNull(options, "options"), branch(body));
    }

    @Override
    public final <T extends @Nullable Object> Job<T> spawn(Callable<? extends T> body) {
        return launch(null, Objects.requireNonNull(body, "body"));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final Job<@Nullable Void> spawn(JobAction body) {
        return launch(null, action(body));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final <T extends @Nullable Object> Job<T> spawn(JobBody<? extends T> body) {
        return launch(null, branch(body));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final Job<@Nullable Void> spawn(BranchAction body, Void... none) {
        return launch(null, branch(body));
    }

    @Override
    public final <T extends @Nullable Object> Optional<Job<T>> trySpawn(String name, Callable<? extends T> body) {
        return tryLaunch(Checks.name(name), Objects.requireNonNull(body, "body"));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final Optional<Job<@Nullable Void>> trySpawn(String name, JobAction body) {
        return tryLaunch(Checks.name(name), action(body));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final <T extends @Nullable Object> Optional<Job<T>> trySpawn(String name, JobBody<? extends T> body) {
        return tryLaunch(Checks.name(name), branch(body));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final Optional<Job<@Nullable Void>> trySpawn(String name, BranchAction body, Void... none) {
        return tryLaunch(Checks.name(name), branch(body));
    }

    @Override
    public final <T extends @Nullable Object> Optional<Job<T>> trySpawn(
            JobOptions options, Callable<? extends T> body) {
        return tryLaunch(Objects.requireNonNull(options, "options"), Objects.requireNonNull(body, "body"));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final Optional<Job<@Nullable Void>> trySpawn(JobOptions options, JobAction body) {
        return tryLaunch(Objects.requireNonNull(options, "options"), action(body));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final <T extends @Nullable Object> Optional<Job<T>> trySpawn(JobOptions options, JobBody<? extends T> body) {
        return tryLaunch(Objects.requireNonNull(options, "options"), branch(body));
    }

    @Override
    @LowPriorityInOverloadResolution
    public final Optional<Job<@Nullable Void>> trySpawn(JobOptions options, BranchAction body, Void... none) {
        return tryLaunch(Objects.requireNonNull(options, "options"), branch(body));
    }

    /// The overload that was called decides what an object is that could be several kinds of body.
    private static JobAction action(JobAction body) {
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

    private <T extends @Nullable Object> Optional<Job<T>> tryLaunch(Object label, Object body) {
        ensureAccepts();
        int reserved = gate == null ? Gate.NOTHING : gate.tryReserve();
        return gate != null && reserved == Gate.NOTHING ? Optional.empty() : Optional.of(launch(label, body, reserved));
    }

    @Override
    public final void awaitIdle() throws InterruptedException {
        awaitIdle(Waiting.FOREVER);
    }

    @Override
    public final boolean awaitIdle(Duration timeout) throws InterruptedException {
        Checks.notNegative(timeout, "timeout");
        return awaitIdle(Checks.nanos(timeout));
    }

    private boolean awaitIdle(long nanos) throws InterruptedException {
        ensureNotWithin(JobImpl.currentOrNull());
        if (Thread.interrupted()) {
            throw new InterruptedException(this + ": interrupted before the wait for it");
        }
        long start = System.nanoTime();
        for (var jobs = jobs(); !jobs.isEmpty(); jobs = jobs()) {
            for (var job : jobs) {
                long left = nanos == Waiting.FOREVER ? nanos : nanos - (System.nanoTime() - start);
                if (job instanceof JobImpl<?> known && !Waiting.until(known, Math.max(left, 0), false)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void ensureNotWithin(@Nullable JobImpl<?> current) {
        for (var above = current; above != null; above = above.parentOrNull()) {
            if (above.scope == this) {
                throw new IllegalStateException(
                        current + " cannot wait for " + this + " to be idle; it is one of its jobs, or below one");
            }
        }
    }

    @Override
    public final List<Job<?>> jobs() {
        return Collections.unmodifiableList(live.list(job -> !job.isShielded()));
    }

    @Override
    public final boolean contains(Job<?> job) {
        Objects.requireNonNull(job, "job");
        return job instanceof JobImpl<?> known && known.scope == this && !known.isShielded() && !known.isDone();
    }

    @Override
    public final int activeCount() {
        return live.count(job -> !job.isShielded() && !job.lacksPlace());
    }

    @Override
    public final int pendingCount() {
        return live.count(Admission::lacksPlace);
    }

    @Override
    public final void cancel() {
        cancelJobs(Ending.REQUESTED, false);
    }

    /// Cancels the jobs, and those below them without recursion; the shielded ones too if asked.
    final void cancelJobs(Outcome.Cancelled<?> ending, boolean shieldedToo) {
        var queue = new ArrayDeque<Below>();
        cancelDirect(ending, shieldedToo, queue);
        for (var next = queue.poll(); next != null; next = queue.poll()) {
            next.scope.live.seal();
            next.scope.cancelDirect(next.ending, true, queue);
        }
    }

    private void cancelDirect(Outcome.Cancelled<?> ending, boolean shieldedToo, ArrayDeque<Below> queue) {
        live.each(job -> {
            if ((shieldedToo || !job.isShielded()) && job.end(ending)) {
                var scope = job.branch;
                if (scope != null) {
                    queue.add(new Below(scope, Ending.below(job, ending)));
                }
            }
        });
    }

    private record Below(Scope scope, Outcome.Cancelled<?> ending) {}
}
