package io.jobtree.hashtree;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import zipkin2.Span;
import zipkin2.codec.SpanBytesDecoder;

/// The real Zipkin server, in a process of its own, which keeps spans in memory.
final class ZipkinServer implements AutoCloseable {
    private static final Pattern TRACE_ID = Pattern.compile("\"traceId\":\"([0-9a-f]+)\"");

    private final int port;
    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();

    private ZipkinServer(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    /// Starts it and waits until it is healthy.
    static ZipkinServer start(Path log) throws IOException {
        int port = freePort();
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(
                        java,
                        "-Xmx512m",
                        "-jar",
                        System.getProperty("zipkin"),
                        "--armeria.ports[0].port=" + port,
                        "--armeria.ports[0].ip=127.0.0.1",
                        "--armeria.ports[0].protocols[0]=http")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var server = new ZipkinServer(port, process);
        Awaitility.await("the server of " + log).atMost(Duration.ofMinutes(2)).until(server::isHealthy);
        return server;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean isHealthy() throws Exception {
        if (!process.isAlive()) {
            throw new IllegalStateException("Zipkin ended with " + process.exitValue());
        }
        try {
            return get("/health").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    String endpoint() {
        return "http://127.0.0.1:" + port + "/api/v2/spans";
    }

    /// The id of the latest trace, if there is one.
    Optional<String> traceId() throws Exception {
        var traces = new String(get("/api/v2/traces?limit=1").body(), StandardCharsets.UTF_8);
        var found = TRACE_ID.matcher(traces);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    List<Span> spans(String traceId) throws Exception {
        return SpanBytesDecoder.JSON_V2.decodeList(
                get("/api/v2/trace/" + traceId).body());
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        var uri = URI.create("http://127.0.0.1:" + port + path);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Override
    public void close() {
        client.close();
        process.destroy();
        process.onExit().join();
    }
}
