package io.jobtree.scheduler.temporal;

import com.google.common.base.Preconditions;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Failures as the engine can write them down: it follows causes wherever these lead, and calls what a user's class may
/// have made throw.
final class Sendable {
    /// What it takes of a chain of causes; Protobuf reads no message that is a hundred levels deep.
    private static final int MOST_CAUSES = 30;

    /// What it takes of a text: all of a failure has to fit into one message.
    private static final int MOST_TEXT = 10_000;

    private static final StackTraceElement[] NO_STACK = {};

    private Sendable() {}

    /// The failure itself, if it can be written; else one that says the same of its type, message, stack and causes.
    static Throwable of(Throwable failure) {
        var chain = new ArrayList<Throwable>();
        boolean whole = addCauses(failure, chain);
        return whole && chain.stream().allMatch(Sendable::isReadable) ? failure : copy(chain);
    }

    /// Whether that was all: causes may form a cycle, or have no end.
    @SuppressWarnings("ReferenceEquality") // that one and no other
    private static boolean addCauses(Throwable failure, List<Throwable> chain) {
        for (@Nullable Throwable next = failure; next != null; ) {
            var added = next;
            if (chain.size() == MOST_CAUSES || chain.stream().anyMatch(known -> known == added)) {
                return false;
            }
            chain.add(added);
            try {
                next = added.getCause();
            } catch (Throwable thrown) {
                return false;
            }
        }
        return true;
    }

    private static boolean isReadable(Throwable failure) {
        try {
            var message = failure.getMessage();
            return (message == null || message.length() <= MOST_TEXT) && failure.getStackTrace() != null;
        } catch (Throwable thrown) {
            return false;
        }
    }

    private static Throwable copy(List<Throwable> chain) {
        Throwable copy = null;
        for (var failure : chain.reversed()) {
            copy = copy(failure, copy);
        }
        return Preconditions.checkNotNull(copy, "a failure");
    }

    private static Throwable copy(Throwable failure, @Nullable Throwable cause) {
        var type = failure instanceof ApplicationFailure known
                ? known.getType()
                : failure.getClass().getName();
        boolean nonRetryable = failure instanceof ApplicationFailure known && known.isNonRetryable();
        var copy = nonRetryable
                ? ApplicationFailure.newNonRetryableFailureWithCause(message(failure), type, cause)
                : ApplicationFailure.newFailureWithCause(message(failure), type, cause);
        copy.setStackTrace(stack(failure));
        return copy;
    }

    private static @Nullable String message(Throwable failure) {
        try {
            var message =
                    failure instanceof ApplicationFailure known ? known.getOriginalMessage() : failure.getMessage();
            return message == null || message.length() <= MOST_TEXT
                    ? message
                    : message.substring(0, MOST_TEXT) + "… (" + message.length() + " characters)";
        } catch (Throwable thrown) {
            return "(its getMessage threw " + thrown.getClass().getName() + ")";
        }
    }

    private static StackTraceElement[] stack(Throwable failure) {
        try {
            var stack = failure.getStackTrace();
            return stack == null ? NO_STACK : stack;
        } catch (Throwable thrown) {
            return NO_STACK;
        }
    }
}
