package io.jobtree.benchmarks;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.otel.JobTelemetry;
import io.jobtree.scheduler.timeline.JobFlightRecorder;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What does it cost to watch jobs? The work is that of [SpawnBenchmark]; `jobtree` has no observer.
@Fork(
        value = 3,
        jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class ObserverBenchmark extends TimedBenchmark {
    private static final JobObservation NOTHING = new JobObservation() {};
    private static final SchedulerOptions IDLE = Spawning.UNLIMITED.withObserver(job -> NOTHING);
    private static final SchedulerOptions COUNTING = Spawning.UNLIMITED.withObserver(new Counter());

    private static final SchedulerOptions TELEMETRY_OFF =
            Spawning.UNLIMITED.withObserver(JobTelemetry.create(OpenTelemetry.noop()));

    // What is there by itself where the module is on the path and no SDK: it looks for one at each spawn.
    private static final SchedulerOptions TELEMETRY_WAITING =
            Spawning.UNLIMITED.withObserver(JobTelemetry.builder().asFallback().build());

    // Everything is sampled, and nothing is exported: what a job itself pays.
    private static final OpenTelemetrySdk SDK = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder().build())
            .setMeterProvider(SdkMeterProvider.builder()
                    .registerMetricReader(new Unread())
                    .build())
            .build();
    private static final SchedulerOptions TELEMETRY_ON = Spawning.UNLIMITED.withObserver(
            JobTelemetry.builder(SDK).withoutSpanBudget().build());
    private static final SchedulerOptions TELEMETRY_IN_BUDGET =
            Spawning.UNLIMITED.withObserver(JobTelemetry.create(SDK));
    private static final SchedulerOptions SPANS_ON = Spawning.UNLIMITED.withObserver(
            JobTelemetry.builder(SDK).metrics(false).withoutSpanBudget().build());
    private static final ByHand BY_HAND = new ByHand(SDK);

    // No recording is on.
    private static final SchedulerOptions FLIGHT_RECORDER_OFF =
            Spawning.UNLIMITED.withObserver(new JobFlightRecorder());

    private static final int BATCH = 10; // so that handing it to the test's thread does not count

    /// A test that leaks are looked for in.
    @State(Scope.Benchmark)
    public static class OpenTest {
        final WatchedTest open = new WatchedTest();

        @TearDown
        public void close() throws InterruptedException {
            open.close();
        }
    }

    /// How many jobs a scope gets.
    @Param("1000")
    public int jobs;

    @Benchmark
    public void jobtree() {
        Spawning.jobtree(Spawning.UNLIMITED, jobs);
    }

    /// An observer that does nothing.
    @Benchmark
    public void idle() {
        Spawning.jobtree(IDLE, jobs);
    }

    /// An observer that counts spawns and ends.
    @Benchmark
    public void counting() {
        Spawning.jobtree(COUNTING, jobs);
    }

    /// The observer for JDK Flight Recorder, while nothing is recorded.
    @Benchmark
    public void flightRecorderOff() {
        Spawning.jobtree(FLIGHT_RECORDER_OFF, jobs);
    }

    /// Tracing and metrics through the API alone.
    @Benchmark
    public void telemetryOff() {
        Spawning.jobtree(TELEMETRY_OFF, jobs);
    }

    /// Telemetry that was made before there is an SDK.
    @Benchmark
    public void telemetryWaiting() {
        Spawning.jobtree(TELEMETRY_WAITING, jobs);
    }

    /// Metrics by the SDK, and as many spans as the default budget allows, far fewer than jobs here.
    @Benchmark
    public void telemetryInBudget() {
        Spawning.jobtree(TELEMETRY_IN_BUDGET, jobs);
    }

    /// Tracing and metrics by the SDK.
    @Benchmark
    public void telemetryOn() {
        Spawning.jobtree(TELEMETRY_ON, jobs);
    }

    /// The observer of the JUnit extension's leak check, in a test.
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void leakCheck(OpenTest test) throws InterruptedException {
        test.open.run(() -> {
            for (int i = 0; i < BATCH; i++) {
                Spawning.jobtree(Spawning.UNLIMITED, jobs);
            }
        });
    }

    /// Tracing alone by the SDK.
    @Benchmark
    public void spansOn() {
        Spawning.jobtree(SPANS_ON, jobs);
    }

    /// A span of the SDK around each body, made by hand.
    @Benchmark
    public void bareSpan() {
        BY_HAND.bareSpans(jobs);
    }

    /// The same attributes as in `spansOn`, made by hand.
    @Benchmark
    public void sameSpan() {
        BY_HAND.spans(jobs);
    }

    /// The same attributes and metrics as in `telemetryOn`, made by hand.
    @Benchmark
    public void sameSpanAndMetrics() {
        BY_HAND.spansAndMetrics(jobs);
    }

    private static final class Counter implements JobObserver, JobObservation {
        private final LongAdder spawned = new LongAdder();
        private final LongAdder ended = new LongAdder();

        @Override
        public JobObservation spawned(Job<?> job) {
            spawned.increment();
            return this;
        }

        @Override
        public void ended(Outcome<?> outcome) {
            ended.increment();
        }
    }
}
