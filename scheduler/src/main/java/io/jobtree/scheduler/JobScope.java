package io.jobtree.scheduler;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// Where jobs are spawned: a [Scheduler], or what a branch job's [JobBody] is given.
///
/// A scheduler's scope is open until `close`. A branch job's is open while the job's body runs and then
/// while anything below it does; after that, and once the job is cancelled or has failed, every spawn
/// throws `RejectedExecutionException`.
///
/// ```java
/// jobs.spawn("crawl", scope -> { visit(scope, start); return null; }); // children may spawn siblings
/// ```
///
/// The same nine `spawn` methods take a name, [JobOptions] or neither, and a body with a result,
/// without one, or with a scope of its own (and a result, which may be null). Each throws
/// - `RejectedExecutionException` if the scope takes no more jobs, or if the thread was interrupted
///   while it had to wait for the pending limit (its interrupt flag stays set); the body then never
///   runs,
/// - `NullPointerException` for a null, `IllegalArgumentException` for a blank name.
///
/// **Threads:** any thread may call anything. **Memory:** what precedes `spawn` happens-before the
/// body.
public sealed interface JobScope permits Scheduler, Scope {
    /// The scope's name: that of the scheduler, or of the branch job.
    ///
    /// @return the name
    String name();

    /// Spawns a job with a name.
    ///
    /// @param name its name; need not be unique
    /// @param body what it does
    /// @param <T> the type of its result
    /// @return the job
    @SuppressWarnings("overloads")
    <T extends @Nullable Object> Job<T> spawn(String name, Callable<? extends T> body);

    /// Spawns a job with a name and no result.
    ///
    /// @param name its name; need not be unique
    /// @param body what it does
    /// @return the job
    @SuppressWarnings("overloads")
    Job<@Nullable Void> spawn(String name, JobAction body);

    /// Spawns a branch job with a name.
    ///
    /// @param name its name; need not be unique
    /// @param body what it does, with a scope of its own
    /// @param <T> the type of its result
    /// @return the job
    @SuppressWarnings("overloads")
    <T extends @Nullable Object> Job<T> spawn(String name, JobBody<? extends T> body);

    /// Spawns a job with options.
    ///
    /// @param options how it is to be run
    /// @param body what it does
    /// @param <T> the type of its result
    /// @return the job
    @SuppressWarnings("overloads")
    <T extends @Nullable Object> Job<T> spawn(JobOptions options, Callable<? extends T> body);

    /// Spawns a job with options and no result.
    ///
    /// @param options how it is to be run
    /// @param body what it does
    /// @return the job
    @SuppressWarnings("overloads")
    Job<@Nullable Void> spawn(JobOptions options, JobAction body);

    /// Spawns a branch job with options.
    ///
    /// @param options how it is to be run
    /// @param body what it does, with a scope of its own
    /// @param <T> the type of its result
    /// @return the job
    @SuppressWarnings("overloads")
    <T extends @Nullable Object> Job<T> spawn(JobOptions options, JobBody<? extends T> body);

    /// Spawns an unnamed job.
    ///
    /// @param body what it does
    /// @param <T> the type of its result
    /// @return the job
    @SuppressWarnings("overloads")
    <T extends @Nullable Object> Job<T> spawn(Callable<? extends T> body);

    /// Spawns an unnamed job with no result.
    ///
    /// @param body what it does
    /// @return the job
    @SuppressWarnings("overloads")
    Job<@Nullable Void> spawn(JobAction body);

    /// Spawns an unnamed branch job.
    ///
    /// @param body what it does, with a scope of its own
    /// @param <T> the type of its result
    /// @return the job
    @SuppressWarnings("overloads")
    <T extends @Nullable Object> Job<T> spawn(JobBody<? extends T> body);

    /// Spawns a job unless `spawn` would have to wait for the pending limit.
    ///
    /// @param options how it is to be run
    /// @param body what it does
    /// @param <T> the type of its result
    /// @return the job; empty where `spawn` would have to wait
    /// @throws java.util.concurrent.RejectedExecutionException if the scope takes no more jobs
    <T extends @Nullable Object> Optional<Job<T>> trySpawn(JobOptions options, Callable<? extends T> body);

    /// The unfinished direct jobs.
    ///
    /// @return a snapshot, oldest first, unmodifiable
    List<Job<?>> jobs();

    /// Whether a job is an unfinished direct job of this scope.
    ///
    /// @param job the job
    /// @return true if it is one
    boolean contains(Job<?> job);

    /// How many unfinished direct jobs have left the queue.
    ///
    /// @return the number of jobs that are not pending for a limit
    int activeCount();

    /// How many direct jobs wait for a place in a limit.
    ///
    /// @return the number of jobs
    int pendingCount();

    /// Cancels every job in the scope. A scheduler stays open for new ones; so does a branch scope.
    void cancel();

    /// A picture of the jobs below.
    ///
    /// @return a frozen picture
    JobTree tree();
}
