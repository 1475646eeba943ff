package io.jobtree.scheduler.otel;

import org.jspecify.annotations.Nullable;

/// As what the exception of a failed job is recorded.
public enum ExceptionSignal {
    /// As an event of the span; the default.
    SPAN_EVENTS,
    /// As a log record in the span's context.
    LOGS,
    /// As both.
    BOTH;

    private static final String VARIABLE = "OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN";
    private static final String PROPERTY = "otel.semconv.exception.signal.opt-in";

    static ExceptionSignal configured() {
        var property = System.getProperty(PROPERTY);
        return of(property == null ? System.getenv(VARIABLE) : property);
    }

    static ExceptionSignal of(@Nullable String optIn) {
        return switch (optIn) {
            case "logs" -> LOGS;
            case "logs/dup" -> BOTH;
            case null, default -> SPAN_EVENTS;
        };
    }

    boolean asEvent() {
        return this != LOGS;
    }

    boolean asLog() {
        return this != SPAN_EVENTS;
    }
}
