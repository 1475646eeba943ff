package io.jobtree.scheduler.junit5.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class QuietMomentTest {
    private final AtomicBoolean isQuiet = new AtomicBoolean();
    private final AtomicLong now = new AtomicLong();
    private final QuietMoment moment = new QuietMoment(isQuiet::get, now::get, now::addAndGet);

    private long waitedMillis() {
        long before = now.get();
        assertThat(moment.isReached()).isEqualTo(isQuiet.get());
        return (now.get() - before) / 1_000_000;
    }

    /// A thread that computes all the time would else hold up every test.
    @Test
    void computingThread_delaysOneTest_byHalfASecond_andNoOther() {
        assertThat(waitedMillis()).isBetween(400L, 600L);
        assertThat(waitedMillis()).isZero();
        assertThat(waitedMillis()).isZero();
    }

    @Test
    void whileCarriersAreKept_noVirtualThreadMoves() throws IOException, InterruptedException {
        assertNoneMovesWhileKept(() -> {});
    }

    /// Where a virtual thread has blocked in a file, more of them run for a moment than may at once.
    @DisabledOnOs(OS.WINDOWS)
    @Test
    void whileCarriersAreKept_noVirtualThreadMoves_whereMoreHaveRun() throws IOException, InterruptedException {
        for (int i = 0; i < 30; i++) {
            assertNoneMovesWhileKept(QuietMomentTest::blockAllCarriers);
        }
    }

    private static void blockAllCarriers() throws IOException {
        var scheduler = ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
        List<Process> silent = new ArrayList<>();
        for (int i = 0; i < scheduler.getParallelism(); i++) {
            var process = new ProcessBuilder("cat").start();
            silent.add(process);
            Thread.ofVirtual()
                    .start(() -> assertThat(process.inputReader().lines()).isEmpty());
        }
        Awaitility.await().until(() -> scheduler.getPoolSize() > scheduler.getParallelism());
        for (var process : silent) {
            process.getOutputStream().close();
        }
    }

    private interface Action {
        void run() throws IOException;
    }

    private static void assertNoneMovesWhileKept(Action before) throws IOException, InterruptedException {
        var wakeUps = new AtomicLong();
        var over = new AtomicBoolean();
        List<Thread> sleepers = Stream.generate(() -> Thread.ofVirtual().start(() -> {
                    while (!over.get()) {
                        LockSupport.parkNanos(50_000);
                        wakeUps.incrementAndGet();
                    }
                }))
                .limit(4)
                .toList();
        before.run();
        var carriers = kept();
        try {
            long known = wakeUps.get();
            long end = System.nanoTime() + 5_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(wakeUps).hasValue(known);
        } finally {
            carriers.release();
            over.set(true);
        }
        for (var sleeper : sleepers) {
            sleeper.join();
        }
    }

    private static QuietMoment.Carriers kept() {
        var carriers = new QuietMoment.Carriers();
        assertThat(carriers.areKept(Duration.ofMinutes(1).toNanos())).isTrue();
        return carriers;
    }

    @Test
    void afterAQuietMoment_itIsWaitedForAgain() {
        waitedMillis();
        isQuiet.set(true);
        assertThat(waitedMillis()).isZero();
        isQuiet.set(false);
        assertThat(waitedMillis()).isBetween(400L, 600L);
    }
}
