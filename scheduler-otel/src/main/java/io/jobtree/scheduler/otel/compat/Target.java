package io.jobtree.scheduler.otel.compat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Tracer;

/// Where a telemetry goes, by identities: who has one of these keeps nothing alive.
///
/// Two that are different objects may be one SDK, for what is registered globally is a wrapper of what was built.
/// Then the SDK's parts are the same. The agent makes new parts for each who asks, and has one object for itself.
public record Target(int openTelemetry, int parts) {
    public static Target of(OpenTelemetry openTelemetry, Tracer tracer, Meter meter, Logger logger) {
        int parts = System.identityHashCode(tracer);
        parts = 31 * parts + System.identityHashCode(meter);
        parts = 31 * parts + System.identityHashCode(logger);
        return new Target(System.identityHashCode(openTelemetry), parts);
    }

    public boolean isSameAs(Target other) {
        return openTelemetry == other.openTelemetry || parts == other.parts;
    }
}
