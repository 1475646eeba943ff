package io.jobtree.scheduler;

import io.jobtree.scheduler.engine.BranchScope;
import io.jobtree.scheduler.engine.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import kotlin.internal.LowPriorityInOverloadResolution;
import org.jspecify.annotations.Nullable;

/// Where jobs are spawned: a [Scheduler], or what a branch job's [JobBody] is given.
///
/// A scheduler's scope is open until `close`. A branch job's is open while the job's body runs and then
/// while anything below it does; after that, and once the job is cancelled or has failed, every spawn
/// throws `RejectedExecutionException`.
///
/// ```java
/// jobs.spawn("crawl", scope -> { visit(scope, start); });   // children may spawn siblings
/// ```
///
/// `spawn` takes a name, [JobOptions] or neither, and one of four bodies: with a result or without one,
/// with a scope of its own or without one. A lambda selects its overload: an expression that may be a value
/// is taken as one, in Kotlin too. (To that end the overloads for [BranchAction] end in `Void... none`, for
/// which nothing is passed.) Each throws
/// - `RejectedExecutionException` if the scope takes no more jobs, or if the thread was interrupted
/// while it had to wait for the pending limit (its interrupt flag stays set); the body never runs,
/// - `NullPointerException` for a null, `IllegalArgumentException` for a blank name.
///
/// `trySpawn` does the same for a job with a name or [JobOptions], and returns an empty `Optional` where
/// `spawn` would have to wait.
///
/// **Threads:** any thread may call anything. **Memory:** what precedes `spawn` happens-before the
/// body.
public sealed interface JobScope permits Scheduler, BranchScope {
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

    /// Spawns a job without a result with a name.
    ///
    /// @param name its name; need not be unique
    /// @param body what it does
    /// @return the job
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    Job<@Nullable Void> spawn(String name, JobAction body);

    /// Spawns a branch job with a name.
    ///
    /// @param name its name; need not be unique
    /// @param body what it does, with a scope of its own
    /// @param <T> the type of its result
    /// @return the job
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    <T extends @Nullable Object> Job<T> spawn(String name, JobBody<? extends T> body);

    /// Spawns a branch job without a result with a name.
    ///
    /// @param name its name; need not be unique
    /// @param body what it does, with a scope of its own
    /// @param none to be left out
    /// @return the job
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    Job<@Nullable Void> spawn(String name, BranchAction body, Void... none);

    /// Spawns a job with options.
    ///
    /// @param options how it is to be run
    /// @param body what it does
    /// @param <T> the type of its result
    /// @return the job
    @SuppressWarnings("overloads")
    <T extends @Nullable Object> Job<T> spawn(JobOptions options, Callable<? extends T> body);

    /// Spawns a job without a result with options.
    ///
    /// @param options how it is to be run
    /// @param body what it does
    /// @return the job
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    Job<@Nullable Void> spawn(JobOptions options, JobAction body);

    /// Spawns a branch job with options.
    ///
    /// @param options how it is to be run
    /// @param body what it does, with a scope of its own
    /// @param <T> the type of its result
    /// @return the job
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    <T extends @Nullable Object> Job<T> spawn(JobOptions options, JobBody<? extends T> body);

    /// Spawns a branch job without a result with options.
    ///
    /// @param options how it is to be run
    /// @param body what it does, with a scope of its own
    /// @param none to be left out
    /// @return the job
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    Job<@Nullable Void> spawn(JobOptions options, BranchAction body, Void... none);

    /// Spawns an unnamed job.
    ///
    /// @param body what it does
    /// @param <T> the type of its result
    /// @return the job
    @SuppressWarnings("overloads")
    <T extends @Nullable Object> Job<T> spawn(Callable<? extends T> body);

    /// Spawns an unnamed job without a result.
    ///
    /// @param body what it does
    /// @return the job
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    Job<@Nullable Void> spawn(JobAction body);

    /// Spawns an unnamed branch job.
    ///
    /// @param body what it does, with a scope of its own
    /// @param <T> the type of its result
    /// @return the job
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    <T extends @Nullable Object> Job<T> spawn(JobBody<? extends T> body);

    /// Spawns an unnamed branch job without a result.
    ///
    /// @param body what it does, with a scope of its own
    /// @param none to be left out
    /// @return the job
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    Job<@Nullable Void> spawn(BranchAction body, Void... none);

    /// Spawns a job with a name, unless `spawn` would have to wait.
    ///
    /// @param name its name; need not be unique
    /// @param body what it does
    /// @param <T> the type of its result
    /// @return the job; empty where `spawn` would have to wait
    @SuppressWarnings("overloads")
    <T extends @Nullable Object> Optional<Job<T>> trySpawn(String name, Callable<? extends T> body);

    /// Spawns a job without a result with a name, unless `spawn` would have to wait.
    ///
    /// @param name its name; need not be unique
    /// @param body what it does
    /// @return the job; empty where `spawn` would have to wait
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    Optional<Job<@Nullable Void>> trySpawn(String name, JobAction body);

    /// Spawns a branch job with a name, unless `spawn` would have to wait.
    ///
    /// @param name its name; need not be unique
    /// @param body what it does, with a scope of its own
    /// @param <T> the type of its result
    /// @return the job; empty where `spawn` would have to wait
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    <T extends @Nullable Object> Optional<Job<T>> trySpawn(String name, JobBody<? extends T> body);

    /// Spawns a branch job without a result with a name, unless `spawn` would have to wait.
    ///
    /// @param name its name; need not be unique
    /// @param body what it does, with a scope of its own
    /// @param none to be left out
    /// @return the job; empty where `spawn` would have to wait
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    Optional<Job<@Nullable Void>> trySpawn(String name, BranchAction body, Void... none);

    /// Spawns a job with options, unless `spawn` would have to wait.
    ///
    /// @param options how it is to be run
    /// @param body what it does
    /// @param <T> the type of its result
    /// @return the job; empty where `spawn` would have to wait
    @SuppressWarnings("overloads")
    <T extends @Nullable Object> Optional<Job<T>> trySpawn(JobOptions options, Callable<? extends T> body);

    /// Spawns a job without a result with options, unless `spawn` would have to wait.
    ///
    /// @param options how it is to be run
    /// @param body what it does
    /// @return the job; empty where `spawn` would have to wait
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    Optional<Job<@Nullable Void>> trySpawn(JobOptions options, JobAction body);

    /// Spawns a branch job with options, unless `spawn` would have to wait.
    ///
    /// @param options how it is to be run
    /// @param body what it does, with a scope of its own
    /// @param <T> the type of its result
    /// @return the job; empty where `spawn` would have to wait
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    <T extends @Nullable Object> Optional<Job<T>> trySpawn(JobOptions options, JobBody<? extends T> body);

    /// Spawns a branch job without a result with options, unless `spawn` would have to wait.
    ///
    /// @param options how it is to be run
    /// @param body what it does, with a scope of its own
    /// @param none to be left out
    /// @return the job; empty where `spawn` would have to wait
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    Optional<Job<@Nullable Void>> trySpawn(JobOptions options, BranchAction body, Void... none);

    /// The unfinished direct jobs, save for shielded ones, which are in no number either: see [Scheduler#shield].
    ///
    /// @return a snapshot, oldest first, unmodifiable
    List<Job<?>> jobs();

    /// Whether a job is among [#jobs].
    ///
    /// @param job the job
    /// @return true if it is one
    boolean contains(Job<?> job);

    /// How many of [#jobs] do not wait for a place in a limit: they have started, or are about
    /// to.
    ///
    /// @return the number of jobs
    int activeCount();

    /// How many of [#jobs] wait for a place in a limit.
    ///
    /// @return the number of jobs
    int pendingCount();

    /// Cancels every job in the scope. A scheduler stays open for new ones; so does a branch scope.
    void cancel();

    /// The scheduler that the scope belongs to.
    ///
    /// @return the scheduler; itself, for a scheduler
    Scheduler scheduler();

    /// Waits until no job of the scope is unfinished, shielded ones included. A job that waits here gives its
    /// places in limits up meanwhile, as in [Job#join]. It does not count as waiting for a failure, which
    /// is delivered as usual.
    ///
    /// The scope stays open: where others go on to spawn, it may be busy again when this returns.
    ///
    /// @throws InterruptedException if the waiting thread was interrupted; the jobs go on
    /// @throws IllegalStateException if a job of this scope calls it, or one below it
    void awaitIdle() throws InterruptedException;

    /// Waits a while until no job of the scope is unfinished; see [#awaitIdle()].
    ///
    /// A job that waits here may wait longer than the timeout, to get its places in limits back.
    ///
    /// @param timeout how long
    /// @return true if the scope was idle in time; false if jobs go on
    /// @throws InterruptedException if the waiting thread was interrupted; the jobs go on
    /// @throws IllegalStateException if a job of this scope calls it, or one below it
    /// @throws IllegalArgumentException if the timeout is negative
    boolean awaitIdle(Duration timeout) throws InterruptedException;

    /// Waits for the results of jobs, one after the other.
    ///
    /// ```java
    /// var pages = urls.stream().map(url -> scope.spawn(url, () -> fetch(url))).toList();
    /// return merge(JobScope.joinAll(pages));
    /// ```
    ///
    /// It throws what [Job#join] throws for the first job, in the order given, that did not succeed. The
    /// others are left alone: they go on, and their failures are delivered as if this did not wait for
    /// them.
    ///
    /// @param jobs the jobs, of any scope
    /// @param <T> the type of their results
    /// @return the results in the order of the jobs, unmodifiable
    /// @throws JobFailedException if a job failed; its cause is the failure, the same object
    /// @throws JobCancelledException if a job was cancelled
    /// @throws InterruptedException if the waiting thread was interrupted; the jobs go on
    /// @throws IllegalStateException if one of the jobs itself calls it, or a job below one of them
    static <T extends @Nullable Object> List<T> joinAll(Collection<? extends Job<? extends T>> jobs)
            throws InterruptedException {
        var waitedFor = new ArrayList<Job<? extends T>>(Objects.requireNonNull(jobs, "jobs"));
        for (var job : waitedFor) {
            Waiting.ensureMayWait(Objects.requireNonNull(job, "job"));
        }
        var results = new ArrayList<T>(waitedFor.size());
        for (Job<? extends T> job : waitedFor) {
            results.add(job.join());
        }
        return Collections.unmodifiableList(results);
    }

    /// A picture of the jobs below.
    ///
    /// @return a frozen picture
    JobTree tree();
}
