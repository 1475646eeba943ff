import org.jspecify.annotations.NullMarked;

/// OpenTelemetry traces, metrics and logs of jobs.
@NullMarked
// OpenTelemetry's jars have names, not descriptors.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.jobtree.scheduler.otel {
    requires transitive io.jobtree.scheduler;
    requires transitive io.opentelemetry.api;
    requires transitive io.opentelemetry.context;
    requires static transitive org.jspecify;

    exports io.jobtree.scheduler.otel;
}
