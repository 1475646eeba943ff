package io.jobtree.scheduler.otel;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/// Takes OTLP over HTTP, as a collector would, and keeps it.
final class OtlpReceiver implements AutoCloseable {
    private final HttpServer server;
    private final List<ExportTraceServiceRequest> traces = new CopyOnWriteArrayList<>();
    private final List<ExportMetricsServiceRequest> metrics = new CopyOnWriteArrayList<>();

    private final List<ExportLogsServiceRequest> logs = new CopyOnWriteArrayList<>();

    OtlpReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/v1/traces",
                exchange -> take(exchange, body -> {
                    traces.add(ExportTraceServiceRequest.parseFrom(body));
                }));
        server.createContext(
                "/v1/metrics",
                exchange -> take(exchange, body -> {
                    metrics.add(ExportMetricsServiceRequest.parseFrom(body));
                }));
        server.createContext(
                "/v1/logs",
                exchange -> take(exchange, body -> {
                    logs.add(ExportLogsServiceRequest.parseFrom(body));
                }));
        server.createContext("/", exchange -> take(exchange, body -> {}));
        server.start();
    }

    private interface Body {
        void accept(byte[] body) throws IOException;
    }

    private static void take(HttpExchange exchange, Body body) throws IOException {
        try (exchange) {
            var gzipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            try (var in = gzipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
                body.accept(in.readAllBytes());
            }
            exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<ResourceSpans> resources() {
        return traces.stream()
                .flatMap(request -> request.getResourceSpansList().stream())
                .toList();
    }

    List<ScopeSpans> scopes() {
        return resources().stream()
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .toList();
    }

    List<Span> spans() {
        return scopes().stream().flatMap(scope -> scope.getSpansList().stream()).toList();
    }

    List<Metric> metrics() {
        return metrics.stream()
                .flatMap(request -> request.getResourceMetricsList().stream())
                .flatMap(resource -> resource.getScopeMetricsList().stream())
                .flatMap(scope -> scope.getMetricsList().stream())
                .toList();
    }

    List<LogRecord> logs() {
        return logs.stream()
                .flatMap(request -> request.getResourceLogsList().stream())
                .flatMap(resource -> resource.getScopeLogsList().stream())
                .flatMap(scope -> scope.getLogRecordsList().stream())
                .toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
