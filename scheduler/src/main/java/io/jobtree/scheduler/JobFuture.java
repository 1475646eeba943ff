package io.jobtree.scheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The future of a job's result; cancelling it cancels the job.
final class JobFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    private static final int NOBODY = 0;
    private static final int OURS = 1;
    private static final int OTHERS = 2;
    private static final VarHandle COMPLETER;

    static {
        try {
            COMPLETER = MethodHandles.lookup().findVarHandle(JobFuture.class, "completer", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final JobImpl<T> job;
    private final Waiter waiter;

    /// Who completes it: once the job has claimed that, nobody else can, so that its failure does not
    /// get lost between the two.
    private volatile int completer = NOBODY;

    private JobFuture(JobImpl<T> job) {
        this.job = job;
        this.waiter = new Waiter(null, true) {
            // A future that somebody else completes tells nobody of a failure.
            @Override
            boolean claims() {
                return !isDone() && become(OURS);
            }

            @Override
            void wake() {
                completeElsewhere();
            }
        };
    }

    static <T extends @Nullable Object> JobFuture<T> of(JobImpl<T> job) {
        var future = new JobFuture<T>(job);
        if (!job.add(future.waiter)) {
            future.completeFromJob();
        }
        return future;
    }

    private boolean become(int next) {
        return COMPLETER.compareAndSet(this, NOBODY, next);
    }

    /// Not on the job's thread: what depends on a future runs where that is completed, may wait for
    /// anything, and would hold up the job's parent or the next job of a reused thread.
    private void completeElsewhere() {
        try {
            var _ = Thread.startVirtualThread(this::completeFromJob);
        } catch (Throwable notStarted) {
            completeFromJob();
        }
    }

    private void completeFromJob() {
        switch (job.<T>doneOutcome()) {
            case Outcome.Succeeded<T>(var value) -> super.complete(value);
            case Outcome.Failed<T>(var failure) -> super.completeExceptionally(failure);
            case Outcome.Cancelled<T> cancelled -> super.completeExceptionally(job.cancelledException(cancelled));
        }
    }

    @Override
    public boolean complete(T value) {
        return become(OTHERS) && super.complete(value);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return become(OTHERS) && super.completeExceptionally(failure);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = completeExceptionally(new CancellationException(job + ": its future was cancelled"));
        if (cancelled) {
            waiter.leave();
            job.cancel();
        }
        return cancelled || isCancelled();
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
