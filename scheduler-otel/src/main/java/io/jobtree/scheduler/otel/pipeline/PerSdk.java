package io.jobtree.scheduler.otel.pipeline;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/// What there is once for each SDK, whichever object and however many telemetries lead to it.
///
/// @param <T> of what
final class PerSdk<T> {
    /// By what leads to an SDK, see [io.jobtree.scheduler.otel.compat.Target]: compared by identity, as those have
    /// no `equals` of their own.
    private final Map<Object, T> known = new WeakHashMap<>();

    synchronized T of(OpenTelemetry openTelemetry, Tracer tracer, Supplier<? extends T> make) {
        var ofTracer = known.get(tracer);
        var ofEither = ofTracer == null ? known.get(openTelemetry) : ofTracer;
        var found = ofEither == null ? make.get() : ofEither;
        known.put(tracer, found);
        known.put(openTelemetry, found);
        return found;
    }
}
