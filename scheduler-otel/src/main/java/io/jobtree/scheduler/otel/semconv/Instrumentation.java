package io.jobtree.scheduler.otel.semconv;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Tracer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The instrumentation scope: under which name and version spans, metrics and logs go out.
public final class Instrumentation {
    public static final String NAME = "io.jobtree.scheduler.otel";

    static final String VERSION = version();

    private static final String SCHEMA_URL = "https://opentelemetry.io/schemas/1.37.0";

    private Instrumentation() {}

    // From a file, for a manifest is there in a jar on the class path alone.
    private static String version() {
        try (var file = Instrumentation.class.getResourceAsStream("version")) {
            return file == null ? "" : new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }

    public static Tracer tracer(OpenTelemetry openTelemetry) {
        return openTelemetry
                .tracerBuilder(NAME)
                .setInstrumentationVersion(VERSION)
                .setSchemaUrl(SCHEMA_URL)
                .build();
    }

    public static Meter meter(OpenTelemetry openTelemetry) {
        return openTelemetry
                .meterBuilder(NAME)
                .setInstrumentationVersion(VERSION)
                .setSchemaUrl(SCHEMA_URL)
                .build();
    }

    public static Logger logger(OpenTelemetry openTelemetry) {
        return openTelemetry
                .getLogsBridge()
                .loggerBuilder(NAME)
                .setInstrumentationVersion(VERSION)
                .setSchemaUrl(SCHEMA_URL)
                .build();
    }
}
