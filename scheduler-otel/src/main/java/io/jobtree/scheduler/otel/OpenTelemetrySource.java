package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.otel.compat.GlobalLookup;
import io.opentelemetry.api.OpenTelemetry;
import org.jspecify.annotations.Nullable;

/// Where a telemetry has its OpenTelemetry from.
sealed interface OpenTelemetrySource {
    /// The one to use now; null if there is none yet.
    @Nullable
    OpenTelemetry find();

    /// Whether one that was found is still the one to use. Asked at each spawn.
    boolean isCurrent(OpenTelemetry found);

    /// What a user gave.
    record Given(OpenTelemetry openTelemetry) implements OpenTelemetrySource {
        @Override
        public OpenTelemetry find() {
            return openTelemetry;
        }

        @Override
        public boolean isCurrent(OpenTelemetry found) {
            return true;
        }
    }

    /// What is registered globally. Tests reset that and register another.
    record Global() implements OpenTelemetrySource {
        @Override
        public @Nullable OpenTelemetry find() {
            return GlobalLookup.find();
        }

        @Override
        public boolean isCurrent(OpenTelemetry found) {
            return GlobalLookup.isCurrent(found);
        }
    }
}
