package io.jobtree.scheduler.otel;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.logs.LoggerProvider;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerBuilder;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A tracer that throws in one of its methods: the job has its context and its metrics, and its span ends.
final class BrokenTracerTest {
    private static final List<Class<?>> PARTS =
            List.of(TracerBuilder.class, Tracer.class, SpanBuilder.class, Span.class);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "isEnabled",
                "spanBuilder",
                "setParent",
                "setAttribute",
                "startSpan",
                "isRecording",
                "getSpanContext",
                "storeInContext",
                "setStatus",
                "recordException",
                "addEvent"
            })
    void jobs_haveTheirContext_andAreCounted(String broken) throws Exception {
        try (var sdk = Sdk.open()) {
            try (var jobs = Sdk.scheduler(JobTelemetry.builder(new Broken(sdk.api(), broken)));
                    var _ = Baggage.builder().put("tenant", "acme").build().makeCurrent()) {
                var tenant = jobs.spawn(
                        "page",
                        page -> page.spawn(
                                        "user",
                                        () -> String.valueOf(Baggage.current().getEntryValue("tenant")))
                                .join());
                assertThat(tenant.join()).isEqualTo("acme");
                jobs.spawn("broken", () -> {
                            throw new IllegalStateException("no page");
                        })
                        .await();
            }

            assertThat(sdk.openSpans()).isZero();
            // Then nothing can be said of the telemetry at all.
            if (!broken.equals("isEnabled")) {
                assertThat(sdk.count("jobtree.job.duration")).isEqualTo(3);
                assertThat(sdk.count("jobtree.job.queue.duration")).isEqualTo(3);
                assertThat(sdk.active()).isZero();
            }
        }
    }

    private record Broken(OpenTelemetry openTelemetry, String method) implements OpenTelemetry {
        @Override
        public TracerProvider getTracerProvider() {
            return openTelemetry.getTracerProvider();
        }

        @Override
        public TracerBuilder tracerBuilder(String name) {
            return (TracerBuilder) wrap(openTelemetry.tracerBuilder(name), TracerBuilder.class);
        }

        @SuppressWarnings("ReferenceEquality") // a builder returns itself
        private Object wrap(Object part, Class<?> type) {
            return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, called, arguments) -> {
                if (called.getName().equals(method)) {
                    throw new IllegalStateException("broken " + method);
                }
                try {
                    var result = called.invoke(part, arguments);
                    var wrapped = PARTS.contains(called.getReturnType()) ? called.getReturnType() : null;
                    return result == part ? self : wrapped == null ? result : wrap(result, wrapped);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
        }

        @Override
        public MeterProvider getMeterProvider() {
            return openTelemetry.getMeterProvider();
        }

        @Override
        public LoggerProvider getLogsBridge() {
            return openTelemetry.getLogsBridge();
        }

        @Override
        public ContextPropagators getPropagators() {
            return openTelemetry.getPropagators();
        }
    }
}
