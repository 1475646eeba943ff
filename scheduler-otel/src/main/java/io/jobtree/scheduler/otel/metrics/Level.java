package io.jobtree.scheduler.otel.metrics;

import io.jobtree.scheduler.otel.semconv.Keys;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.util.concurrent.atomic.LongAdder;

/// How many jobs are active, as what came less what went. What went is read first, so it is never below zero.
final class Level {
    final LongAdder spawned = new LongAdder();
    final LongAdder started = new LongAdder();
    final LongAdder ended = new LongAdder();
    final LongAdder neverStarted = new LongAdder();
    private final Attributes pending;
    private final Attributes running;

    Level(Attributes base) {
        pending = base.toBuilder().put(Keys.STATE, "pending").build();
        running = base.toBuilder().put(Keys.STATE, "running").build();
    }

    void observe(ObservableLongMeasurement active) {
        long over = ended.sum();
        long begun = started.sum();
        long left = begun + neverStarted.sum();
        active.record(begun - over, running);
        active.record(spawned.sum() - left, pending);
    }

    /// How many there ever were.
    long total() {
        return spawned.sum();
    }

    boolean isIdle() {
        long gone = ended.sum() + neverStarted.sum();
        return spawned.sum() == gone;
    }
}
