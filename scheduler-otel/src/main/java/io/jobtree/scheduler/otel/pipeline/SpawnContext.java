package io.jobtree.scheduler.otel.pipeline;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The context in which a job is spawned.
///
/// @param context the spawning thread's, with the span and the baggage of the one that was given, if one was
/// @param given whether its span was chosen by [io.jobtree.scheduler.otel.JobTelemetry#withParent]
public record SpawnContext(Context context, boolean given) {
    /// On the thread, not in the context: that travels to other threads, and into spans that are no jobs.
    private static final ThreadLocal<@Nullable Given> GIVEN = new ThreadLocal<>();

    /// Where nothing is traced, which is to cost nothing.
    private static final SpawnContext ROOT = new SpawnContext(Context.root(), false);

    public static <T extends @Nullable Object> T giving(Context parent, Supplier<? extends T> spawn) {
        var outer = GIVEN.get();
        GIVEN.set(new Given(parent, Context.current()));
        try {
            return spawn.get();
        } finally {
            if (outer == null) {
                GIVEN.remove();
            } else {
                GIVEN.set(outer);
            }
        }
    }

    /// Whether nothing is current and nothing given, on this thread.
    public static boolean isRoot() {
        return Context.current().equals(Context.root()) && GIVEN.get() == null;
    }

    public static SpawnContext capture() {
        var current = Context.current();
        var given = GIVEN.get();
        if (given != null) {
            return given.over(current);
        }
        return current.equals(Context.root()) ? ROOT : new SpawnContext(current, false);
    }

    /// @param parent what was given
    /// @param around what was current then
    private record Given(Context parent, Context around) {
        /// What was made current since then goes before what was given.
        SpawnContext over(Context current) {
            if (current.equals(around) && around.equals(Context.root())) {
                return new SpawnContext(parent, true);
            }
            var own = !spanContext(current).equals(spanContext(around));
            var context = own ? current : current.with(Span.fromContext(parent));
            return new SpawnContext(context.with(baggage(current)), !own);
        }

        private static io.opentelemetry.api.trace.SpanContext spanContext(Context context) {
            return Span.fromContext(context).getSpanContext();
        }

        private Baggage baggage(Context current) {
            var before = Baggage.fromContext(around);
            var merged = Baggage.fromContext(parent).toBuilder();
            Baggage.fromContext(current).forEach((key, entry) -> {
                if (!entry.equals(before.getEntry(key))) {
                    merged.put(key, entry.getValue(), entry.getMetadata());
                }
            });
            return merged.build();
        }
    }
}
