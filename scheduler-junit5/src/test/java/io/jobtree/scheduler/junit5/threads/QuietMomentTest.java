package io.jobtree.scheduler.junit5.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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
    void computingThread_delaysOneTest_byAtMost50Millis_andNoOther() {
        assertThat(waitedMillis()).isBetween(1L, 50L);
        assertThat(waitedMillis()).isZero();
        assertThat(waitedMillis()).isZero();
    }

    @Test
    void afterAQuietMoment_itIsWaitedForAgain() {
        waitedMillis();
        isQuiet.set(true);
        assertThat(waitedMillis()).isZero();
        isQuiet.set(false);
        assertThat(waitedMillis()).isBetween(1L, 50L);
    }
}
