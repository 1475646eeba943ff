import org.jspecify.annotations.NullMarked;

/// OpenTelemetry traces, metrics and logs of jobs.
@NullMarked
// OpenTelemetry's jars have names, not descriptors.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.jobtree.scheduler.otel {
    requires transitive io.jobtree.scheduler;
    requires transitive io.opentelemetry.api;
    requires transitive io.opentelemetry.context;
    // Where the SDK is built, and not beside the Java agent. Not transitive: all who require this would have to have
    // them.
    requires static io.opentelemetry.sdk.common;
    requires static io.opentelemetry.sdk.trace;
    requires static io.opentelemetry.sdk.autoconfigure.spi;
    requires static transitive org.jspecify;

    exports io.jobtree.scheduler.otel;
    exports io.jobtree.scheduler.otel.sdk;

    provides io.jobtree.scheduler.JobObserver with
            io.jobtree.scheduler.otel.autoconfigure.AutoTelemetry;
    provides io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider with
            io.jobtree.scheduler.otel.autoconfigure.SdkCustomizer;
}
