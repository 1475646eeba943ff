package io.jobtree.scheduler.otel.pipeline;

import io.opentelemetry.api.trace.SpanContext;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The spans in which failures below a job were recorded, by the identity of the failure. Holds no failure
/// alive, so a supervised job may have as many failed children as it likes.
final class FailureOrigins {
    private final Map<Key, SpanContext> origins = new HashMap<>();
    private final ReferenceQueue<Throwable> collected = new ReferenceQueue<>();

    /// The first one that goes out stays: the failure began there.
    synchronized void put(Throwable failure, SpanContext origin) {
        for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
            origins.remove(gone);
        }
        origins.merge(new Key(failure, collected), origin, (first, later) -> first.isSampled() ? first : later);
    }

    synchronized @Nullable SpanContext find(Throwable failure) {
        return origins.get(new Key(failure, null));
    }

    private static final class Key extends WeakReference<Throwable> {
        private final int hash;

        Key(Throwable failure, @Nullable ReferenceQueue<Throwable> queue) {
            super(failure, queue);
            this.hash = System.identityHashCode(failure);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (this == other) {
                return true;
            }
            var failure = get();
            return failure != null && other instanceof Key key && key.refersTo(failure);
        }
    }
}
