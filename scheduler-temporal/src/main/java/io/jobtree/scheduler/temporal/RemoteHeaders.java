package io.jobtree.scheduler.temporal;

import java.util.Map;

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
        public AutoCloseable restore(Map<String, String> headers) {
            return () -> {};
        }
    };

    /// The headers of the current thread's context. Called on the job's thread.
    ///
    /// @return names and values
    Map<String, String> current();

    /// Makes the context of headers the current one. Called in the worker, on the thread that then spawns the body.
    ///
    /// @param headers what [#current] gave
    /// @return restores the context before
    AutoCloseable restore(Map<String, String> headers);
}
