package io.jobtree.scheduler.temporal;

import io.jobtree.scheduler.JobTimeoutException;
import io.temporal.failure.ApplicationFailure;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The failure of a body that ran elsewhere. Its stack trace is the one of that JVM, its cause the cause there.
public final class RemoteFailure extends RuntimeException {
    /// Types of what an attempt ends with that is no failure of its body. No body can throw the last two.
    static final String TIMED_OUT = JobTimeoutException.class.getName();

    static final String CANCELLED = "io.jobtree.Cancelled";
    static final String HANDED_BACK = "io.jobtree.HandedBack";

    private static final long serialVersionUID = 1;

    /// The name of the failure's class.
    private final String type;

    private RemoteFailure(String type, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.type = type;
    }

    /// Of anything that the engine gave, its own wrappers left out.
    static RemoteFailure of(Throwable failure) {
        var cause = failure.getCause();
        var type = failure.getClass().getName();
        var message = String.valueOf(failure.getMessage());
        if (failure instanceof ApplicationFailure remote) {
            type = remote.getType();
            message = Objects.requireNonNullElse(remote.getOriginalMessage(), "");
        }
        var result = new RemoteFailure(type, type + ": " + message, cause == null ? null : of(cause));
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
