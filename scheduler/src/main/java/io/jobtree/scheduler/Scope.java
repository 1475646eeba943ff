package io.jobtree.scheduler;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
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

    abstract Scheduler scheduler();

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
    public final Job<@Nullable Void> spawn(String name, JobAction body) {
        return launch(Checks.name(name), action(body));
    }

    @Override
    public final <T extends @Nullable Object> Job<T> spawn(String name, JobBody<? extends T> body) {
        return launch(Checks.name(name), branch(body));
    }

    @Override
    public final <T extends @Nullable Object> Job<T> spawn(JobOptions options, Callable<? extends T> body) {
        return launch(Objects.requireNonNull(options, "options"), Objects.requireNonNull(body, "body"));
    }

    @Override
    public final Job<@Nullable Void> spawn(JobOptions options, JobAction body) {
        return launch(Objects.requireNonNull(options, "options"), action(body));
    }

    @Override
    public final <T extends @Nullable Object> Job<T> spawn(JobOptions options, JobBody<? extends T> body) {
        return launch(Objects.requireNonNull(options, "options"), branch(body));
    }

    @Override
    public final <T extends @Nullable Object> Job<T> spawn(Callable<? extends T> body) {
        return launch(null, Objects.requireNonNull(body, "body"));
    }

    @Override
    public final Job<@Nullable Void> spawn(JobAction body) {
        return launch(null, action(body));
    }

    @Override
    public final <T extends @Nullable Object> Job<T> spawn(JobBody<? extends T> body) {
        return launch(null, branch(body));
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

    @Override
    public final <T extends @Nullable Object> Optional<Job<T>> trySpawn(
            JobOptions options, Callable<? extends T> body) {
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(body, "body");
        ensureAccepts();
        int reserved = gate == null ? Gate.NOTHING : gate.tryReserve();
        return gate != null && reserved == Gate.NOTHING
                ? Optional.empty()
                : Optional.of(launch(options, body, reserved));
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
