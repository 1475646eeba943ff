package io.jobtree.scheduler.otel;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/// The default budgets: one for each SDK, whichever object and however many telemetries lead to it.
final class SharedBudgets {
    /// By what leads to an SDK, see [io.jobtree.scheduler.otel.compat.Target]: compared by identity, as those have
    /// no `equals` of their own.
    private static final Map<Object, SpanBudget> BUDGETS = new WeakHashMap<>();

    private SharedBudgets() {}

    static synchronized SpanBudget of(OpenTelemetry openTelemetry, Tracer tracer, Supplier<SpanBudget> make) {
        var known = BUDGETS.get(tracer);
        var ofObject = known == null ? BUDGETS.get(openTelemetry) : known;
        var budget = ofObject == null ? make.get() : ofObject;
        BUDGETS.put(tracer, budget);
        BUDGETS.put(openTelemetry, budget);
        return budget;
    }
}
