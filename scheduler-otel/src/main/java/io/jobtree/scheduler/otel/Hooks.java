package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.otel.semconv.Instrumentation;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Calls what a user gave to the builder. Where that throws, jobs and their spans go on without it, and it is
/// logged once for each hook.
final class Hooks {
    private static final System.Logger LOGGER = System.getLogger(Instrumentation.NAME);

    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    <T extends @Nullable Object> T call(String hook, Supplier<? extends T> code, T otherwise) {
        try {
            return code.get();
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
        if (logged.add(hook)) {
            LOGGER.log(
                    Level.WARNING,
                    "JobTelemetry: the hook '" + hook + "' threw; jobs go on without it, and it is not logged again",
                    thrown);
        }
    }
}
