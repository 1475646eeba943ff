package io.jobtree.proof.soak;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// One scheduler under a mixed load for so long: heap and threads must stay flat.
@Command(name = "soak", mixinStandardHelpOptions = true)
final class Soak implements Callable<Integer> {
    private static final int SAMPLES = 100;

    /// What comes before is warm-up: classes, compiled code, queues that reach their size.
    private static final int WARM = 30;

    private static final double MIB = 1024 * 1024;

    /// A busy machine does few jobs in a short run, and each that is kept takes some 72 bytes.
    private static final double TOLERATED_MIB = 0.5;

    private static final double TOLERATED_THREADS = 1;

    @Option(names = "--duration", description = "ISO-8601, such as PT30M.")
    Duration duration = Duration.ofMinutes(30);

    @Option(names = "--slowest", description = "What 99.9 % of all spawns, and of all cancels, stay below.")
    Duration slowest = Duration.ofMillis(250);

    private final List<Double> heap = new ArrayList<>();
    private final List<Double> threads = new ArrayList<>();

    public static void main(String[] args) {
        System.exit(new CommandLine(new Soak()).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        var load = new Load();
        load.start();
        for (int i = 0; i < SAMPLES; i++) {
            Thread.sleep(duration.dividedBy(SAMPLES));
            sample();
        }
        load.stop();
        var growth = Trend.of(heap.subList(WARM, SAMPLES));
        var more = Trend.of(threads.subList(WARM, SAMPLES));
        System.out.printf(
                "heap %.2f MiB, grew by %.3f +- %.3f; threads %.1f, grew by %.2f +- %.2f; %s jobs, %d failures%n",
                growth.mean(),
                growth.growth(),
                growth.error(),
                more.mean(),
                more.growth(),
                more.error(),
                load.spawns().getTotalCount(),
                load.unexpected());
        print("spawn", load.spawns());
        print("cancel", load.cancels());
        boolean quick = isQuick(load.spawns()) && isQuick(load.cancels());
        return growth.isFlat(TOLERATED_MIB) && more.isFlat(TOLERATED_THREADS) && quick && load.unexpected() == 0
                ? 0
                : 1;
    }

    private void sample() {
        System.gc();
        heap.add(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MIB);
        threads.add((double) ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private boolean isQuick(Histogram histogram) {
        return histogram.getTotalCount() > 0 && histogram.getValueAtPercentile(99.9) < slowest.toNanos();
    }

    private static void print(String what, Histogram histogram) {
        System.out.printf(
                "%s: p50 %.1f, p99 %.1f, p99.9 %.1f, most %.1f us of %d%n",
                what,
                histogram.getValueAtPercentile(50) / 1e3,
                histogram.getValueAtPercentile(99) / 1e3,
                histogram.getValueAtPercentile(99.9) / 1e3,
                histogram.getMaxValue() / 1e3,
                histogram.getTotalCount());
    }
}
