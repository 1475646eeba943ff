package io.jobtree.scheduler.junit5;

import com.sun.management.OperatingSystemMXBean;
import io.jobtree.scheduler.junit5.fixture.Costs;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import org.junit.platform.testkit.engine.EngineTestKit;

/// Prints what the extension costs a clean test and a job. Nothing timed decides a test, so this is a program.
final class CostReport {
    private static final int ROUNDS = 15;
    private static final int WARM_UP = 5;

    private CostReport() {}

    public static void main(String... args) {
        compare("empty test", Costs.EMPTY_TESTS, Costs.EmptyUnwatched.class, Costs.EmptyWatched.class);
        compare(
                "empty test, threads = VIRTUAL",
                Costs.EMPTY_TESTS,
                Costs.EmptyUnwatched.class,
                Costs.EmptyWatchedWithThreads.class);
        compare(
                "empty test, auto-detected",
                Costs.EMPTY_TESTS,
                Kit.engine(Costs.EmptyUnwatched.class),
                Kit.autoDetected(Costs.EmptyUnwatched.class));
        compare("job, 1,000 a test", Costs.BUSY_TESTS * Costs.JOBS, Costs.BusyUnwatched.class, Costs.BusyWatched.class);
    }

    /// Medians over alternating rounds; processor time of all threads besides wall time, for a machine that is busy.
    private static void compare(String what, int count, Class<?> unwatched, Class<?> watched) {
        compare(what, count, Kit.engine(unwatched), Kit.engine(watched));
    }

    private static void compare(
            String what, int count, EngineTestKit.Builder unwatched, EngineTestKit.Builder watched) {
        double[][] wall = new double[2][ROUNDS];
        double[][] processor = new double[2][ROUNDS];
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            for (int side = 0; side < 2; side++) {
                long wallStart = System.nanoTime();
                long processorStart = processorNanos();
                (side == 0 ? unwatched : watched).execute();
                if (round >= 0) {
                    wall[side][round] = (System.nanoTime() - wallStart) / 1e3 / count;
                    processor[side][round] = (processorNanos() - processorStart) / 1e3 / count;
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%-32s wall %8.2f -> %8.2f µs (%+.2f)   processor %8.2f -> %8.2f µs (%+.2f)%n",
                what,
                median(wall[0]),
                median(wall[1]),
                median(wall[1]) - median(wall[0]),
                median(processor[0]),
                median(processor[1]),
                median(processor[1]) - median(processor[0]));
    }

    private static long processorNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
