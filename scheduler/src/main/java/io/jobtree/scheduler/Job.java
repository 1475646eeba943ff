package io.jobtree.scheduler;

import io.jobtree.scheduler.engine.JobImpl;
import io.jobtree.scheduler.engine.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import kotlin.internal.LowPriorityInOverloadResolution;
import org.jspecify.annotations.Nullable;

/// A handle on a unit of work: it has a name, a parent, and one [Outcome].
///
/// ```java
/// Job<Page> page = jobs.spawn("page", () -> fetch(url));
/// Page result = page.join();
/// ```
///
/// A job is done only when its body and everything below it have ended; from then on its outcome is
/// available. The handle keeps the outcome, the scheduler does not keep the job.
///
/// A job that waits for another one, in `join`, `await` or `cancelAndJoin`, gives its places in limits
/// up meanwhile and has them back when the wait returns, unless it was cancelled.
///
/// **Threads:** any thread may call anything. **Memory:** what the body did happens-before `join`,
/// `await` or a true `isDone` returns.
///
/// @param <T> the type of the result
public sealed interface Job<T extends @Nullable Object> permits JobImpl {
    /// The job's number.
    ///
    /// @return a number that is unique in the process; later jobs have higher ones
    long id();

    /// The job's name.
    ///
    /// @return the name it was given, or `job-` and its id
    String name();

    /// The names from the scheduler down to this job.
    ///
    /// @return the names, with a slash between them
    String path();

    /// The branch job in whose scope this job is.
    ///
    /// @return the parent; empty for a job of the scheduler itself
    Optional<Job<?>> parent();

    /// The unfinished jobs in this branch job's scope.
    ///
    /// @return a snapshot, oldest first, unmodifiable
    List<Job<?>> children();

    /// The scheduler to which the job belongs.
    ///
    /// @return the scheduler
    Scheduler scheduler();

    /// The options that the job was spawned with.
    ///
    /// @return the options
    JobOptions options();

    /// Where the job stands.
    ///
    /// @return the state at this moment
    JobState state();

    /// Whether the job and everything below it have ended.
    ///
    /// @return true if its outcome is there
    boolean isDone();

    /// What became of the job.
    ///
    /// @return the outcome; empty while the job is not done
    Optional<Outcome<T>> outcome();

    /// Waits for the result.
    ///
    /// @return what the body returned
    /// @throws JobFailedException if the job failed; its cause is the failure, the same object
    /// @throws JobCancelledException if the job was cancelled
    /// @throws InterruptedException if the waiting thread was interrupted; the job goes on
    /// @throws IllegalStateException if this job itself calls it, or a job below it
    T join() throws InterruptedException;

    /// Waits a while for the result. The job itself is left alone; see [JobOptions#withTimeout] to
    /// bound it.
    ///
    /// A job that waits here may wait longer than the timeout, to get its places in limits back.
    ///
    /// @param timeout how long
    /// @return what the body returned
    /// @throws TimeoutException if the job was not done in time; it goes on
    /// @throws JobFailedException if the job failed; its cause is the failure, the same object
    /// @throws JobCancelledException if the job was cancelled
    /// @throws InterruptedException if the waiting thread was interrupted; the job goes on
    /// @throws IllegalStateException if this job itself calls it, or a job below it
    /// @throws IllegalArgumentException if the timeout is negative
    T join(Duration timeout) throws InterruptedException, TimeoutException;

    /// Waits for the outcome; never throws for what the job did.
    ///
    /// @return the outcome
    /// @throws InterruptedException if the waiting thread was interrupted; the job goes on
    /// @throws IllegalStateException if this job itself calls it, or a job below it
    Outcome<T> await() throws InterruptedException;

    /// Waits a while for the outcome; never throws for what the job did. The job itself is left alone.
    ///
    /// A job that waits here may wait longer than the timeout, to get its places in limits back.
    ///
    /// @param timeout how long
    /// @return the outcome
    /// @throws TimeoutException if the job was not done in time; it goes on
    /// @throws InterruptedException if the waiting thread was interrupted; the job goes on
    /// @throws IllegalStateException if this job itself calls it, or a job below it
    /// @throws IllegalArgumentException if the timeout is negative
    Outcome<T> await(Duration timeout) throws InterruptedException, TimeoutException;

    /// Asks the job and everything below it to stop. A pending job never runs and is done at once, or as soon as
    /// its observers have heard of it; the thread of a running one is interrupted once, and it is done when it has
    /// really ended. The calling thread interrupts: where that closes a channel of the user's, it waits
    /// for that.
    ///
    /// @return true if this call began the cancellation; false if the job is done, is about to be, was asked to
    ///     stop before, or has failed
    boolean cancel();

    /// Cancels the job and waits until it has ended.
    ///
    /// @param timeout how long to wait
    /// @return true if it has ended, in whatever way; false if it goes on beyond the timeout
    /// @throws InterruptedException if the waiting thread was interrupted
    /// @throws IllegalStateException if this job itself calls it, or a job below it
    /// @throws IllegalArgumentException if the timeout is negative
    boolean cancelAndJoin(Duration timeout) throws InterruptedException;

    /// A future of the result. If the job fails, it completes exceptionally with the failure itself; if the
    /// job is cancelled, with a [JobCancelledException]. Cancelling it cancels the job. A failure is
    /// delivered to it, unless somebody has completed it before. Once the job has ended, nobody else can
    /// complete it.
    ///
    /// Once the job has ended it is done for all who ask. Right after, a virtual thread of its own
    /// completes it, so dependent stages may wait for other jobs; they are late where jobs that compute
    /// keep all carriers. Each call gives another future, and the job keeps it until one of the two is
    /// done: where a long job is polled, ask for one and use it again. No interrupt, and so no cancel,
    /// ends `join` on it; it does end `get`.
    ///
    /// @return a new future
    CompletableFuture<T> toCompletableFuture();

    /// When the nearest timeout runs out: the job's own, or that of a job above it.
    ///
    /// @return the moment, which may have passed; empty where nothing bounds the job's time
    Optional<Instant> deadline();

    /// When the job was spawned.
    ///
    /// @return the moment
    Instant spawnedAt();

    /// When the job started: the moment before its observers are notified of that. Then the body runs,
    /// unless the job is cancelled in between.
    ///
    /// @return the moment; empty for a job that has not started, or never will
    Optional<Instant> startedAt();

    /// The thread that runs the body.
    ///
    /// @return the thread; empty unless the body runs
    Optional<Thread> thread();

    /// A picture of this job and those below it.
    ///
    /// @return a frozen picture
    JobTree tree();

    /// The job that the current thread is running. Threads that a body forks in a structured task scope
    /// of its own count as running it too, and so do its hooks and failure handler, but not that for a job which
    /// outlived a close.
    ///
    /// @return the job; empty outside of any
    static Optional<Job<?>> current() {
        return Optional.ofNullable(JobImpl.currentOrNull());
    }

    /// Waits for something that is no job, and gives the job's places in limits up meanwhile, as
    /// [#join] does: a lock, a latch, a connection from a pool, a parallel stream. It has them back when
    /// this returns, unless it was cancelled. Outside of a job this only calls `wait`.
    ///
    /// ```java
    /// Connection connection = Job.blocking(pool::take);
    /// ```
    ///
    /// It does for limits what `ForkJoinPool.ManagedBlocker` does for the parallelism of a pool.
    ///
    /// @param wait the wait; it runs on the calling thread
    /// @param <T> the type of the result
    /// @return what `wait` returned
    /// @throws Exception what `wait` threw, the same object
    @SuppressWarnings("overloads")
    static <T extends @Nullable Object> T blocking(Callable<? extends T> wait) throws Exception {
        Objects.requireNonNull(wait, "wait");
        return Waiting.whileWithoutPlaces("a blocking call", wait::call);
    }

    /// Waits for something that is no job and has no result; see [#blocking(Callable)].
    ///
    /// @param wait the wait; it runs on the calling thread
    /// @throws Exception what `wait` threw, the same object
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    static void blocking(JobAction wait) throws Exception {
        Objects.requireNonNull(wait, "wait");
        blocking(() -> {
            wait.run();
            return null;
        });
    }
}
