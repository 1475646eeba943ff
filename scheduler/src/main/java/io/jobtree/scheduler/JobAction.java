package io.jobtree.scheduler;

/// A body without a result; what `Runnable` would be if it could throw checked exceptions.
@FunctionalInterface
public interface JobAction {
    /// Does the work, on the job's own thread.
    ///
    /// @throws Exception whatever goes wrong; it becomes the job's failure
    void run() throws Exception;
}
