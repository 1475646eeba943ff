package io.jobtree.scheduler.junit5.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Carries the stacks of one leaked job into the test's stack trace.
public final class LeakedJobTrace extends Throwable {
    private static final long serialVersionUID = 1;

    public LeakedJobTrace(String message, List<StackTraceElement> stack, @Nullable LeakedJobTrace cause) {
        super(message, cause, false, true);
        setStackTrace(stack.toArray(StackTraceElement[]::new));
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
