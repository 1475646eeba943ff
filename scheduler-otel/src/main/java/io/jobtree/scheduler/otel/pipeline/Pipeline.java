package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.SpawnRefusal;
import io.jobtree.scheduler.otel.compat.Target;
import io.jobtree.scheduler.otel.metrics.JobMetrics;
import io.jobtree.scheduler.otel.metrics.Series;
import io.jobtree.scheduler.otel.semconv.Instrumentation;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.jobtree.scheduler.otel.semconv.Outcomes;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.lang.ref.WeakReference;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A telemetry that has its OpenTelemetry: where spans, metrics and logs of jobs go.
public final class Pipeline implements AutoCloseable {
    private final OpenTelemetry openTelemetry;
    private final Target target;
    private final WeakReference<Target> noted;
    private final Spans spans;
    private final @Nullable JobMetrics metrics;
    private final InFlight inFlight;
    private final Hooks hooks = new Hooks();
    private final @Nullable BiConsumer<? super Job<?>, ? super AttributesBuilder> metricAttributes;
    private final boolean fallback;

    public Pipeline(Settings settings, OpenTelemetry openTelemetry) {
        var logger = Instrumentation.logger(openTelemetry);
        var tracer = Instrumentation.tracer(openTelemetry);
        var meter = Instrumentation.meter(openTelemetry);
        this.openTelemetry = openTelemetry;
        this.target = Target.of(openTelemetry, tracer, meter, logger);
        this.noted = new WeakReference<>(target);
        this.spans = new Spans(
                settings,
                settings.budget(openTelemetry, tracer),
                Suppressions.of(openTelemetry, tracer),
                tracer,
                logger,
                hooks);
        this.inFlight = new InFlight(settings, logger, hooks);
        this.metrics =
                settings.metrics ? new JobMetrics(meter, target, settings.nameExpiry, this::forEachRunning) : null;
        this.metricAttributes = settings.metricAttributes;
        this.fallback = settings.fallback;
    }

    public OpenTelemetry openTelemetry() {
        return openTelemetry;
    }

    Spans spans() {
        return spans;
    }

    InFlight inFlight() {
        return inFlight;
    }

    public boolean isEnabled() {
        try {
            return spans.isEnabled() || isCounting() || inFlight.isEnabled();
        } catch (Throwable broken) {
            // It is reported where a job is observed, whose context is carried all the same.
            return true;
        }
    }

    private boolean isCounting() {
        return metrics != null && metrics.isEnabled();
    }

    public JobObservation spawned(Job<?> job, Optional<JobObservation> parent, SpawnContext spawn) {
        var tracing = spans.isEnabled();
        if (!Observed.isFirst(job.id(), noted, fallback)) {
            return JobObservation.NONE;
        }
        var options = job.options();
        var name = spans.nameOf(job, options);
        var above = parent.orElse(null) instanceof ObservedJob observed ? observed : null;
        var relation = tracing ? spans.relationOf(job, spawn.given()) : null;
        // Last, for what is counted here is to be taken off at the end.
        var series = isCounting() && metrics != null ? metrics.spawned(job, options, name, more(job)) : null;
        return new ObservedJob(this, job, name, series, spawn.context(), relation, above);
    }

    public void failed(String what, Throwable thrown) {
        hooks.failed(what, thrown);
    }

    public void refused(SpawnRefusal refusal) {
        var tracing = spans.isEnabled();
        var counting = isCounting();
        if (!(tracing || counting) || !Observed.isFirst(-System.identityHashCode(refusal), noted, fallback)) {
            return;
        }
        if (tracing) {
            hooks.guard("an event of a span", () -> spans.refused(refusal));
        }
        if (counting && metrics != null) {
            metrics.refused(refusal.scope().scheduler().name(), Outcomes.word(refusal.reason()));
        }
    }

    private Attributes more(Job<?> job) {
        var hook = metricAttributes;
        if (hook == null) {
            return Attributes.empty();
        }
        var added = Attributes.builder();
        hooks.run("metricAttributes", () -> hook.accept(job, added));
        return added.removeIf(key -> Keys.isReserved(key.getKey())).build();
    }

    private void forEachRunning(BiConsumer<Job<?>, Series> action) {
        inFlight.running().forEach(job -> {
            var series = job.series();
            if (series != null) {
                action.accept(job.job(), series);
            }
        });
    }

    @Override
    public void close() {
        inFlight.close();
        if (metrics != null) {
            metrics.close();
        }
    }
}
