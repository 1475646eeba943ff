/// A user's module.
module shop {
    requires io.jobtree.scheduler;
    requires io.jobtree.scheduler.otel;
    requires io.opentelemetry.api;

    exports shop;
}
