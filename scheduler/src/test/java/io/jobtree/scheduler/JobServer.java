package io.jobtree.scheduler;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;

/// A web server whose requests are jobs: one scheduler, opened and closed with the server.
final class JobServer implements AutoCloseable {
    private final Scheduler jobs;
    private final HttpServer http;

    JobServer(InetSocketAddress address, SchedulerOptions options) throws IOException {
        http = HttpServer.create(address, 0);
        http.setExecutor(Thread::startVirtualThread); // reads the head of a request, then waits for its job
        jobs = Scheduler.open(options);
        http.start();
    }

    InetSocketAddress address() {
        return http.getAddress();
    }

    /// Handles each request to a path as a job with these options.
    void handle(String path, JobOptions options, HttpHandler handler) {
        http.createContext(path, exchange -> {
            try (exchange) {
                int status = run(options, handler, exchange);
                if (exchange.getResponseCode() < 0) { // the handler has sent nothing
                    exchange.sendResponseHeaders(status, -1);
                }
            }
        });
    }

    /// Does what must not stop halfway, even if the request that calls it is cancelled. `close` waits for it.
    <T> T atomic(String name, Callable<T> body) throws InterruptedException {
        return jobs.shield(name, body);
    }

    private int run(JobOptions options, HttpHandler handler, HttpExchange exchange) throws IOException {
        try {
            var job = jobs.trySpawn(options, () -> {
                handler.handle(exchange);
                return 204;
            });
            return job.isEmpty() ? 503 : status(job.get().await()); // none: too many are pending
        } catch (RejectedExecutionException closing) {
            return 503;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static int status(Outcome<Integer> outcome) {
        return switch (outcome) {
            case Outcome.Succeeded(var status) -> status;
            case Outcome.Failed(JobTimeoutException timeout) -> 504;
            case Outcome.Failed(var failure) -> logged(failure);
            case Outcome.Cancelled(var reason, var origin) -> 503;
        };
    }

    private static int logged(Throwable failure) {
        System.getLogger("web").log(System.Logger.Level.ERROR, "a request failed", failure);
        return 500;
    }

    /// Refuses new requests, waits for those being handled, cancels what is left.
    @Override
    public void close() {
        jobs.close();
        http.stop(5); // at most so many seconds, for the last answers to be sent
    }
}
