package io.jobtree.scheduler.temporal;

import java.util.Map;
import java.util.function.Supplier;

/// Carries a context, as that of a trace, from the job to its body in another JVM, as plain headers.
///
/// **Threads:** any.
public interface RemoteHeaders {
    /// Carries nothing.
    RemoteHeaders NONE = new RemoteHeaders() {
        @Override
        public Map<String, String> current() {
            return Map.of();
        }

        @Override
        public <T> T restore(Map<String, String> headers, Supplier<? extends T> spawn) {
            return spawn.get();
        }
    };

    /// The headers of the current thread's context. Called on the job's thread.
    ///
    /// @return names and values
    Map<String, String> current();

    /// Spawns a body's job in the context of headers. Called in the worker.
    ///
    /// @param headers what [#current] gave
    /// @param spawn spawns it, on the calling thread
    /// @param <T> what that gives
    /// @return what `spawn` gave
    <T> T restore(Map<String, String> headers, Supplier<? extends T> spawn);
}
