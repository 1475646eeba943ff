package io.jobtree.scheduler.junit5.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

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
    void whileCarriersAreKept_noVirtualThreadMoves() throws InterruptedException {
        var wakeUps = new AtomicLong();
        var over = new AtomicBoolean();
        Thread sleeper = Thread.ofVirtual().start(() -> {
            while (!over.get()) {
                LockSupport.parkNanos(100_000);
                wakeUps.incrementAndGet();
            }
        });
        Awaitility.await().until(() -> wakeUps.get() > 0);
        var carriers = kept();
        try {
            long before = wakeUps.get();
            long end = System.nanoTime() + 20_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(wakeUps).hasValue(before);
        } finally {
            carriers.release();
        }
        long kept = wakeUps.get();
        Awaitility.await().until(() -> wakeUps.get() > kept);
        over.set(true);
        sleeper.join();
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
