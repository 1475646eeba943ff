package io.jobtree.scheduler.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Retry: rests before the next try")
final class RetryTest {
    private static long restOf(Thread.Builder builder, Runnable before) throws InterruptedException {
        var nanos = new long[1];
        builder.start(() -> {
                    before.run();
                    long start = System.nanoTime();
                    Retry.rest();
                    nanos[0] = System.nanoTime() - start;
                })
                .join();
        return nanos[0];
    }

    @Test
    void rest_takesItsTime_onAnyThread() throws InterruptedException {
        Runnable interrupted = () -> Thread.currentThread().interrupt();
        Runnable unparked = () -> LockSupport.unpark(Thread.currentThread());
        for (Runnable before : new Runnable[] {() -> {}, interrupted, unparked}) {
            assertThat(restOf(Thread.ofPlatform(), before)).isGreaterThanOrEqualTo(Retry.REST_NANOS);
            assertThat(restOf(Thread.ofVirtual(), before)).isGreaterThanOrEqualTo(Retry.REST_NANOS);
        }
    }
}
