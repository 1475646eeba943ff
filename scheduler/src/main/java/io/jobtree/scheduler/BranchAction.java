package io.jobtree.scheduler;

/// The body of a branch job without a result; what [JobAction] is to `Callable`, to [JobBody].
///
/// ```java
/// jobs.spawn("crawl", scope -> {
///     visit(scope, start);
/// });
/// ```
@FunctionalInterface
public interface BranchAction {
    /// Does the work, on the job's own thread. The job is done only when everything spawned into
    /// `scope` has ended too.
    ///
    /// @param scope where children are spawned; open until the job is cancelled or done
    /// @throws Exception whatever goes wrong; it becomes the job's failure
    void run(JobScope scope) throws Exception;
}
