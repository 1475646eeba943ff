package io.jobtree.scheduler;

import io.jobtree.scheduler.engine.ApiAccess;
import io.jobtree.scheduler.engine.RootScope;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import kotlin.internal.LowPriorityInOverloadResolution;
import org.jspecify.annotations.Nullable;

/// The root of a job tree: jobs are spawned into it, and `close` waits for all of them, then cancels those
/// that are left, and reports those that do not stop.
///
/// ```java
/// try (var jobs = Scheduler.open("orders")) {
///     Job<User> user = jobs.spawn("user", () -> users.load(id));
///     jobs.spawn("mail", () -> mails.send(id));
///     show(user.join());
/// }                                                   // waits for the mail too
/// ```
///
/// A failure stays in its job: no other job is cancelled. It is delivered to whoever is waiting for
/// the job when it fails, else to the [FailureHandler]. At most [SchedulerOptions#limit] jobs of the
/// scheduler's own scope run at once.
///
/// A scheduler that is dropped without `close` is reported in the log once it is collected, which is
/// when its last job has ended; one that is still open when the JVM exits is reported on the error
/// stream.
///
/// **Threads:** any thread may call anything; a job must not close its own scheduler. **Memory:** what
/// precedes `spawn` happens-before the body; what jobs did happens-before `close` returns.
@SuppressWarnings("overloads")
public final class Scheduler implements JobScope, AutoCloseable {
    static {
        ApiAccess.give(new EngineAccess());
    }

    private final RootScope root;

    /// @param root what does all that this is asked, behind a type that has no more methods than users are to have
    Scheduler(RootScope root) {
        this.root = root;
    }

    /// Opens a scheduler with the default options, named `scheduler`: at most 100 of its own jobs run at
    /// once, and further ones are pending until one of them ends or waits for a job. So jobs that wait for
    /// each other by other means, such as 101 that meet at a latch, need
    /// [SchedulerOptions#withoutLimit] or [Job#blocking].
    ///
    /// @return the scheduler
    /// @throws IllegalStateException if this JDK is none of those that Jobtree knows, 25 to 28
    public static Scheduler open() {
        return open("scheduler");
    }

    /// Opens a scheduler with the default options.
    ///
    /// @param name its name; need not be unique
    /// @return the scheduler
    /// @throws IllegalStateException if this JDK is none of those that Jobtree knows, 25 to 28
    /// @throws IllegalArgumentException if the name is blank
    public static Scheduler open(String name) {
        return open(SchedulerOptions.named(name));
    }

    /// Opens a scheduler.
    ///
    /// @param options how
    /// @return the scheduler
    /// @throws IllegalStateException if this JDK is none of those that Jobtree knows, 25 to 28
    public static Scheduler open(SchedulerOptions options) {
        return RootScope.open(Objects.requireNonNull(options, "options")).scheduler();
    }

    /// How many places of its limit are held, by jobs that run and do not wait in `join` or another wait
    /// that gives places up. A shielded job has its caller's place.
    ///
    /// @return the number of places, at most [SchedulerOptions#limit]; 0 without a limit
    public int takenPlaces() {
        return root.takenPlaces();
    }

    /// Every scheduler that is open in this process.
    ///
    /// @return a snapshot, oldest first, unmodifiable
    public static List<Scheduler> all() {
        return RootScope.all();
    }

    /// The options that the scheduler was opened with.
    ///
    /// @return the options
    public SchedulerOptions options() {
        return root.options();
    }

    @Override
    public String name() {
        return root.name();
    }

    /// Whether closing has begun.
    ///
    /// @return true from the moment that `close` begins
    public boolean isClosed() {
        return root.isClosed();
    }

    /// Closes the scheduler: waits up to [SchedulerOptions#waitTimeout] for its jobs; see
    /// [#close(Duration)].
    ///
    /// @throws IllegalStateException if a job of this scheduler calls it
    @Override
    public void close() {
        close(options().waitTimeout());
    }

    /// Closes the scheduler. Spawns from outside are refused from now on; running jobs may still spawn
    /// while this waits for them. After `wait` all that is left is cancelled, and given
    /// [SchedulerOptions#closeTimeout] to end. What still runs then is logged, reported to the
    /// [FailureHandler] with its stack, and returned.
    ///
    /// When it returns, the failure handler has been called for every failure, unless that takes longer than
    /// the `closeTimeout`. Concurrent callers all return only when the close is over. An interrupt
    /// of a caller cancels what is left at once; its interrupt flag stays set. A job of another scheduler
    /// that calls this keeps its places meanwhile: see [Job#blocking].
    ///
    /// @param wait how long to wait for jobs before they are cancelled; zero cancels at once
    /// @return the jobs that would not stop, and still run
    /// @throws IllegalStateException if a job of this scheduler calls it
    /// @throws IllegalArgumentException if `wait` is negative
    public List<Job<?>> close(Duration wait) {
        return root.close(wait);
    }

    /// Runs a body that the caller's cancellation does not reach, and waits for it: an interrupt ends
    /// the wait, not the body. It counts in no limit and is not among [#jobs], `cancel` leaves it alone, and
    /// `awaitIdle` and `close` wait for it; then `close` cancels it like any other job.
    ///
    /// A job that calls this lends the places in limits that it holds to the body, which waits for none. The
    /// body sees the scoped values that were [carried][JobOptions#withCarried] to that job, also by its
    /// scheduler: they win over those that this scheduler carries. Where it is interrupted it goes on as soon as it
    /// has its places again: at a full limit, when the body ends.
    ///
    /// @param name the name of the job that runs the body
    /// @param body what is not to be cut short
    /// @param <T> the type of the result
    /// @return what the body returned
    /// @throws InterruptedException if the waiting thread was interrupted; the body goes on
    /// @throws JobFailedException if the body failed; its cause is the failure, the same object
    /// @throws JobCancelledException if the scheduler was closed and the body cancelled
    /// @throws RejectedExecutionException if the scheduler is closed
    @SuppressWarnings("overloads")
    public <T extends @Nullable Object> T shield(String name, Callable<? extends T> body) throws InterruptedException {
        return root.shield(name, body);
    }

    /// As [#shield(String, Callable)], for a body without a result.
    ///
    /// @param name the name of the job that runs the body
    /// @param body what is not to be cut short
    /// @throws InterruptedException if the waiting thread was interrupted; the body goes on
    /// @throws JobFailedException if the body failed; its cause is the failure, the same object
    /// @throws JobCancelledException if the scheduler was closed and the body cancelled
    /// @throws RejectedExecutionException if the scheduler is closed
    @SuppressWarnings("overloads")
    @LowPriorityInOverloadResolution
    public void shield(String name, JobAction body) throws InterruptedException {
        root.shield(name, body);
    }

    @Override
    public <T extends @Nullable Object> Job<T> spawn(String name, Callable<? extends T> body) {
        return root.spawn(name, body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public Job<@Nullable Void> spawn(String name, JobAction body) {
        return root.spawn(name, body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public <T extends @Nullable Object> Job<T> spawn(String name, JobBody<? extends T> body) {
        return root.spawn(name, body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public Job<@Nullable Void> spawn(String name, BranchAction body, Void... none) {
        return root.spawn(name, body);
    }

    @Override
    public <T extends @Nullable Object> Job<T> spawn(JobOptions options, Callable<? extends T> body) {
        return root.spawn(options, body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public Job<@Nullable Void> spawn(JobOptions options, JobAction body) {
        return root.spawn(options, body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public <T extends @Nullable Object> Job<T> spawn(JobOptions options, JobBody<? extends T> body) {
        return root.spawn(options, body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public Job<@Nullable Void> spawn(JobOptions options, BranchAction body, Void... none) {
        return root.spawn(options, body);
    }

    @Override
    public <T extends @Nullable Object> Job<T> spawn(Callable<? extends T> body) {
        return root.spawn(body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public Job<@Nullable Void> spawn(JobAction body) {
        return root.spawn(body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public <T extends @Nullable Object> Job<T> spawn(JobBody<? extends T> body) {
        return root.spawn(body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public Job<@Nullable Void> spawn(BranchAction body, Void... none) {
        return root.spawn(body);
    }

    @Override
    public <T extends @Nullable Object> Optional<Job<T>> trySpawn(String name, Callable<? extends T> body) {
        return root.trySpawn(name, body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public Optional<Job<@Nullable Void>> trySpawn(String name, JobAction body) {
        return root.trySpawn(name, body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public <T extends @Nullable Object> Optional<Job<T>> trySpawn(String name, JobBody<? extends T> body) {
        return root.trySpawn(name, body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public Optional<Job<@Nullable Void>> trySpawn(String name, BranchAction body, Void... none) {
        return root.trySpawn(name, body);
    }

    @Override
    public <T extends @Nullable Object> Optional<Job<T>> trySpawn(JobOptions options, Callable<? extends T> body) {
        return root.trySpawn(options, body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public Optional<Job<@Nullable Void>> trySpawn(JobOptions options, JobAction body) {
        return root.trySpawn(options, body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public <T extends @Nullable Object> Optional<Job<T>> trySpawn(JobOptions options, JobBody<? extends T> body) {
        return root.trySpawn(options, body);
    }

    @Override
    @LowPriorityInOverloadResolution
    public Optional<Job<@Nullable Void>> trySpawn(JobOptions options, BranchAction body, Void... none) {
        return root.trySpawn(options, body);
    }

    @Override
    public List<Job<?>> jobs() {
        return root.jobs();
    }

    @Override
    public boolean contains(Job<?> job) {
        return root.contains(job);
    }

    @Override
    public int activeCount() {
        return root.activeCount();
    }

    @Override
    public int pendingCount() {
        return root.pendingCount();
    }

    @Override
    public void awaitIdle() throws InterruptedException {
        root.awaitIdle();
    }

    @Override
    public boolean awaitIdle(Duration timeout) throws InterruptedException {
        return root.awaitIdle(timeout);
    }

    @Override
    public void cancel() {
        root.cancel();
    }

    @Override
    public JobTree tree() {
        return root.tree();
    }

    @Override
    public Scheduler scheduler() {
        return this;
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
