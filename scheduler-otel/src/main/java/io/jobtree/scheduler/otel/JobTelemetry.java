package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.SpawnRefusal;
import io.jobtree.scheduler.otel.pipeline.DeadlineBaggage;
import io.jobtree.scheduler.otel.pipeline.Pipeline;
import io.jobtree.scheduler.otel.pipeline.Settings;
import io.jobtree.scheduler.otel.pipeline.SpawnContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Observes the jobs of a scheduler with OpenTelemetry: a span per job, in the tree that the jobs form, and
/// metrics.
///
/// ```java
/// JobTelemetry telemetry = JobTelemetry.create(openTelemetry);
/// var jobs = Scheduler.open(SchedulerOptions.named("orders").withObserver(telemetry));
/// ```
///
/// With `JobTelemetry.create()` it uses what the Java agent or the application registers globally, from the moment
/// that it does; until then it makes no spans. Where tests register another one, it uses that. What spans and metrics
/// say is in the package's documentation.
///
/// Contexts also go where no thread of this process leads:
///
/// ```java
/// telemetry.inject(headers::put);                                                   // in a job that sends a message
/// telemetry.withParent(telemetry.extract(headers), () -> jobs.spawn("order", body)); // where it is received
/// ```
///
/// It lives as long as the application, or is closed.
///
/// **Threads:** any thread may call anything; one instance serves any number of schedulers.
public final class JobTelemetry implements JobObserver, AutoCloseable {
    private final Settings settings;
    private final OpenTelemetrySource source;

    /// Null until there is an OpenTelemetry, and after the close. Written under the lock.
    private volatile @Nullable Pipeline pipeline;

    private volatile boolean closed;

    JobTelemetry(Settings settings, OpenTelemetrySource source) {
        this.settings = settings;
        this.source = source;
        pipeline();
    }

    private @Nullable Pipeline pipeline() {
        var known = pipeline;
        return closed || (known != null && source.isCurrent(known.openTelemetry())) ? known : resolve(known);
    }

    private @Nullable Pipeline resolve(@Nullable Pipeline stale) {
        var found = source.find();
        return found == null && stale == null ? null : connect(found);
    }

    private synchronized @Nullable Pipeline connect(@Nullable OpenTelemetry found) {
        var known = pipeline;
        if (closed || (known != null && known.openTelemetry().equals(found))) {
            return known;
        }
        if (known != null) {
            known.close();
        }
        var next = found == null ? null : new Pipeline(settings, found);
        pipeline = next;
        return next;
    }

    /// Telemetry with the defaults, to the globally registered OpenTelemetry. While there is none it does nothing,
    /// and looks again for the next job.
    ///
    /// @return the observer
    public static JobTelemetry create() {
        return builder().build();
    }

    /// Telemetry with the defaults.
    ///
    /// @param openTelemetry where it goes
    /// @return the observer
    public static JobTelemetry create(OpenTelemetry openTelemetry) {
        return builder(openTelemetry).build();
    }

    /// A builder for telemetry to the globally registered OpenTelemetry, which may be registered later.
    ///
    /// @return a new builder
    public static JobTelemetryBuilder builder() {
        return new JobTelemetryBuilder(new OpenTelemetrySource.Global());
    }

    /// A builder.
    ///
    /// @param openTelemetry where it goes
    /// @return a new builder
    public static JobTelemetryBuilder builder(OpenTelemetry openTelemetry) {
        Objects.requireNonNull(openTelemetry, "openTelemetry");
        return new JobTelemetryBuilder(new OpenTelemetrySource.Given(openTelemetry));
    }

    /// Makes a thread factory's threads run in the context of whoever makes them; for those who use a
    /// `StructuredTaskScope` themselves:
    ///
    /// ```java
    /// StructuredTaskScope.open(joiner, config -> config.withThreadFactory(JobTelemetry.propagating(factory)));
    /// ```
    ///
    /// @param threads makes the threads
    /// @return makes them with the context
    public static ThreadFactory propagating(ThreadFactory threads) {
        return new PropagatingThreadFactory(threads);
    }

    /// Writes the current context, a job's for one, into what goes to another process, in the formats that
    /// OpenTelemetry is configured for.
    ///
    /// @param setter takes each header's name and value
    public void inject(BiConsumer<String, String> setter) {
        Objects.requireNonNull(setter, "setter");
        var context = Context.current();
        var job = settings.deadlineBaggage ? Job.current().orElse(null) : null;
        propagator().inject(job == null ? context : DeadlineBaggage.into(context, job), setter, JobTelemetry::set);
    }

    private static void set(@Nullable BiConsumer<String, String> setter, String key, String value) {
        if (setter != null) {
            setter.accept(key, value);
        }
    }

    private TextMapPropagator propagator() {
        // Also after the close: what was sent under a span is to be received under it.
        var known = closed ? null : pipeline();
        var found = known == null ? source.find() : known.openTelemetry();
        return found == null ? TextMapPropagator.noop() : found.getPropagators().getTextMapPropagator();
    }

    /// Reads a context that another process, or a job before a queue, wrote with [#inject].
    ///
    /// @param headers the headers, by name, in upper case or lower case
    /// @return the context; the current one with nothing added where the headers have none
    public Context extract(Map<String, String> headers) {
        Objects.requireNonNull(headers, "headers");
        return propagator().extract(Context.current(), headers, HeaderGetter.INSTANCE);
    }

    /// Spawns under a span that is not the thread's own. The span of a job of the scheduler itself is a child of
    /// that context's span, whatever the [RootRelation]; that of a job below another stays that one's child and is
    /// linked to it. Baggage is the context's, and what else is current stays so.
    ///
    /// It holds for what this thread spawns: the current context stays as it is, so nothing else that `spawn` does
    /// is under that span. A span or baggage that `spawn` makes current goes before the given one.
    ///
    /// @param parent the context
    /// @param spawn spawns one job or more
    /// @param <T> what it gives
    /// @return what `spawn` gave
    public <T extends @Nullable Object> T withParent(Context parent, Supplier<? extends T> spawn) {
        Objects.requireNonNull(parent, "parent");
        Objects.requireNonNull(spawn, "spawn");
        return SpawnContext.giving(parent, spawn);
    }

    @Override
    public boolean isEnabled() {
        if (closed) {
            return false;
        }
        var known = pipeline();
        // What is current goes with a job also where nothing is traced, but for a fallback: that leaves jobs to others.
        return (known != null && known.isEnabled()) || !(settings.fallback || SpawnContext.isRoot());
    }

    @Override
    public JobObservation spawned(Job<?> job) {
        return spawned(job, Optional.empty());
    }

    @Override
    public JobObservation spawned(Job<?> job, Optional<JobObservation> parent) {
        var spawn = SpawnContext.capture();
        var known = pipeline();
        if (known == null || !known.isEnabled()) {
            return closed || settings.fallback || spawn.context().equals(Context.root())
                    ? JobObservation.NONE
                    : new CarriedContext(spawn.context());
        }
        try {
            return known.spawned(job, parent, spawn);
        } catch (Throwable thrown) {
            known.failed("the observation of a job", thrown);
            return new CarriedContext(spawn.context());
        }
    }

    @Override
    public void refused(SpawnRefusal refusal) {
        var known = pipeline();
        if (known != null) {
            known.refused(refusal);
        }
    }

    /// Stops observing: jobs that are spawned from now on have no span and are not counted, and metrics that are
    /// read when they are collected are withdrawn. The spans of jobs that have been spawned end when the jobs do.
    @Override
    public synchronized void close() {
        closed = true;
        var open = pipeline;
        pipeline = null;
        if (open != null) {
            open.close();
        }
    }
}
