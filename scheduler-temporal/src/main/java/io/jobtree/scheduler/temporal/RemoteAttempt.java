package io.jobtree.scheduler.temporal;

import io.jobtree.scheduler.JobScope;
import io.temporal.activity.ActivityExecutionContext;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One attempt at a body, for the body and the jobs below it.
///
/// **Threads:** any.
public final class RemoteAttempt {
    static final ScopedValue<RemoteAttempt> CURRENT = ScopedValue.newInstance();

    /// The last progress that was not sent yet; null if there is none.
    final AtomicReference<@Nullable Optional<Object>> unsent = new AtomicReference<>();

    final ActivityExecutionContext context;

    /// Set by the job's thread before the body, and so before any job below.
    @Nullable
    JobScope scope;

    RemoteAttempt(ActivityExecutionContext context) {
        this.context = context;
    }

    /// The attempt that the current thread's job belongs to.
    ///
    /// @return the attempt
    /// @throws IllegalStateException if it belongs to none
    public static RemoteAttempt current() {
        return CURRENT.orElseThrow(() -> new IllegalStateException("no remote attempt runs on this thread"));
    }

    /// The scope of the branch job that runs the body.
    ///
    /// @return the scope
    public JobScope scope() {
        return Objects.requireNonNull(scope);
    }

    /// Names the work, the same for each attempt at it: a key for what must not be done twice.
    ///
    /// @return the id
    public String id() {
        return context.getInfo().getWorkflowId() + '/' + context.getInfo().getActivityId();
    }

    /// Which attempt this is.
    ///
    /// @return 1 for the first
    public int number() {
        return context.getInfo().getAttempt();
    }

    /// Says that the body came further. To be called more often than the heartbeat of the options; nothing else keeps
    /// the attempt alive. Costs next to nothing, and does not wait.
    ///
    /// @param details how far; becomes JSON, for the next attempt and for progress displays
    public void progress(@Nullable Object details) {
        unsent.set(Optional.ofNullable(details));
    }

    /// The details of the last progress that was sent, by this attempt or the one before it.
    ///
    /// @param type the type of the details
    /// @param <T> the type of the details
    /// @return the details; empty if there are none
    public <T> Optional<T> lastProgress(Class<T> type) {
        return context.getHeartbeatDetails(type);
    }
}
