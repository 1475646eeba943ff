import org.jspecify.annotations.NullMarked;

/// Micrometer metrics of jobs, and thread-locals into jobs, for applications without OpenTelemetry.
@NullMarked
// Micrometer's jars have names, not descriptors.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.jobtree.scheduler.micrometer {
    requires transitive io.jobtree.scheduler;
    // Each for one class: who uses the other one needs it not, so not transitive.
    requires static micrometer.core;
    requires static context.propagation;
    requires static transitive org.jspecify;

    exports io.jobtree.scheduler.micrometer;
}
