package io.jobtree.scheduler.otel.metrics;

import io.jobtree.scheduler.otel.semconv.Keys;
import io.opentelemetry.api.common.Attributes;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;

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

    void observe(ObjLongConsumer<Attributes> active) {
        long over = ended.sum();
        long begun = started.sum();
        long left = begun + neverStarted.sum();
        active.accept(running, begun - over);
        active.accept(pending, spawned.sum() - left);
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
