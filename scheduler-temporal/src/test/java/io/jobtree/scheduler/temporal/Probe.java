package io.jobtree.scheduler.temporal;

import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/// What a test and a body in the same JVM share, found by the body's input.
final class Probe {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /// Runs until the test releases or interrupts it, and gives the number of the attempt.
    static final RemoteTask<String, Integer> HELD =
            RemoteTask.of("held", String.class, Integer.class, (_, key) -> of(key).hold());

    private static final Map<String, Probe> PROBES = new ConcurrentHashMap<>();

    final Queue<RemoteAttempt> attempts = new ConcurrentLinkedQueue<>();
    final CountDownLatch released = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);
    final AtomicInteger interrupts = new AtomicInteger();
    /// The last attempt that makes no progress.
    volatile int silentUntil;
    /// The last attempt that ignores interrupts.
    volatile int stubbornUntil;

    static Probe of(String key) {
        return PROBES.computeIfAbsent(key, _ -> new Probe());
    }

    void awaitAttempt(int number) {
        Awaitility.await().atMost(PATIENCE).until(() -> attempts.size() >= number);
    }

    boolean awaitInterrupt(Duration atMost) throws InterruptedException {
        return interrupted.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    int hold() throws InterruptedException {
        var attempt = RemoteAttempt.current();
        attempts.add(attempt);
        for (int step = 1; ; step++) {
            try {
                if (released.await(50, TimeUnit.MILLISECONDS)) {
                    return attempt.number();
                }
            } catch (InterruptedException asked) {
                interrupted.countDown();
                interrupts.incrementAndGet();
                if (attempt.number() > stubbornUntil) {
                    throw asked;
                }
            }
            if (attempt.number() > silentUntil) {
                attempt.progress(step);
            }
        }
    }
}
