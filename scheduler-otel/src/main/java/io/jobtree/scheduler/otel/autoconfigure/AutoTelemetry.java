package io.jobtree.scheduler.otel.autoconfigure;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SpawnRefusal;
import io.jobtree.scheduler.otel.JobTelemetry;
import io.jobtree.scheduler.otel.compat.Config;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// A telemetry with the defaults for schedulers that have none of their own, found by the service loader.
///
/// It is closed with the last scheduler and made again for the next one: an SDK may outlive the application, and holds
/// what it calls when metrics are collected.
public final class AutoTelemetry implements JobObserver {
    private static final String ENABLED = "jobtree.otel.enabled";

    private final boolean enabled = Config.flag(ENABLED, true);

    /// Locked by this object.
    private final Set<Scheduler> open = Collections.newSetFromMap(new WeakHashMap<>());

    /// Null while no scheduler is open, or where it is off. Written under the lock.
    private volatile @Nullable JobTelemetry telemetry = enabled ? make() : null;

    /// For the service loader.
    public AutoTelemetry() {}

    private static JobTelemetry make() {
        return JobTelemetry.builder().asFallback().build();
    }

    @Override
    public synchronized void schedulerOpened(Scheduler scheduler) {
        open.add(scheduler);
        if (enabled && telemetry == null) {
            telemetry = make();
        }
    }

    @Override
    public synchronized void schedulerClosed(Scheduler scheduler) {
        open.remove(scheduler);
        var known = telemetry;
        // Of others that are open it may not have heard.
        if (known != null && open.isEmpty() && Scheduler.all().stream().allMatch(scheduler::equals)) {
            telemetry = null;
            known.close();
        }
    }

    @Override
    public boolean isEnabled() {
        var known = telemetry;
        return known != null && known.isEnabled();
    }

    @Override
    public JobObservation spawned(Job<?> job) {
        return spawned(job, Optional.empty());
    }

    @Override
    public JobObservation spawned(Job<?> job, Optional<JobObservation> parent) {
        var known = telemetry;
        return known == null ? JobObservation.NONE : known.spawned(job, parent);
    }

    @Override
    public void refused(SpawnRefusal refusal) {
        var known = telemetry;
        if (known != null) {
            known.refused(refusal);
        }
    }
}
