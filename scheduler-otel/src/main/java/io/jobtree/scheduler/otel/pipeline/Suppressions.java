package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.otel.compat.Warnings;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Counts the jobs without a span, because the budget had none left: on the root of their tree; where that has no
/// span either, on the span that it was spawned under, as long as that is open; else on the next root.
///
/// One span may be all of that at once, and for several telemetries: an attribute has one value, so there is one
/// count for each span.
final class Suppressions {
    private static final PerSdk<Shared> OF_SDKS = new PerSdk<>();
    private static final int MANY = 64;
    private static final int MAX = 1_024;

    private final ConcurrentHashMap<SpanContext, Counter> counters = new ConcurrentHashMap<>();
    private final AtomicLong unparented = new AtomicLong();
    private final AtomicBoolean logged = new AtomicBoolean();

    private Suppressions() {}

    /// One for all telemetries that lead to one SDK: they count on the same spans.
    static Suppressions of(OpenTelemetry openTelemetry, Tracer tracer) {
        return OF_SDKS.of(openTelemetry, tracer, Shared::new).get();
    }

    /// Weak, for spans may lead to the SDK by a processor of a user's: it is there as long as a telemetry is.
    private static final class Shared {
        private WeakReference<@Nullable Suppressions> shared = new WeakReference<>(null);

        synchronized Suppressions get() {
            var known = shared.get();
            if (known == null) {
                known = new Suppressions();
                shared = new WeakReference<>(known);
            }
            return known;
        }
    }

    /// @param span that of the tree's root, or what that was spawned under; may be none
    /// @param count how many jobs of the tree have no span
    void add(Span span, long count) {
        if (count <= 0) {
            return;
        }
        if (!logged.get() && logged.compareAndSet(false, true)) {
            Warnings.log(
                    "more jobs than spanBudget and maxPerTree have spans for; the others are counted in "
                            + Keys.SUPPRESSED.getKey()
                            + " of their parents and in jobtree.job.suppressed_spans, and this is not logged again",
                    null);
        }
        if (!Spans.isExported(span) || !counterOf(span).add(count)) {
            unparented.addAndGet(count);
        }
    }

    /// The span has ended.
    void forget(Span ended) {
        if (!counters.isEmpty()) {
            counters.remove(ended.getSpanContext());
        }
    }

    private Counter counterOf(Span span) {
        var known = counters.get(span.getSpanContext());
        if (known != null) {
            return known;
        }
        if (counters.size() >= MANY) {
            counters.values().removeIf(counter -> !counter.span.isRecording());
        }
        return counters.size() < MAX
                ? counters.computeIfAbsent(span.getSpanContext(), _ -> new Counter(span))
                : Counter.NONE;
    }

    /// What has no parent, since the last call.
    long takeUnparented() {
        // The read first: it is nearly always 0, and each root asks.
        return unparented.get() == 0 ? 0 : unparented.getAndSet(0);
    }

    private static final class Counter {
        static final Counter NONE = new Counter(Span.getInvalid());

        private final Span span;
        private long count;

        Counter(Span span) {
            this.span = span;
        }

        /// False if the span is over.
        synchronized boolean add(long more) {
            if (!span.isRecording()) {
                return false;
            }
            count += more;
            span.setAttribute(Keys.SUPPRESSED, count);
            return true;
        }
    }
}
