package io.jobtree.scheduler.otel;

import static io.opentelemetry.api.common.AttributeKey.longKey;

import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/// Bursts of 100,000 jobs against a batch processor with its defaults, and an exporter that takes 5 ms for a
/// batch: how much of what there should be arrives. As a program it prints the table of the documentation.
enum Bursts {
    FLAT_ROOTS("roots, 1 % fail", 1_000) {
        @Override
        void run(Scheduler jobs, OpenTelemetrySdk sdk) {
            spawnRoots(jobs);
        }
    },
    OF_ONE_REQUEST("children of one request, 1 % fail", 1_000) {
        @Override
        void run(Scheduler jobs, OpenTelemetrySdk sdk) {
            var request = sdk.getTracer("program").spanBuilder("request").startSpan();
            try (var _ = request.makeCurrent()) {
                spawnRoots(jobs);
                jobs.close();
            } finally {
                request.end();
            }
        }
    },
    OF_ONE_JOB("children of one job, 1 % fail", 1_000) {
        @Override
        void run(Scheduler jobs, OpenTelemetrySdk sdk) {
            jobs.spawn(JobOptions.named("batch").withSupervision(), batch -> {
                for (int i = 0; i < JOBS - 1; i++) {
                    int number = i;
                    batch.spawn("leaf", () -> work(number % 100 == 0));
                }
                return "over";
            });
        }
    },
    SMALL_TREES("909 trees of 110, one job in each fails", 909) {
        @Override
        void run(Scheduler jobs, OpenTelemetrySdk sdk) {
            for (int tree = 0; tree < 909; tree++) {
                spawnTree(jobs, JobOptions.named("tree").withSupervision(), 109, 50);
            }
        }
    },
    FAILING_TREES("10,000 trees of 10, all fail", 20_000) {
        @Override
        void run(Scheduler jobs, OpenTelemetrySdk sdk) {
            for (int tree = 0; tree < JOBS / 10; tree++) {
                spawnTree(jobs, JobOptions.named("tree"), 9, 8);
            }
        }
    };

    static final int JOBS = 100_000;

    private static final Duration EXPORT = Duration.ofMillis(5);

    final String title;

    /// How many jobs fail, those above with them.
    final int failing;

    Bursts(String title, int failing) {
        this.title = title;
        this.failing = failing;
    }

    abstract void run(Scheduler jobs, OpenTelemetrySdk sdk);

    private static void spawnRoots(Scheduler jobs) {
        for (int i = 0; i < JOBS; i++) {
            int number = i;
            jobs.spawn("root", () -> work(number % 100 == 0));
        }
    }

    private static void spawnTree(Scheduler jobs, JobOptions options, int leaves, int failing) {
        jobs.spawn(options, tree -> {
            for (int i = 0; i < leaves; i++) {
                int number = i;
                tree.spawn("leaf", () -> work(number == failing));
            }
            return "over";
        });
    }

    private static int work(boolean fails) throws IOException {
        if (fails) {
            throw new IOException("no disk");
        }
        return 1;
    }

    /// What came of a burst.
    ///
    /// @param spans that arrived
    /// @param dropped spans that the processor had no room for
    /// @param roots spans that arrived and have no parent but a request
    /// @param failures spans of jobs that failed that arrived
    /// @param suppressed jobs without a span, as the metric says
    /// @param counted jobs without a span, as spans say
    /// @param ended jobs that ended, with and without having run
    record Result(long spans, long dropped, long roots, long failures, long suppressed, long counted, long ended) {}

    Result measure(UnaryOperator<JobTelemetryBuilder> settings) {
        var exporter = new SlowExporter();
        var ended = new OpenSpans();
        var metrics = InMemoryMetricReader.create();
        try (var sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(ended)
                        .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                        .build())
                .setMeterProvider(
                        SdkMeterProvider.builder().registerMetricReader(metrics).build())
                .build()) {
            var telemetry = settings.apply(JobTelemetry.builder(sdk)).build();
            var options = SchedulerOptions.named("burst")
                    .withoutPendingLimit()
                    // A busy machine is to be late, and not to cancel jobs.
                    .withWaitTimeout(Duration.ofMinutes(10))
                    .withObserver(telemetry)
                    .withFailureHandler((_, _) -> {});
            try (var jobs = Scheduler.open(options)) {
                run(jobs, sdk);
            }
            sdk.getSdkTracerProvider().forceFlush().join(1, TimeUnit.MINUTES);
            return result(exporter.spans, ended.ended(), metrics);
        }
    }

    private static Result result(Collection<SpanData> spans, long ended, InMemoryMetricReader metrics) {
        long suppressed = 0;
        long jobs = 0;
        for (var metric : metrics.collectAllMetrics()) {
            switch (metric.getName()) {
                case "jobtree.job.suppressed_spans" ->
                    suppressed = metric.getLongSumData().getPoints().stream()
                            .mapToLong(point -> point.getValue())
                            .sum();
                case "jobtree.job.duration" ->
                    jobs = metric.getHistogramData().getPoints().stream()
                            .mapToLong(point -> point.getCount())
                            .sum();
                default -> {}
            }
        }
        var ofJobs =
                spans.stream().filter(span -> !span.getName().equals("request")).toList();
        return new Result(
                ofJobs.size(),
                ended - spans.size(),
                ofJobs.stream().filter(span -> !span.getName().equals("leaf")).count(),
                ofJobs.stream()
                        .filter(span -> span.getStatus().getStatusCode() == StatusCode.ERROR)
                        .count(),
                suppressed,
                sum(spans, "jobtree.tree.suppressed_spans") + sum(spans, "jobtree.suppressed_spans_before"),
                jobs);
    }

    private static long sum(Collection<SpanData> spans, String key) {
        return spans.stream()
                .map(span -> span.getAttributes().get(longKey(key)))
                .mapToLong(value -> value == null ? 0 : value)
                .sum();
    }

    private static final class SlowExporter implements SpanExporter {
        private final Collection<SpanData> spans = new ConcurrentLinkedQueue<>();

        @Override
        public CompletableResultCode export(Collection<SpanData> batch) {
            LockSupport.parkNanos(EXPORT.toNanos());
            spans.addAll(batch);
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

    /// With an argument, as it is without a budget over all trees.
    public static void main(String[] args) {
        print(args.length == 0 ? settings -> settings : JobTelemetryBuilder::withoutSpanBudget);
    }

    private static void print(UnaryOperator<JobTelemetryBuilder> settings) {
        for (var burst : values()) {
            var result = burst.measure(settings);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,d | %,d | %,d of %,d | %,d |%n",
                    burst.title,
                    result.spans,
                    result.dropped,
                    result.failures,
                    burst.failing,
                    result.suppressed);
        }
    }
}
