package io.jobtree.scheduler.temporal;

import java.util.Map;
import java.util.function.Supplier;

/// Carries a context, as that of a trace, from the job to its body in another JVM, as plain headers.
///
/// **Threads:** any.
public interface RemoteHeaders {
    /// Carries nothing.
    RemoteHeaders NONE = new RemoteHeaders() {};

    /// The headers of the current thread's context; none where that is not overridden. Called on the job's thread.
    ///
    /// @return names and values
    default Map<String, String> current() {
        return Map.of();
    }

    /// Spawns a body's job in the context of headers; ignores them where that is not overridden. Called in the worker.
    ///
    /// @param headers what [#current] gave
    /// @param spawn spawns it, on the calling thread
    /// @param <T> what that gives
    /// @return what `spawn` gave
    default <T> T restore(Map<String, String> headers, Supplier<? extends T> spawn) {
        return spawn.get();
    }
}
