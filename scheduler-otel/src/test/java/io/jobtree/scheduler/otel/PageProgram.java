package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// A program with jobs, run in this JVM with an SDK, and in another one with the agent.
///
/// A request spawns a page of three albums of ten photos; each photo makes a span of its own. Then a job fails,
/// and one lambda is spawned often under different contexts.
final class PageProgram {
    static final int ALBUMS = 3;
    static final int PHOTOS = 10;
    static final int REPEATS = 1_000;

    private static final ContextKey<Integer> NUMBER = ContextKey.named("number");

    private PageProgram() {}

    public static void main(String[] args) throws InterruptedException {
        if (!GlobalOpenTelemetry.isSet()) {
            throw new IllegalStateException("no agent");
        }
        System.out.println("lost contexts: " + run(GlobalOpenTelemetry.get(), JobTelemetry.create()));
    }

    /// Gives how many jobs did not see the context that they were spawned in.
    static int run(OpenTelemetry openTelemetry, JobTelemetry telemetry) throws InterruptedException {
        var tracer = openTelemetry.getTracer("program");
        var options = SchedulerOptions.named("orders").withObserver(telemetry).withFailureHandler((_, _) -> {});
        try (var jobs = Scheduler.open(options)) {
            var request = tracer.spanBuilder("request").startSpan();
            try (var _ = request.makeCurrent()) {
                jobs.spawn("page", page -> page(page, tracer)).join();
                jobs.spawn("failing", () -> {
                            throw new IllegalStateException("no disk");
                        })
                        .join();
            } catch (JobFailedException expected) {
                // The failing one.
            } finally {
                request.end();
            }
            return repeat(jobs);
        }
    }

    private static String page(JobScope page, Tracer tracer) {
        Callable<String> photo = () -> {
            tracer.spanBuilder("load").startSpan().end();
            return "png";
        };
        for (int i = 0; i < ALBUMS; i++) {
            page.spawn("album", album -> {
                for (int j = 0; j < PHOTOS; j++) {
                    album.spawn("photo", photo);
                }
                return "album";
            });
        }
        return "page";
    }

    private static int repeat(Scheduler jobs) throws InterruptedException {
        Callable<@Nullable Integer> body = () -> Context.current().get(NUMBER);
        var repeated = new ArrayList<io.jobtree.scheduler.Job<@Nullable Integer>>();
        for (int i = 0; i < REPEATS; i++) {
            try (var _ = Context.current().with(NUMBER, i).makeCurrent()) {
                repeated.add(jobs.spawn("repeat", body));
            }
        }
        int lost = 0;
        for (int i = 0; i < REPEATS; i++) {
            lost += Integer.valueOf(i).equals(repeated.get(i).join()) ? 0 : 1;
        }
        return lost;
    }
}
