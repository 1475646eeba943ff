package io.jobtree.scheduler.otel;

import io.opentelemetry.api.common.AttributeKey;
import org.jspecify.annotations.Nullable;

/// The names that go out; what each means is in the package's documentation.
final class Keys {
    static final String INSTRUMENTATION = "io.jobtree.scheduler.otel";
    /// Known where the classes come from a jar.
    static final @Nullable String VERSION = Keys.class.getPackage().getImplementationVersion();

    static final String SCHEMA_URL = "https://opentelemetry.io/schemas/1.37.0";

    static final AttributeKey<Long> ID = AttributeKey.longKey("jobtree.job.id");
    static final AttributeKey<String> PATH = AttributeKey.stringKey("jobtree.job.path");
    static final AttributeKey<String> SCHEDULER = AttributeKey.stringKey("jobtree.job.scheduler");
    static final AttributeKey<Double> QUEUE_DURATION = AttributeKey.doubleKey("jobtree.job.queue.duration");
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("jobtree.job.outcome");
    static final AttributeKey<String> CANCEL_REASON = AttributeKey.stringKey("jobtree.job.cancel.reason");
    static final AttributeKey<String> CANCEL_ORIGIN = AttributeKey.stringKey("jobtree.job.cancel.origin");
    static final AttributeKey<String> FAILURE_ORIGIN = AttributeKey.stringKey("jobtree.job.failure.origin.span_id");
    static final AttributeKey<Long> SUPPRESSED = AttributeKey.longKey("jobtree.tree.suppressed_spans");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    static final AttributeKey<String> NAME = AttributeKey.stringKey("jobtree.job.name");
    static final AttributeKey<String> STATE = AttributeKey.stringKey("jobtree.job.state");
    static final AttributeKey<String> NOT_STARTED_REASON = AttributeKey.stringKey("jobtree.job.not_started.reason");

    /// The SDK's own, for what has more attribute sets than it keeps.
    static final AttributeKey<Boolean> OVERFLOW = AttributeKey.booleanKey("otel.metric.overflow");

    static final AttributeKey<Double> ELAPSED = AttributeKey.doubleKey("jobtree.job.elapsed");
    static final AttributeKey<String> STACK = AttributeKey.stringKey("code.stacktrace");

    /// Stands for the name of unnamed jobs, whose own has their id in it.
    static final String UNNAMED = "job";

    private static final double NANOS_IN_A_SECOND = 1e9;

    private Keys() {}

    static double seconds(long nanos) {
        return nanos / NANOS_IN_A_SECOND;
    }
}
