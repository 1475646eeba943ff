package io.jobtree.benchmarks;

import io.jobtree.benchmarks.report.Measure;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.otel.JobTelemetry;
import io.jobtree.scheduler.timeline.JobFlightRecorder;
import io.opentelemetry.api.OpenTelemetry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/// What do observers cost that are there and switched off? The work of [ObserverBenchmark], with one and without, in
/// turn in one JVM and in an order drawn anew: so that a difference of some percent is to be seen where forks scatter
/// by more. Argument: the number of rounds. A side that is the first one again says how far the ratios can be trusted.
final class ObserversOff {
    private static final int JOBS = 1000;
    private static final int IN_A_ROW = 10;
    private static final int WARM_UP = 200;

    /// @param name what it is
    /// @param options of its schedulers
    /// @param times in microseconds, one a round
    private record Variant(String name, SchedulerOptions options, List<Double> times) {
        Variant(String name, SchedulerOptions options) {
            this(name, options, new ArrayList<>());
        }

        void run() {
            long start = System.nanoTime();
            for (int i = 0; i < IN_A_ROW; i++) {
                Spawning.jobtree(options, JOBS);
            }
            times.add((System.nanoTime() - start) / 1e3 / IN_A_ROW);
        }
    }

    private ObserversOff() {}

    public static void main(String[] args) {
        int rounds = args.length == 0 ? 400 : Integer.parseInt(args[0]);
        var plain = Spawning.UNLIMITED;
        var waiting = JobTelemetry.builder().asFallback().build();
        var variants = List.of(
                new Variant("no observer", plain),
                new Variant("no observer, again", plain),
                new Variant("telemetry to no SDK", plain.withObserver(JobTelemetry.create(OpenTelemetry.noop()))),
                new Variant("telemetry that waits for an SDK", plain.withObserver(waiting)),
                new Variant("flight recorder, no recording", plain.withObserver(new JobFlightRecorder())));

        run(variants, WARM_UP);
        variants.forEach(variant -> variant.times().clear());
        run(variants, rounds);
        print(variants);
    }

    private static void run(List<Variant> variants, int rounds) {
        var order = new ArrayList<>(variants);
        var random = new Random(1);
        for (int round = 0; round < rounds; round++) {
            Collections.shuffle(order, random);
            order.forEach(Variant::run);
        }
    }

    private static void print(List<Variant> variants) {
        var none = new Measure(variants.getFirst().times());
        System.out.println("| | " + JOBS + " jobs, us | beside no observer |");
        System.out.println("|---|--:|--:|");
        for (var variant : variants) {
            var times = new Measure(variant.times());
            var ratio = times.over(none);
            System.out.println(String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.3f ± %.3f |",
                    variant.name(),
                    times.value(),
                    ratio.value(),
                    ratio.error()));
        }
    }
}
