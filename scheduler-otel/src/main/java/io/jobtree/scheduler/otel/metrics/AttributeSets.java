package io.jobtree.scheduler.otel.metrics;

import io.jobtree.scheduler.otel.semconv.Keys;
import io.opentelemetry.api.common.Attributes;
import java.util.concurrent.atomic.AtomicInteger;

/// How many attribute sets one instrument has. The SDK keeps 2,000 of each, and of those that are read when
/// metrics are collected it would drop what comes later; so what comes later is added up here, under the SDK's own
/// attribute.
final class AttributeSets {
    static final Attributes OVERFLOW = Attributes.of(Keys.OVERFLOW, true);

    private final int max;
    private final AtomicInteger count = new AtomicInteger();

    AttributeSets(int max) {
        this.max = max;
    }

    /// Whether there is room for more; counts them if so.
    boolean tryAdd(int more) {
        if (count.addAndGet(more) <= max) {
            return true;
        }
        count.addAndGet(-more);
        return false;
    }

    boolean hasRoom() {
        return count.get() < max;
    }

    void remove(int gone) {
        count.addAndGet(-gone);
    }
}
