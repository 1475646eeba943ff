package io.jobtree.scheduler.temporal;

import com.google.common.base.Strings;
import io.temporal.client.WorkflowFailedException;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.failure.TimeoutFailure;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The failure of a body that ran elsewhere. Its stack trace is the one of that JVM, its cause the cause there.
public final class RemoteFailure extends RuntimeException {
    /// Types of what an attempt ends with that is no failure of its body. Where the engine has a name, the worker says
    /// the same.
    static final String GIVEN_UP = TimeoutFailure.class.getName();

    static final String CANCELLED = CanceledFailure.class.getName();
    static final String HANDED_BACK = "io.jobtree.HandedBack";
    /// The attempt's own time ran out, not that of a job below it.
    static final String TIMED_OUT = "io.jobtree.TimedOut";

    /// What says only where a failure was.
    private static final Set<Class<?>> WRAPPERS =
            Set.of(WorkflowFailedException.class, ChildWorkflowFailure.class, ActivityFailure.class);

    private static final long serialVersionUID = 1;

    /// The name of the failure's class.
    private final String type;

    private RemoteFailure(String type, @Nullable String message, @Nullable Throwable cause) {
        super(type + ": " + Strings.nullToEmpty(message), cause == null ? null : of(cause));
        this.type = type;
    }

    /// Of anything that the engine gave, its own wrappers left out.
    static RemoteFailure of(Throwable failure) {
        var cause = failure.getCause();
        if (cause != null && WRAPPERS.contains(failure.getClass())) {
            return of(cause);
        }
        var result = failure instanceof ApplicationFailure remote
                ? new RemoteFailure(remote.getType(), remote.getOriginalMessage(), cause)
                : new RemoteFailure(failure.getClass().getName(), failure.getMessage(), cause);
        result.setStackTrace(failure.getStackTrace());
        return result;
    }

    /// The name of the class of what the body threw; there need be no such class in this JVM.
    ///
    /// @return the name
    public String type() {
        return type;
    }
}
