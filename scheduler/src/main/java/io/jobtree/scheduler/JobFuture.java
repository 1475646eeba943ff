package io.jobtree.scheduler;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The future of a job's result; cancelling it cancels the job.
final class JobFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    private final JobImpl<T> job;
    private final Waiter waiter;

    private JobFuture(JobImpl<T> job) {
        this.job = job;
        this.waiter = new Waiter(null, true) {
            // A future that somebody else has completed tells nobody of a failure.
            @Override
            boolean claims() {
                return !isDone();
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
            case Outcome.Succeeded<T>(var value) -> complete(value);
            case Outcome.Failed<T>(var failure) -> completeExceptionally(failure);
            case Outcome.Cancelled<T> cancelled -> completeExceptionally(job.cancelledException(cancelled));
        }
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
