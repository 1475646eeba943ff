package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.trace.Span;
import java.util.ArrayList;
import java.util.concurrent.Executors;

/// How many of 50 jobs, spawned in a span, have a context: with an argument with telemetry, without one with what
/// the agent alone does.
final class ContextsProgram {
    private static final int JOBS = 50;

    private ContextsProgram() {}

    public static void main(String[] args) throws Exception {
        var options = SchedulerOptions.named("orders");
        var span =
                GlobalOpenTelemetry.getTracer("program").spanBuilder("request").startSpan();
        var spawned = new ArrayList<Job<Boolean>>();
        int submitted = 0;
        try (var jobs = Scheduler.open(args.length == 0 ? options : options.withObserver(JobTelemetry.create()));
                var threads = Executors.newVirtualThreadPerTaskExecutor();
                var _ = span.makeCurrent()) {
            for (int i = 0; i < JOBS; i++) {
                spawned.add(
                        jobs.spawn("job", () -> Span.current().getSpanContext().isValid()));
                submitted +=
                        threads.submit(() -> Span.current().getSpanContext().isValid())
                                        .get()
                                ? 1
                                : 0;
            }
            int with = 0;
            for (var job : spawned) {
                with += job.join() ? 1 : 0;
            }
            System.out.println("jobs with a context: " + with + ", tasks of an executor: " + submitted);
        } finally {
            span.end();
        }
    }
}
