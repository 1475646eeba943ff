package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.otel.compat.Config;
import io.opentelemetry.api.common.Attributes;
import java.util.stream.Collectors;

/// How many attributes of users a span has room for at its start. The SDK drops what comes when a span is full, and
/// what became of the job comes last: users' attributes leave room for that, and come again after it.
///
/// @param now set at the start
/// @param later set at the end, after what is this module's own
record AttributeRoom(Attributes now, Attributes later) {
    private static final int DEFAULT_LIMIT = 128;

    /// All that this module ever sets on one span, and some more.
    private static final int OWN = 16;

    private static final int ROOM =
            Config.number("otel.span.attribute.count.limit", Config.number("otel.attribute.count.limit", DEFAULT_LIMIT))
                    - OWN;

    static boolean suffices(int count) {
        return count <= ROOM;
    }

    static AttributeRoom divide(Attributes all) {
        var first = all.asMap().keySet().stream().limit(Math.max(0, ROOM)).collect(Collectors.toSet());
        return new AttributeRoom(
                all.toBuilder().removeIf(key -> !first.contains(key)).build(),
                all.toBuilder().removeIf(first::contains).build());
    }
}
