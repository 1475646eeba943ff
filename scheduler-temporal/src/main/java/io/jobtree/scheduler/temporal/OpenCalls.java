package io.jobtree.scheduler.temporal;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// The calls that wait on one connection: the engine's client goes on asking a server that nobody is connected to any
/// more, so they are ended here.
final class OpenCalls {
    private final Set<CompletableFuture<?>> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /// What a call ends with that waited when the connection was closed, or came later.
    static final class ConnectionClosed extends RuntimeException {
        private static final long serialVersionUID = 1;

        private ConnectionClosed() {
            super("the connection is closed");
        }
    }

    /// The same future, which fails when the connection is closed.
    @SuppressWarnings("UndefinedEquals") // each is itself only
    <T> CompletableFuture<T> add(CompletableFuture<T> call) {
        waiting.add(call);
        var _ = call.whenComplete((_, _) -> waiting.remove(call));
        // In this order: either this sees that it is closed, or closing sees the call.
        if (closed) {
            end(call);
        }
        return call;
    }

    void close() {
        closed = true;
        waiting.forEach(OpenCalls::end);
    }

    private static void end(CompletableFuture<?> call) {
        call.completeExceptionally(new ConnectionClosed());
    }
}
