package io.jobtree.scheduler.temporal;

import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.otel.JobTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.util.Collection;

/// A worker in a JVM of its own, until its standard input ends. Prints what it does, and its spans.
final class TestWorker {
    private TestWorker() {}

    /// Runs it.
    ///
    /// @param arguments server and queue
    public static void main(String[] arguments) throws IOException {
        var telemetry = JobTelemetry.create(openTelemetry(new Printing()));
        var scheduler = SchedulerOptions.named("worker").withObserver(telemetry);
        var tasks = new RemoteTask<?, ?>[] {Work.UPPER, Work.FAIL, Work.AWAIT_FILE, Work.HASH};
        try (var remote = RemoteJobs.connect(arguments[0]).withHeaders(new TraceHeaders(telemetry));
                var worker = new JobWorker(remote, arguments[1], scheduler, tasks)) {
            worker.start();
            System.out.println("ready");
            while (System.in.read() >= 0) {
                // Nothing is said.
            }
        }
    }

    static OpenTelemetry openTelemetry(SpanExporter exporter) {
        return OpenTelemetrySdk.builder()
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .build();
    }

    private static final class Printing implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            spans.forEach(span -> System.out.println(
                    "span " + span.getName() + ' ' + span.getTraceId() + ' ' + span.getParentSpanId()));
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
