package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.otel.semconv.Instrumentation;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.lang.System.Logger.Level;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Counts the jobs without a span, because the budget had none left, whose tree has no span either: on the span
/// that they were spawned under, as long as that is open, else on the next root.
final class Suppressions {
    private static final System.Logger LOGGER = System.getLogger(Instrumentation.NAME);
    private static final int MANY = 64;
    private static final int MAX = 1_024;

    private final ConcurrentHashMap<SpanContext, Counter> counters = new ConcurrentHashMap<>();
    private final AtomicLong unparented = new AtomicLong();
    private final AtomicBoolean logged = new AtomicBoolean();

    /// @param spawner the span that the tree's root was spawned under; may be none
    /// @param count how many jobs of the tree have no span
    void add(Span spawner, long count) {
        if (count <= 0) {
            return;
        }
        if (logged.compareAndSet(false, true)) {
            LOGGER.log(
                    Level.WARNING,
                    "JobTelemetry: more jobs than spanBudget has spans for; the others are counted in "
                            + Keys.SUPPRESSED.getKey() + " of their parents and in jobtree.job.suppressed_spans,"
                            + " and this is not logged again");
        }
        if (!spawner.isRecording() || !counterOf(spawner).add(count)) {
            unparented.addAndGet(count);
        }
    }

    private Counter counterOf(Span spawner) {
        var known = counters.get(spawner.getSpanContext());
        if (known != null) {
            return known;
        }
        if (counters.size() >= MANY) {
            counters.values().removeIf(counter -> !counter.span.isRecording());
        }
        return counters.size() < MAX
                ? counters.computeIfAbsent(spawner.getSpanContext(), _ -> new Counter(spawner))
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
