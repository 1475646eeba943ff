package io.jobtree.scheduler.otel.pipeline;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The observed jobs whose bodies have started and which are not done: for those who look now and then.
///
/// Nearly all are over before anybody looks, so coming and going must cost next to nothing: a job has one slot in
/// a table, by its id. Where another one has it, there is a map.
final class RunningJobs {
    private static final int BITS = 13;
    private static final int SIZE = 1 << BITS;

    /// Jobs that start together have ids in a row; this keeps their slots out of one another's cache lines.
    private static final int SPREAD = 5;

    private final AtomicReferenceArray<@Nullable ObservedJob> slots = new AtomicReferenceArray<>(SIZE);
    private final ConcurrentHashMap<Long, ObservedJob> others = new ConcurrentHashMap<>();

    private static int slot(long id) {
        int low = (int) id & (SIZE - 1);
        return (low << SPREAD | low >>> (BITS - SPREAD)) & (SIZE - 1);
    }

    void add(long id, ObservedJob job) {
        if (!slots.compareAndSet(slot(id), null, job)) {
            others.put(id, job);
        }
    }

    void remove(long id, ObservedJob job) {
        if (!slots.compareAndSet(slot(id), job, null)) {
            others.remove(id);
        }
    }

    void forEach(Consumer<? super ObservedJob> action) {
        for (int i = 0; i < SIZE; i++) {
            var job = slots.get(i);
            if (job != null) {
                action.accept(job);
            }
        }
        others.values().forEach(action);
    }
}
