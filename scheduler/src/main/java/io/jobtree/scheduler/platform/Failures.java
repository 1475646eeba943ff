package io.jobtree.scheduler.platform;

import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileLockInterruptionException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// What can be said of a failure by looking at it. Exceptions are user code: their methods may throw, and their
/// causes may form a cycle.
public final class Failures {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_SEEN = 256;

    /// Of the JDK's directory client. By its name, for its module may not be there.
    private static final String INTERRUPTED_NAMING = "javax.naming.InterruptedNamingException";

    static {
        Handles.initialize(MethodHandles.lookup(), List.of(Connection.class, Suppression.class));
    }

    private Failures() {}

    /// A `spawn` that waited for room was interrupted.
    public static final class SpawnInterrupted extends RejectedExecutionException {
        private static final long serialVersionUID = 1;

        public SpawnInterrupted(String message) {
            super(message);
        }
    }

    /// A `spawn` was refused because the calling job, or one above it, is being stopped too.
    public static final class SpawnRefused extends RejectedExecutionException {
        private static final long serialVersionUID = 1;

        public SpawnRefused(String message) {
            super(message);
        }
    }

    /// Whether a body threw this only because it was asked to stop.
    ///
    /// @param interrupted whether the thread had its interrupt flag when the body was over, or was to be
    ///     interrupted: a socket that is closed by an interrupt, maybe another's, throws a plain SocketException
    public static boolean isAnswerToCancel(Throwable thrown, boolean interrupted) {
        int depth = 0;
        for (var cause = thrown; cause != null && depth < MAX_DEPTH; cause = causeOf(cause), depth++) {
            if (cause instanceof InterruptedException
                    || cause instanceof CancellationException
                    || cause instanceof ClosedByInterruptException
                    || cause instanceof FileLockInterruptionException
                    // Of a barrier where another was interrupted first.
                    || cause instanceof BrokenBarrierException
                    || cause instanceof SpawnInterrupted
                    || cause instanceof SpawnRefused
                    || (cause instanceof InterruptedIOException && !(cause instanceof SocketTimeoutException))
                    || isInterruptedNaming(cause)
                    || (interrupted && (cause instanceof SocketException || cause instanceof ClosedChannelException))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInterruptedNaming(Throwable thrown) {
        try {
            return thrown.getClass().getName().equals(INTERRUPTED_NAMING);
        } catch (Throwable noMemory) {
            return false;
        }
    }

    private static @Nullable Throwable causeOf(Throwable thrown) {
        try {
            return thrown.getCause();
        } catch (Throwable broken) {
            return null;
        }
    }

    /// Suppresses a later failure on the first one, unless there are enough of them, or the two are connected already.
    ///
    /// @param count how many came after the first in this job, this one included
    /// @return false where the first does not take it
    public static boolean trySuppress(Throwable first, Throwable later, int count) {
        return count > Suppression.MOST || isIdentical(first, later) || Suppression.tryTo(first, later);
    }

    /// Whether causes and suppressed ones lead from one to another.
    public enum Connection {
        NONE,
        FOUND,
        TOO_MANY_TO_TELL
    }

    /// Looks whether causes and suppressed ones lead from one to the other.
    public static Connection connection(Throwable from, Throwable to) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        var queue = new ArrayDeque<Throwable>();
        queue.add(from);
        for (var next = queue.poll(); next != null; next = queue.poll()) {
            if (isIdentical(next, to)) {
                return Connection.FOUND;
            }
            if (seen.size() > MAX_SEEN) {
                return Connection.TOO_MANY_TO_TELL;
            }
            if (seen.add(next)) {
                var cause = causeOf(next);
                if (cause != null) {
                    queue.add(cause);
                }
                Collections.addAll(queue, next.getSuppressed());
            }
        }
        return Connection.NONE;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isIdentical(Throwable one, Throwable other) {
        return one == other;
    }
}
