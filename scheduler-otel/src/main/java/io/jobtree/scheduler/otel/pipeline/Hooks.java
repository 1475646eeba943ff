package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.otel.compat.Warnings;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Calls what a user gave to the builder. Where that throws or gives null, jobs and their spans go on without it,
/// and it is logged once for each hook.
final class Hooks {
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /// @param otherwise what is used where the hook throws, or gives null
    <T> T call(String hook, Supplier<? extends @Nullable T> code, T otherwise) {
        try {
            return Objects.requireNonNull(code.get(), hook + " gave null");
        } catch (Throwable thrown) {
            log(hook, thrown);
            return otherwise;
        }
    }

    void run(String hook, Runnable code) {
        try {
            code.run();
        } catch (Throwable thrown) {
            log(hook, thrown);
        }
    }

    private void log(String hook, Throwable thrown) {
        logOnce(hook, "the hook '" + hook + "' threw; jobs go on without it", thrown);
    }

    /// Runs what is the SDK's own.
    void guard(String what, Runnable code) {
        try {
            code.run();
        } catch (Throwable thrown) {
            failed(what, thrown);
        }
    }

    /// What the SDK calls may throw as well: a sampler, a processor, an exception that is asked for its message.
    void failed(String what, Throwable thrown) {
        logOnce(what, what + " failed; the job, its context and its other telemetry go on", thrown);
    }

    private void logOnce(String key, String message, Throwable thrown) {
        if (logged.add(key)) {
            Warnings.log(message + ", and it is not logged again", thrown);
        }
    }
}
