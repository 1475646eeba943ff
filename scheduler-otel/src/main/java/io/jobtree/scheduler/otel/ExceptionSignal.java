package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.otel.compat.Config;
import io.jobtree.scheduler.otel.compat.Warnings;
import org.jspecify.annotations.Nullable;

/// As what the exception of a failed job is recorded.
public enum ExceptionSignal {
    /// As an event of the span; the default.
    SPAN_EVENTS,
    /// As a log record in the span's context.
    LOGS,
    /// As both.
    BOTH;

    private static final String SETTING = "otel.semconv.exception.signal.opt-in";

    static ExceptionSignal configured() {
        return of(Config.text(SETTING));
    }

    static ExceptionSignal of(@Nullable String optIn) {
        return switch (optIn) {
            case "logs" -> LOGS;
            case "logs/dup" -> BOTH;
            case null -> SPAN_EVENTS;
            default -> {
                Warnings.log(SETTING + " must be logs or logs/dup: " + optIn + "; exceptions are span events", null);
                yield SPAN_EVENTS;
            }
        };
    }

    boolean asEvent() {
        return this != LOGS;
    }

    boolean asLog() {
        return this != SPAN_EVENTS;
    }
}
