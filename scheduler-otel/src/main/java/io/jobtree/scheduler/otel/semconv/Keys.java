package io.jobtree.scheduler.otel.semconv;

import io.opentelemetry.api.common.AttributeKey;

/// The names that go out; what each means is in the documentation of the exported package.
public final class Keys {
    public static final AttributeKey<Long> ID = AttributeKey.longKey("jobtree.job.id");
    public static final AttributeKey<String> PATH = AttributeKey.stringKey("jobtree.job.path");
    public static final AttributeKey<String> SCHEDULER = AttributeKey.stringKey("jobtree.job.scheduler");
    public static final AttributeKey<Double> QUEUE_DURATION = AttributeKey.doubleKey("jobtree.job.queue.duration");
    public static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("jobtree.job.outcome");
    public static final AttributeKey<String> CANCEL_REASON = AttributeKey.stringKey("jobtree.job.cancel.reason");
    public static final AttributeKey<String> CANCEL_ORIGIN = AttributeKey.stringKey("jobtree.job.cancel.origin");
    public static final AttributeKey<String> FAILURE_ORIGIN =
            AttributeKey.stringKey("jobtree.job.failure.origin.span_id");
    public static final AttributeKey<String> FAILURE_ORIGIN_TRACE =
            AttributeKey.stringKey("jobtree.job.failure.origin.trace_id");
    public static final AttributeKey<Boolean> FAILURE_EXPECTED =
            AttributeKey.booleanKey("jobtree.job.failure.expected");
    public static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    public static final AttributeKey<Long> SUPPRESSED = AttributeKey.longKey("jobtree.tree.suppressed_spans");
    public static final AttributeKey<Long> SUPPRESSED_BEFORE = AttributeKey.longKey("jobtree.suppressed_spans_before");

    public static final AttributeKey<String> NAME = AttributeKey.stringKey("jobtree.job.name");
    public static final AttributeKey<String> STATE = AttributeKey.stringKey("jobtree.job.state");
    public static final AttributeKey<String> NOT_STARTED_REASON =
            AttributeKey.stringKey("jobtree.job.not_started.reason");
    public static final AttributeKey<String> REFUSED_REASON = AttributeKey.stringKey("jobtree.job.refused.reason");
    public static final AttributeKey<String> LIMIT_NAME = AttributeKey.stringKey("jobtree.limit.name");
    public static final AttributeKey<String> LIMIT_KIND = AttributeKey.stringKey("jobtree.limit.kind");

    /// The SDK's own, for what has more attribute sets than it keeps.
    public static final AttributeKey<Boolean> OVERFLOW = AttributeKey.booleanKey("otel.metric.overflow");

    public static final AttributeKey<Double> ELAPSED = AttributeKey.doubleKey("jobtree.job.elapsed");
    public static final AttributeKey<String> STARTED_AT = AttributeKey.stringKey("jobtree.job.started_at");
    public static final AttributeKey<String> PARENT_SPAN = AttributeKey.stringKey("jobtree.job.parent.span_id");
    public static final AttributeKey<String> EXCEPTION_TYPE = AttributeKey.stringKey("exception.type");
    public static final AttributeKey<String> STACK = AttributeKey.stringKey("code.stacktrace");

    /// Stands for the name of unnamed jobs, whose own has their id in it.
    public static final String UNNAMED = "job";

    private static final String OWN = "jobtree.";
    private static final String SET_ASIDE = "jobtree.tag.";
    private static final double NANOS_IN_A_SECOND = 1e9;

    private Keys() {}

    public static double seconds(long nanos) {
        return nanos / NANOS_IN_A_SECOND;
    }

    /// Whether a key says what this module says, and nobody else.
    public static boolean isReserved(String key) {
        return key.startsWith(OWN) || key.equals(ERROR_TYPE.getKey());
    }

    /// The same in a log event, whose name older versions of the API have as an attribute.
    public static String ofUserInEvent(String key) {
        return key.equals("event.name") ? SET_ASIDE + key : ofUser(key);
    }

    /// The key under which a user's value goes out: its own, unless that is taken.
    public static String ofUser(String key) {
        return isReserved(key) ? SET_ASIDE + key : key;
    }
}
