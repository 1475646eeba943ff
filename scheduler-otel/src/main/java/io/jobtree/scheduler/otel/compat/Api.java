package io.jobtree.scheduler.otel.compat;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.trace.Tracer;
import java.io.PrintWriter;
import java.io.StringWriter;

/// The calls that only some versions of `opentelemetry-api` have, with what does instead.
///
/// Each flag is a constant to the compiler of the JVM, so asking costs nothing.
public final class Api {
    private static final boolean TRACERS_SAY = has(Tracer.class, "isEnabled");
    private static final boolean LOGGERS_SAY = has(Logger.class, "isEnabled", Severity.class);
    private static final boolean INSTRUMENTS_SAY =
            has(DoubleHistogram.class, "isEnabled") && has(LongCounter.class, "isEnabled");
    private static final boolean GLOBALS_SAY = has(GlobalOpenTelemetry.class, "isSet");
    private static final boolean EVENTS_HAVE_NAMES = has(LogRecordBuilder.class, "setEventName", String.class);
    private static final boolean LOGS_TAKE_EXCEPTIONS = has(LogRecordBuilder.class, "setException", Throwable.class);

    private static final AttributeKey<String> EVENT_NAME = AttributeKey.stringKey("event.name");
    private static final AttributeKey<String> TYPE = AttributeKey.stringKey("exception.type");
    private static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("exception.message");
    private static final AttributeKey<String> STACK = AttributeKey.stringKey("exception.stacktrace");

    private Api() {}

    private static boolean has(Class<?> type, String method, Class<?>... parameters) {
        try {
            type.getMethod(method, parameters);
            return true;
        } catch (NoSuchMethodException older) {
            return false;
        }
    }

    public static boolean isEnabled(Tracer tracer) {
        return TRACERS_SAY ? tracer.isEnabled() : !isOf(tracer, Noop.TRACER);
    }

    public static boolean isEnabled(Logger logger) {
        return LOGGERS_SAY ? logger.isEnabled(Severity.INFO) : !isOf(logger, Noop.LOGGER);
    }

    public static boolean isEnabled(DoubleHistogram histogram) {
        return INSTRUMENTS_SAY ? histogram.isEnabled() : !isOf(histogram, Noop.HISTOGRAM);
    }

    public static boolean isEnabled(LongCounter counter) {
        return INSTRUMENTS_SAY ? counter.isEnabled() : !isOf(counter, Noop.COUNTER);
    }

    /// Where nothing can say, it is taken to be set: looking would set it.
    static boolean isGlobalSet() {
        return !GLOBALS_SAY || GlobalOpenTelemetry.isSet();
    }

    private static boolean isOf(Object given, Object noop) {
        return given.getClass().equals(noop.getClass());
    }

    public static LogRecordBuilder setEventName(LogRecordBuilder log, String name) {
        return EVENTS_HAVE_NAMES ? log.setEventName(name) : log.setAttribute(EVENT_NAME, name);
    }

    public static LogRecordBuilder setException(LogRecordBuilder log, Throwable exception) {
        if (LOGS_TAKE_EXCEPTIONS) {
            return log.setException(exception);
        }
        var stack = new StringWriter();
        exception.printStackTrace(new PrintWriter(stack));
        var message = exception.getMessage();
        if (message != null) {
            log.setAttribute(MESSAGE, message);
        }
        return log.setAttribute(TYPE, exception.getClass().getName()).setAttribute(STACK, stack.toString());
    }

    /// What does nothing: older versions do not say of themselves that they are this.
    private static final class Noop {
        static final Tracer TRACER = OpenTelemetry.noop().getTracer("noop");
        static final Logger LOGGER =
                OpenTelemetry.noop().getLogsBridge().loggerBuilder("noop").build();
        static final DoubleHistogram HISTOGRAM =
                OpenTelemetry.noop().getMeter("noop").histogramBuilder("noop").build();
        static final LongCounter COUNTER =
                OpenTelemetry.noop().getMeter("noop").counterBuilder("noop").build();

        private Noop() {}
    }
}
