package io.jobtree.scheduler.otel;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.otel.semconv.Keys;
import io.jobtree.scheduler.otel.semconv.Outcomes;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// What observing costs a job, in processor time and bytes: a program to run by hand, alone on the machine.
///
/// An argument names the one variant to run, for a profiler. The variants take turns, so that what else the
/// machine does hits all of them; the mean of the rounds is printed, for the system counts processor time in
/// steps of 10 ms.
final class ObservationCost {
    private static final int JOBS = 200_000;
    private static final int ROUNDS = 20;
    private static final int WARM_UP = 5;

    private final Tracer tracer;
    private final Map<String, Variant> variants = new LinkedHashMap<>();

    /// @param observer of the scheduler; null for none
    /// @param body of each job
    private record Variant(@Nullable JobObserver observer, Callable<Integer> body) {}

    private ObservationCost(OpenTelemetrySdk sdk) {
        tracer = sdk.getTracer("bare");
        variants.put("no observer", new Variant(null, () -> 1));
        variants.put("an idle observer", new Variant(_ -> new JobObservation() {}, () -> 1));
        variants.put("noop API", new Variant(JobTelemetry.create(OpenTelemetry.noop()), () -> 1));
        variants.put("a bare span by hand", new Variant(null, this::bareSpan));
        variants.put("the same span by hand", new Variant(null, this::sameSpan));
        variants.put(
                "SDK, spans alone",
                new Variant(
                        JobTelemetry.builder(sdk)
                                .metrics(false)
                                .maxPerTree(Integer.MAX_VALUE)
                                .withoutSpanBudget()
                                .build(),
                        () -> 1));
        variants.put(
                "SDK, metrics alone",
                new Variant(JobTelemetry.builder(sdk).spans(SpanPolicy.none()).build(), () -> 1));
        variants.put(
                "SDK, all",
                new Variant(JobTelemetry.builder(sdk).withoutSpanBudget().build(), () -> 1));
    }

    private int sameSpan() {
        var job = Job.current().orElseThrow();
        var span = tracer.spanBuilder(job.name()).setParent(Context.root()).startSpan();
        span.setAttribute(Keys.ID, job.id());
        span.setAttribute(Keys.PATH, job.path());
        span.setAttribute(Keys.SCHEDULER, job.scheduler().name());
        span.setAttribute(Keys.QUEUE_DURATION, Keys.seconds(System.nanoTime()));
        try (var _ = span.makeCurrent()) {
            return 1;
        } finally {
            span.setAttribute(Keys.OUTCOME, Outcomes.SUCCEEDED);
            span.end();
        }
    }

    private int bareSpan() {
        var span = tracer.spanBuilder("bare").setParent(Context.root()).startSpan();
        try (var _ = span.makeCurrent()) {
            return 1;
        } finally {
            span.end();
        }
    }

    public static void main(String[] args) {
        var sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(
                        SdkTracerProvider.builder().addSpanProcessor(new Sink()).build())
                .setMeterProvider(SdkMeterProvider.builder()
                        .registerMetricReader(InMemoryMetricReader.create())
                        .build())
                .build();
        try (sdk) {
            var cost = new ObservationCost(sdk);
            cost.variants.keySet().removeIf(name -> args.length > 0 && !name.equals(args[0]));
            cost.run();
        }
    }

    private void run() {
        var nanos = new LinkedHashMap<String, List<Long>>();
        var bytes = new LinkedHashMap<String, List<Long>>();
        for (int round = 0; round < WARM_UP + ROUNDS; round++) {
            for (var variant : variants.entrySet()) {
                var cost = measure(variant.getValue());
                if (round >= WARM_UP) {
                    nanos.computeIfAbsent(variant.getKey(), _ -> new ArrayList<>())
                            .add(cost[0]);
                    bytes.computeIfAbsent(variant.getKey(), _ -> new ArrayList<>())
                            .add(cost[1]);
                }
            }
        }
        variants.keySet()
                .forEach(name -> System.out.printf(
                        Locale.ROOT, "%-26s %6.0f ns  %6.0f B%n", name, mean(nanos.get(name)), mean(bytes.get(name))));
    }

    private static long[] measure(Variant variant) {
        var options = SchedulerOptions.named("cost").withoutLimit();
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long cpu = system.getProcessCpuTime();
        long allocated = threads.getTotalThreadAllocatedBytes();
        try (var jobs = Scheduler.open(variant.observer == null ? options : options.withObserver(variant.observer))) {
            for (int i = 0; i < JOBS; i++) {
                jobs.spawn("job", variant.body);
            }
        }
        return new long[] {system.getProcessCpuTime() - cpu, threads.getTotalThreadAllocatedBytes() - allocated};
    }

    private static double mean(@Nullable List<Long> values) {
        return values == null
                ? 0
                : values.stream().mapToLong(value -> value).average().orElse(0) / JOBS;
    }

    /// Takes spans and forgets them, so that no exporter is measured.
    private static final class Sink implements SpanProcessor {
        @Override
        public void onStart(Context parentContext, ReadWriteSpan span) {}

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {}

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }
}
