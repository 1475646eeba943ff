package io.jobtree.scheduler.otel.autoconfigure;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.SpawnRefusal;
import io.jobtree.scheduler.otel.JobTelemetry;
import io.jobtree.scheduler.otel.compat.Config;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A telemetry with the defaults for schedulers that have none of their own, found by the service loader.
public final class AutoTelemetry implements JobObserver {
    private static final String ENABLED = "jobtree.otel.enabled";

    private final @Nullable JobTelemetry telemetry =
            Config.flag(ENABLED, true) ? JobTelemetry.builder().asFallback().build() : null;

    /// For the service loader.
    public AutoTelemetry() {}

    @Override
    public boolean isEnabled() {
        return telemetry != null && telemetry.isEnabled();
    }

    @Override
    public JobObservation spawned(Job<?> job) {
        return spawned(job, Optional.empty());
    }

    @Override
    public JobObservation spawned(Job<?> job, Optional<JobObservation> parent) {
        return telemetry == null ? JobObservation.NONE : telemetry.spawned(job, parent);
    }

    @Override
    public void refused(SpawnRefusal refusal) {
        if (telemetry != null) {
            telemetry.refused(refusal);
        }
    }
}
