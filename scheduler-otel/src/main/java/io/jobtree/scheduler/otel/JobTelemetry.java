package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
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
/// With `JobTelemetry.create()` it uses what the Java agent or the application has registered globally, and
/// where that is nothing, it costs nothing. What spans and metrics say is in the package's documentation.
///
/// Contexts also go where no thread of this process leads:
///
/// ```java
/// telemetry.inject(headers::put);                                                   // in a job that sends a message
/// telemetry.withParent(telemetry.extract(headers), () -> jobs.spawn("order", body)); // where it is received
/// ```
///
/// **Threads:** any thread may call anything; one instance serves any number of schedulers.
public final class JobTelemetry implements JobObserver {
    private final Spans spans;
    private final @Nullable JobMetrics metrics;
    private final @Nullable Heartbeat heartbeat;
    private final TextMapPropagator propagator;
    private final StartedJobs started = new StartedJobs();

    JobTelemetry(JobTelemetryBuilder builder, OpenTelemetry openTelemetry) {
        var logger = logger(openTelemetry);
        this.spans = new Spans(builder, tracer(openTelemetry), logger);
        this.metrics = builder.metrics ? new JobMetrics(openTelemetry) : null;
        this.heartbeat = builder.heartbeat == null ? null : new Heartbeat(logger, builder.heartbeat);
        this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
    }

    private static Tracer tracer(OpenTelemetry openTelemetry) {
        var tracer = openTelemetry.tracerBuilder(Keys.INSTRUMENTATION).setSchemaUrl(Keys.SCHEMA_URL);
        return (Keys.VERSION == null ? tracer : tracer.setInstrumentationVersion(Keys.VERSION)).build();
    }

    private static Logger logger(OpenTelemetry openTelemetry) {
        var logger = openTelemetry
                .getLogsBridge()
                .loggerBuilder(Keys.INSTRUMENTATION)
                .setSchemaUrl(Keys.SCHEMA_URL);
        return (Keys.VERSION == null ? logger : logger.setInstrumentationVersion(Keys.VERSION)).build();
    }

    /// Telemetry with the defaults, to the globally registered OpenTelemetry, which is looked up now; without
    /// one, it does nothing.
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

    /// A builder for telemetry to the globally registered OpenTelemetry, which is looked up when it builds.
    ///
    /// @return a new builder
    public static JobTelemetryBuilder builder() {
        return new JobTelemetryBuilder(GlobalOpenTelemetry::getOrNoop);
    }

    /// A builder.
    ///
    /// @param openTelemetry where it goes
    /// @return a new builder
    public static JobTelemetryBuilder builder(OpenTelemetry openTelemetry) {
        Objects.requireNonNull(openTelemetry, "openTelemetry");
        return new JobTelemetryBuilder(() -> openTelemetry);
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
        propagator.inject(Context.current(), setter, JobTelemetry::set);
    }

    private static void set(@Nullable BiConsumer<String, String> setter, String key, String value) {
        if (setter != null) {
            setter.accept(key, value);
        }
    }

    /// Reads a context that another process, or a job before a queue, wrote with [#inject].
    ///
    /// @param headers the headers, by name
    /// @return the context; the current one with nothing added where the headers have none
    public Context extract(Map<String, String> headers) {
        Objects.requireNonNull(headers, "headers");
        return propagator.extract(Context.current(), headers, MapGetter.INSTANCE);
    }

    /// Spawns in a context that is not the thread's own. The span of a job of the scheduler itself is a child
    /// of that context's span, whatever the [RootRelation]; that of a job below another stays that one's child
    /// and is linked to it. Baggage is the context's.
    ///
    /// @param parent the context
    /// @param spawn spawns one job or more
    /// @param <T> what it gives
    /// @return what `spawn` gave
    @SuppressWarnings("try")
    public <T extends @Nullable Object> T withParent(Context parent, Supplier<? extends T> spawn) {
        Objects.requireNonNull(parent, "parent");
        Objects.requireNonNull(spawn, "spawn");
        try (var given = SpawnContext.give(parent).makeCurrent()) {
            return spawn.get();
        }
    }

    @Override
    public JobObservation spawned(Job<?> job) {
        var context = Context.current();
        var series = metrics == null || !metrics.isEnabled() ? null : metrics.seriesOf(job);
        var tracing = spans.isEnabled();
        if (!tracing && series == null && !isBeating() && context.equals(Context.root())) {
            return JobObservation.NONE;
        }
        if (series != null) {
            series.spawned();
        }
        var parent = tracing ? parentOf(job) : null;
        return new ObservedJob(this, job, context, series, parent, tracing);
    }

    private @Nullable ObservedJob parentOf(Job<?> job) {
        var parent = job.parent();
        return parent.isEmpty() ? null : started.find(parent.get().id());
    }

    private boolean isBeating() {
        return heartbeat != null && heartbeat.isEnabled();
    }

    Spans spans() {
        return spans;
    }

    StartedJobs started() {
        return started;
    }

    @Nullable
    Future<?> beat(Job<?> job, Context context, long startedNanos) {
        return heartbeat != null && heartbeat.isEnabled() ? heartbeat.start(job, context, startedNanos) : null;
    }

    private enum MapGetter implements TextMapGetter<Map<String, String>> {
        INSTANCE;

        @Override
        public Iterable<String> keys(Map<String, String> headers) {
            return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> headers, String key) {
            return headers == null ? null : headers.get(key);
        }
    }
}
