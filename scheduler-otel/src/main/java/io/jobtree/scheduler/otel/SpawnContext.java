package io.jobtree.scheduler.otel;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import org.jspecify.annotations.Nullable;

/// The context in which a job was spawned, and what follows from it for the job's span.
///
/// @param context the spawning thread's
/// @param given whether the spawner chose it by [JobTelemetry#withParent]
record SpawnContext(Context context, boolean given) {
    private static final ContextKey<Context> GIVEN = ContextKey.named("jobtree-parent");

    /// A context that says of itself that it was chosen.
    static Context give(Context parent) {
        return parent.with(GIVEN, parent);
    }

    static SpawnContext of(Context current) {
        var given = current.get(GIVEN);
        return given == null ? new SpawnContext(current, false) : new SpawnContext(given, true);
    }

    /// What is current in the body of a job without a span of its own.
    ///
    /// @param above the nearest span above in the tree of jobs, if any
    Context contextBelow(@Nullable Span above, RootRelation relation) {
        if (above != null) {
            return with(above);
        }
        return relation == RootRelation.NONE && !given ? with(Span.getInvalid()) : context;
    }

    /// Where a job's own span hangs. Has the spawner's baggage in any case.
    Context parentContext(@Nullable Span above, RootRelation relation) {
        if (above != null) {
            return with(above);
        }
        return relation == RootRelation.CHILD || given ? context : with(Span.getInvalid());
    }

    /// The span to link to: the spawner's, where the job's span is not below it anyway.
    SpanContext link(@Nullable Span above, RootRelation relation) {
        var spawner = Span.fromContext(context).getSpanContext();
        var linked = above == null
                ? relation == RootRelation.LINK && !given
                : !above.getSpanContext().getSpanId().equals(spawner.getSpanId());
        return linked ? spawner : SpanContext.getInvalid();
    }

    private Context with(Span span) {
        return Span.fromContext(context).equals(span) ? context : context.with(span);
    }
}
