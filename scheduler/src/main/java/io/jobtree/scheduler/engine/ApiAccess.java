package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.CancelReason;
import io.jobtree.scheduler.JobCancelledException;
import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobTimeoutException;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.StragglerException;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the engine needs of the API's classes and users are not to have: made by the API's package, which alone may
/// call it, and given to the engine.
public abstract class ApiAccess {
    private static @Nullable ApiAccess given;

    /// Made by the API.
    protected ApiAccess() {}

    /// Gives the engine what it needs. To be called once, when [Scheduler] is initialised.
    ///
    /// @param access the API's
    public static void give(ApiAccess access) {
        given = access;
    }

    static ApiAccess get() {
        return Holder.ACCESS;
    }

    /// Makes the handle of a new scheduler.
    ///
    /// @param root what it hands its calls to
    /// @return the scheduler
    protected abstract Scheduler scheduler(RootScope root);

    /// What a scheduler carries.
    ///
    /// @param options its options
    /// @return not to be changed
    protected abstract ScopedValue<?>[] carried(SchedulerOptions options);

    /// What a job carries.
    ///
    /// @param options its options
    /// @return not to be changed
    protected abstract ScopedValue<?>[] carried(JobOptions options);

    /// A job's own timeout.
    ///
    /// @param options its options
    /// @return null without one
    protected abstract @Nullable Duration timeout(JobOptions options);

    /// The shared limit that a job needs a place in.
    ///
    /// @param options its options
    /// @return null without one
    protected abstract @Nullable Gate sharedLimit(JobOptions options);

    /// What became of a cancelled job, for messages.
    ///
    /// @param reason why
    /// @return the words behind the job's name
    protected abstract String text(CancelReason reason);

    /// What `join` throws for a job that failed.
    ///
    /// @param job the job
    /// @param failure what the body threw
    /// @param more what else there is to say
    /// @return the exception
    protected abstract JobFailedException failed(Object job, Throwable failure, String more);

    /// What `join` throws for a job that was cancelled.
    ///
    /// @param message names the job
    /// @param reason why
    /// @return the exception
    protected abstract JobCancelledException cancelled(String message, CancelReason reason);

    /// The failure of a job whose own timeout ran out; it has no stack trace.
    ///
    /// @param message names the job
    /// @return the exception
    protected abstract JobTimeoutException timedOut(String message);

    /// What the failure handler gets for a job that outlives its scheduler.
    ///
    /// @param message names the job
    /// @param stack where its thread stands
    /// @return the exception
    protected abstract StragglerException straggler(String message, StackTraceElement[] stack);

    /// A constant for the compiler; and there also where no scheduler was opened yet.
    static final class Holder {
        static final ApiAccess ACCESS = known();

        private Holder() {}

        private static ApiAccess known() {
            try {
                MethodHandles.lookup().ensureInitialized(Scheduler.class);
            } catch (IllegalAccessException impossible) {
                throw new ExceptionInInitializerError(impossible);
            }
            return Objects.requireNonNull(given, "given");
        }
    }
}
