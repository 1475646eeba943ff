package io.jobtree.scheduler.otel;

import io.opentelemetry.context.Context;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// Gives each thread the context of whoever made it.
final class PropagatingThreadFactory implements ThreadFactory {
    private final ThreadFactory threads;

    PropagatingThreadFactory(ThreadFactory threads) {
        this.threads = Objects.requireNonNull(threads, "threads");
    }

    @Override
    public @Nullable Thread newThread(Runnable task) {
        // A wrapper of its own each time: some agents key the context by the task, which may be one object forked
        // often.
        return threads.newThread(Context.current().wrap(task));
    }
}
