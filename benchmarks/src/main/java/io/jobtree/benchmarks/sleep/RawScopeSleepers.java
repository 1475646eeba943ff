package io.jobtree.benchmarks.sleep;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;
import org.jspecify.annotations.Nullable;

/// Sleeping subtasks of a `StructuredTaskScope`. Belongs to the thread that opens it.
final class RawScopeSleepers implements Sleepers {
    private final Cancel cancel = new Cancel();
    private final StructuredTaskScope<Boolean, @Nullable Void> scope = StructuredTaskScope.open(cancel);

    RawScopeSleepers(int jobs, Sleep sleep) {
        for (int i = 0; i < jobs; i++) {
            scope.fork(sleep);
        }
    }

    /// A scope cancels all or nothing, so the subtask's thread is interrupted by hand.
    @Override
    public void cancelOne() throws InterruptedException {
        var ended = new CountDownLatch(1);
        var one = new InterruptibleSleep(ended);
        scope.fork(one);
        one.interrupt();
        ended.await();
    }

    @Override
    public void close() throws InterruptedException {
        cancel.requested = true;
        scope.fork(() -> true);
        scope.join();
        scope.close();
    }

    /// Cancels at the next fork, as nothing else does before the scope is closed.
    private static final class Cancel implements Joiner<Boolean, @Nullable Void> {
        private boolean requested;

        @Override
        public boolean onFork(Subtask<? extends Boolean> subtask) {
            return requested;
        }

        @Override
        public @Nullable Void result() {
            return null;
        }
    }
}
