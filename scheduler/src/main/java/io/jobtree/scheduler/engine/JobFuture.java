package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.platform.Backoff;
import io.jobtree.scheduler.platform.Handles;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Stack;
import io.jobtree.scheduler.platform.Threads;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The future of a job's result; cancelling it cancels the job. It gets the job's failure, unless somebody else
/// has completed it: then it leaves the job, which has nothing to do with it any more.
final class JobFuture<T extends @Nullable Object> extends CompletableFuture<T> {
    /// When somebody waits for a thread that is to complete it at once.
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final int NOBODY = 0;

    /// The job, at once.
    private static final int JOB = 1;

    /// Who has left the job for it, and may be yet to cancel that, which can take long.
    private static final int OTHERS = 2;

    /// The same, at once.
    private static final int OTHERS_NOW = 3;

    private static final VarHandle COMPLETER = Handles.of(MethodHandles.lookup(), "completer", int.class);
    private static final VarHandle SETTLED = Handles.of(MethodHandles.lookup(), "settled", CompletableFuture.class);

    private final JobImpl<T> job;
    private final Waiter waiter;

    /// Who completes it: once the job has claimed that, nobody else can, so that its failure does not get lost
    /// between the two.
    private volatile int completer = NOBODY;

    /// Complete when this is about to be: what jobs wait for. Not for this one itself: what depends on it may run
    /// before they are woken, and wait for a job that needs the place which one of them has back.
    private volatile @Nullable CompletableFuture<@Nullable Void> settled;

    private JobFuture(JobImpl<T> job) {
        this.job = job;
        this.waiter = new FutureWaiter(this);
    }

    /// The job's end completes the future.
    private static final class FutureWaiter extends Waiter {
        private volatile @Nullable JobFuture<?> future;

        // Both of the thread that ends the job.
        private boolean unwoken;
        private @Nullable Waiter nextUnwoken;

        FutureWaiter(JobFuture<?> future) {
            super(null, true);
            this.future = future;
        }

        @Override
        boolean claims() {
            var known = future;
            return known != null && known.becomeJobs();
        }

        @Override
        void wake() {
            var known = future;
            if (known != null && known.completer == JOB) {
                known.settle();
                unwoken = !known.tryCompleteElsewhere(false);
            }
        }

        @Override
        @Nullable
        Waiter addUnwoken(@Nullable Waiter others) {
            if (!unwoken) {
                return others;
            }
            nextUnwoken = others;
            return this;
        }

        @Override
        @Nullable
        Waiter wakeAtLast() {
            var next = nextUnwoken;
            nextUnwoken = null;
            var known = future;
            if (known != null) {
                known.completeElsewhere(false);
            }
            return next;
        }

        @Override
        void forget() {
            super.forget();
            future = null;
        }
    }

    static <T extends @Nullable Object> JobFuture<T> of(JobImpl<T> job) {
        var future = new JobFuture<T>(job);
        if (!Waiters.add(job, future.waiter)) {
            // The job's thread may have claimed it already, and found then that the waiter had left.
            future.become(JOB);
            future.completeFromJob();
        }
        return future;
    }

    private boolean become(int next) {
        return COMPLETER.compareAndSet(this, NOBODY, next);
    }

    /// Whether the job completes it.
    private boolean becomeJobs() {
        return become(JOB) || completer == JOB;
    }

    /// Whether the job has ended, and so the outcome is here in a moment.
    private boolean hasJobsOutcome() {
        return job.isDone() && becomeJobs();
    }

    /// Whether somebody else completes it now, who may do so once. Once the job has ended nobody else may: its thread
    /// wakes those who wait for the job one after the other, and is about to.
    private boolean leaveJob() {
        Stack.ensureRoom();
        if (job.isDone()) {
            become(JOB);
            return false;
        }
        if (!become(OTHERS)) {
            return false;
        }
        Waiters.leave(job, waiter);
        return true;
    }

    private void settle() {
        var known = settled;
        while (known != null) {
            try {
                known.complete(null);
                return;
            } catch (OutOfMemoryError noMemory) {
                Retry.rest();
            }
        }
    }

    /// Dekker: written before the completer is read, read after the completer is written.
    private CompletableFuture<@Nullable Void> settled() {
        if (settled == null) {
            SETTLED.compareAndSet(this, null, new CompletableFuture<@Nullable Void>());
        }
        if (hasJobsOutcome() || completer == JOB || completer == OTHERS_NOW) {
            settle();
        }
        return Objects.requireNonNull(settled);
    }

    /// Another thread completes it right now. Where the job does, that is a virtual one, which may get no carrier; a
    /// virtual thread that waits here has one itself.
    private void awaitCompletion() {
        if (!Thread.currentThread().isVirtual() && !Backoff.within(LATE_NANOS, super::isDone) && completer == JOB) {
            completeElsewhere(true);
        }
        Backoff.until(super::isDone);
    }

    /// For those who ask and do not wait: once the job has ended they find its outcome.
    private void awaitJobsOutcome() {
        if (!super.isDone() && hasJobsOutcome()) {
            awaitCompletion();
        }
    }

    /// Not on the job's thread but as the last resort: what depends on a future runs where that is completed, may wait
    /// for anything, and would hold up the job's parent, those who wait for it, or the next job of a reused thread.
    ///
    /// @param isLate whether a virtual thread was to do it, and has not come
    private void completeElsewhere(boolean isLate) {
        for (int attempt = 1; !tryCompleteElsewhere(isLate); attempt++) {
            if (attempt == Retry.MOST_ATTEMPTS) {
                completeFromJob();
                return;
            }
            Retry.rest();
        }
    }

    private boolean tryCompleteElsewhere(boolean isLate) {
        try {
            var loader = job.scope().contextLoader();
            if (isLate) {
                var _ = Threads.onOwnDaemon("jobtree-completer", loader, this::completeFromJob);
            } else {
                Threads.start("", loader, this::completeFromJob);
            }
            return true;
        } catch (Throwable noThread) {
            return false;
        }
    }

    /// Who waits for the future must not miss its end, for lack of memory.
    private void completeFromJob() {
        while (true) {
            try {
                completeWithOutcome();
                return;
            } catch (OutOfMemoryError noMemory) {
                // Again where it is complete too: what depends on it may be yet to run.
                Retry.rest();
            }
        }
    }

    /// Who finds that it is too late finds the outcome, also where the thread that the job has for it is yet to come.
    private boolean completeIfJobs() {
        if (completer != JOB) {
            return false;
        }
        settle();
        completeFromJob();
        return true;
    }

    private void completeWithOutcome() {
        switch (job.doneOutcome()) {
            case Outcome.Succeeded<T>(var value) -> super.complete(value);
            case Outcome.Failed<T>(var failure) -> super.completeExceptionally(failure);
            case Outcome.Cancelled<T> cancelled -> super.completeExceptionally(job.cancelledException(cancelled));
        }
    }

    @Override
    public boolean complete(T value) {
        return completeForJob(() -> super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        // Before it leaves the job, which would not complete it any more.
        Objects.requireNonNull(failure, "failure");
        return completeForJob(() -> super.completeExceptionally(failure));
    }

    private boolean completeForJob(Runnable completion) {
        if (!leaveJob()) {
            completeIfJobs();
            return false;
        }
        completeNow(completion);
        return true;
    }

    /// After it has left the job. Nobody else would complete it: so this is tried until there is memory.
    private void completeNow(Runnable completion) {
        completer = OTHERS_NOW;
        settle();
        Retry.runOnceThereIsMemory(completion);
    }

    /// The JDK's would complete it behind the back of [#complete].
    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        Objects.requireNonNull(supplier, "supplier");
        Objects.requireNonNull(executor, "executor");
        executor.execute(() -> {
            if (!isDone()) {
                try {
                    complete(supplier.get());
                } catch (Throwable thrown) {
                    completeExceptionally(
                            thrown instanceof CompletionException ? thrown : new CompletionException(thrown));
                }
            }
        });
        return this;
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier) {
        return completeAsync(supplier, defaultExecutor());
    }

    @Override
    public void obtrudeValue(T value) {
        obtrude(() -> super.obtrudeValue(value));
    }

    @Override
    public void obtrudeException(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        obtrude(() -> super.obtrudeException(failure));
    }

    /// What is the job's already gets its outcome first: nobody else gets a failure in it.
    private void obtrude(Runnable obtrusion) {
        if (!leaveJob() && completeIfJobs()) {
            Retry.runOnceThereIsMemory(obtrusion);
        } else {
            completeNow(obtrusion);
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        Runnable completion =
                () -> super.completeExceptionally(new CancellationException(job + ": its future was cancelled"));
        if (!leaveJob()) {
            completeIfJobs();
            return isCancelled();
        }
        // The job first: what depends on the future runs on this thread, and may wait for the job.
        try {
            job.cancel();
        } finally {
            completeNow(completion);
        }
        return true;
    }

    /// Waits until it is done; a job gives its places up meanwhile, and may not wait for one that it is below. What the
    /// wait throws is what its caller declares.
    @SuppressWarnings("unchecked")
    private <E extends Exception> void await(Callable<?> wait) throws E {
        if (super.isDone()) {
            return;
        }
        // A handler of a job that is done may wait for what that one's thread is about to complete.
        if (!job.isDone()) {
            Waiting.ensureNotBelow(JobImpl.currentOrNull(), job);
        }
        Stack.ensureRoom();
        job.root().ensureWhole();
        try {
            Waiting.<@Nullable Void, Exception>whileWithoutPlaces(job, job, () -> {
                wait.call();
                awaitCompletion();
                return null;
            });
        } catch (Exception thrown) {
            throw (E) thrown;
        }
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        this.<InterruptedException>await(() -> settled().get());
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        this.<InterruptedException>await(() -> settled().get(timeout, unit));
        return super.get(timeout, unit);
    }

    @Override
    public T join() {
        this.<RuntimeException>await(() -> settled().join());
        return super.join();
    }

    @Override
    public boolean isDone() {
        return super.isDone() || hasJobsOutcome();
    }

    @Override
    public boolean isCancelled() {
        awaitJobsOutcome();
        return super.isCancelled();
    }

    @Override
    public boolean isCompletedExceptionally() {
        awaitJobsOutcome();
        return super.isCompletedExceptionally();
    }

    @Override
    public T getNow(T valueIfAbsent) {
        awaitJobsOutcome();
        return super.getNow(valueIfAbsent);
    }

    @Override
    public T resultNow() {
        awaitJobsOutcome();
        return super.resultNow();
    }

    @Override
    public Throwable exceptionNow() {
        awaitJobsOutcome();
        return super.exceptionNow();
    }

    @Override
    public State state() {
        awaitJobsOutcome();
        return super.state();
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
