package io.jobtree.scheduler;

import static io.jobtree.scheduler.JobParity.PATIENCE;
import static io.jobtree.scheduler.JobParity.SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Everything that aiojobs has, Jobtree has: each test's name starts with the number of a row in the
/// list of its features.
///
/// Rows a01 to a08 are in [SchedulerParity], a09 to a17 in [JobParity], a18 to a21 in [FailureParity],
/// a22 to a27 in [ClosingParity]; a28, the web server, is here.
@Timeout(60)
final class AiojobsParityTest implements SchedulerParity, JobParity, FailureParity, ClosingParity {
    private static final HttpHandler HELLO = exchange -> {
        var text = "hello".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, text.length);
        exchange.getResponseBody().write(text);
    };

    private static JobServer server(SchedulerOptions options) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new JobServer(address, options.withFailureHandler(new Heard()));
    }

    private static int get(JobServer server, String path) throws IOException, InterruptedException {
        var host = server.address().getAddress().getHostAddress();
        var uri = URI.create("http://" + host + ":" + server.address().getPort() + path);
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
            return client.send(request, BodyHandlers.ofString()).statusCode();
        }
    }

    private static HttpHandler handler(Held<?> body) {
        return exchange -> {
            try {
                body.call();
            } catch (Exception e) {
                throw new IOException(e);
            }
            HELLO.handle(exchange);
        };
    }

    @Test
    void a28_eachRequest_isAJobOfTheServersScheduler() throws Exception {
        var paths = new LinkedBlockingQueue<String>();
        try (var server = server(TestOptions.named("web"))) {
            server.handle("/hello", JobOptions.named("hello"), exchange -> {
                paths.add(Job.current().orElseThrow().path());
                HELLO.handle(exchange);
            });
            assertThat(get(server, "/hello")).isEqualTo(200);
            assertThat(get(server, "/hello")).isEqualTo(200);
        }
        assertThat(paths).containsExactly("web/hello", "web/hello");
    }

    @Test
    void a28_closingTheServer_waitsForItsRequests_andClosesItsScheduler() throws Exception {
        var body = Held.body();
        var server = server(TestOptions.named("web-to-close"));
        server.handle("/slow", JobOptions.named("slow"), handler(body));
        var request = Caller.virtual(() -> get(server, "/slow"));
        body.awaitStarted();
        var closer = Caller.virtual(() -> {
                    server.close();
                    return true;
                })
                .awaitBlocked();
        assertThat(get(server, "/slow")).isEqualTo(503);
        body.release();
        assertThat(request.result()).isEqualTo(200);
        assertThat(closer.result()).isTrue();
        assertThat(Scheduler.all()).extracting(Scheduler::name).doesNotContain("web-to-close");
        assertThatThrownBy(() -> get(server, "/slow")).isInstanceOf(ConnectException.class);
    }

    @Test
    void a28_requestsThatFail_orTakeTooLong_areAnswered_andHarmNoOther() throws Exception {
        try (var server = server(TestOptions.named("web"))) {
            server.handle("/hello", JobOptions.named("hello"), HELLO);
            server.handle("/slow", JobOptions.named("slow").withTimeout(SHORT), handler(Held.body()));
            server.handle("/broken", JobOptions.named("broken"), exchange -> {
                throw new IOException("broken on purpose");
            });
            assertThat(get(server, "/slow")).isEqualTo(504);
            assertThat(get(server, "/broken")).isEqualTo(500);
            assertThat(get(server, "/hello")).isEqualTo(200);
        }
    }

    @Test
    void a28_requestsOverThePendingLimit_areRefused() throws Exception {
        var options = TestOptions.named("web").withLimit(1).withPendingLimit(1);
        var running = Held.body();
        var spawned = new LinkedBlockingQueue<Job<?>>();
        try (var server = server(options.withObserver(job -> {
            spawned.add(job);
            return JobObservation.NONE;
        }))) {
            server.handle("/slow", JobOptions.named("slow"), handler(running));
            server.handle("/hello", JobOptions.named("hello"), HELLO);
            var first = Caller.virtual(() -> get(server, "/slow"));
            running.awaitStarted();
            var jobs = spawned.take().scheduler();
            var second = Caller.virtual(() -> get(server, "/hello"));
            Awaitility.await().until(() -> jobs.pendingCount() == 1);
            assertThat(get(server, "/hello")).isEqualTo(503);
            running.release();
            assertThat(first.result()).isEqualTo(200);
            assertThat(second.result()).isEqualTo(200);
        }
    }

    /// The JDK's server does not tell a handler that its client has gone: it is cancelled for taking
    /// too long, or finds out when it writes.
    @Tag("slow")
    @Test
    void a28_atomicHandler_survivesItsClientsDisconnect() throws Exception {
        var commit = Held.body();
        var order = new Order(commit);
        try (var server = server(TestOptions.named("web"))) {
            server.handle("/order", JobOptions.named("order"), order.handler(server));
            server.handle("/hello", JobOptions.named("hello"), HELLO);
            send(server, "/order").close(); // and is gone before the answer
            commit.awaitStarted();
            commit.release();
            assertThat(order.receipt()).isEqualTo("done");
            assertThat(get(server, "/hello")).isEqualTo(200);
        }
        assertThat(commit.wasInterrupted()).isFalse();
    }

    @Tag("slow")
    @Test
    void a28_atomicHandler_survivesTheEndOfItsRequest_andClosingWaitsForIt() throws Exception {
        var commit = Held.body();
        var order = new Order(commit);
        var server = server(TestOptions.named("web"));
        server.handle("/order", JobOptions.named("order"), order.handler(server));
        var answer = Caller.virtual(() -> get(server, "/order"));
        commit.awaitStarted();
        order.request().cancel();
        assertThat(answer.result()).isEqualTo(503);
        var closer = Caller.virtual(() -> {
                    server.close();
                    return true;
                })
                .awaitBlocked();
        commit.release();
        assertThat(closer.result()).isTrue();
        assertThat(commit.wasInterrupted()).isFalse();
        assertThat(commit.runs()).isEqualTo(1);
    }

    /// A handler that commits something, and who may be interested in that.
    private record Order(Held<String> commit, BlockingQueue<Job<?>> requests, BlockingQueue<String> receipts) {
        Order(Held<String> commit) {
            this(commit, new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
        }

        HttpHandler handler(JobServer server) {
            return exchange -> {
                requests.add(Job.current().orElseThrow());
                try {
                    receipts.add(server.atomic("commit", commit));
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                HELLO.handle(exchange);
            };
        }

        Job<?> request() throws InterruptedException {
            return requests.take();
        }

        @Nullable
        String receipt() throws InterruptedException {
            return receipts.poll(30, TimeUnit.SECONDS);
        }
    }

    private static Socket send(JobServer server, String path) throws IOException {
        var socket = new Socket(server.address().getAddress(), server.address().getPort());
        socket.setSoLinger(true, 0); // a reset, not a goodbye
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }
}
