package io.jobtree.scheduler.synctest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@VirtualTime(epoch = "2030-06-01T12:00:00Z")
final class VirtualTimeTest {
    private static final Instant EPOCH = Instant.parse("2030-06-01T12:00:00Z");

    private final Instant constructed = Instant.now();
    private final AtomicInteger ticks = new AtomicInteger();
    private final Thread test = Thread.currentThread();
    private Thread ticker = Thread.currentThread();

    @BeforeEach
    void startTicking() {
        ticker = Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    Thread.sleep(Duration.ofMinutes(1));
                    ticks.incrementAndGet();
                }
            } catch (InterruptedException over) {
                ticks.set(-1);
            }
        });
    }

    @AfterEach
    void stopTicking() throws Exception {
        ticker.interrupt();
        ticker.join();
        assertThat(ticks).hasValue(-1);
        assertThat(Thread.currentThread()).isSameAs(test);
    }

    @Test
    void constructorBeforeEachAndTest_areInOneBubble() throws Exception {
        assertThat(constructed).isEqualTo(EPOCH);
        Thread.sleep(Duration.ofHours(2).plusSeconds(1));
        assertThat(ticks).hasValue(120);
        assertThat(Instant.now()).isEqualTo(EPOCH.plus(Duration.ofHours(2)).plusSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void parameterizedTest_hasABubbleEachTime(int hours) throws Exception {
        assertThat(Instant.now()).isEqualTo(EPOCH);
        Thread.sleep(Duration.ofHours(hours).plusSeconds(1));
        assertThat(ticks).hasValue(hours * 60);
    }

    @Test
    @VirtualTime
    void nearestAnnotation_wins() {
        assertThat(Instant.now()).isEqualTo(Bubble.EPOCH);
    }

    @Nested
    final class InANestedClass {
        @Test
        void itHoldsToo() throws Exception {
            Thread.sleep(Duration.ofMinutes(1).plusSeconds(1));
            assertThat(ticks).hasValue(1);
            assertThat(constructed).isEqualTo(EPOCH);
        }
    }

    static final class Deadlocks {
        static final List<String> CALLS = new ArrayList<>();

        @AfterEach
        void after() {
            CALLS.add("after");
        }

        @Test
        @VirtualTime
        void waitsByReadingTheClock() {
            long end = System.nanoTime() + 1;
            int reads = 0;
            while (System.nanoTime() < end) {
                reads++;
            }
            assertThat(reads).isNegative();
        }

        @Test
        @VirtualTime
        void waitsForEver() throws Exception {
            new CountDownLatch(1).await();
        }

        @Test
        @VirtualTime
        void leavesAThread() {
            Thread.ofVirtual().name("left").start(() -> {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
            });
        }

        @Test
        @VirtualTime(epoch = "tomorrow")
        void cannotStart() {}
    }

    @Test
    void aDeadlock_failsTheTest_andSkipsItsAfterEach() {
        Deadlocks.CALLS.clear();
        Kit.Result result = Kit.run(Deadlocks.class, "waitsForEver");
        assertThat(result.failure()).isInstanceOf(DeadlockError.class);
        assertThat(Deadlocks.CALLS).isEmpty();
    }

    @Test
    void aLoopThatWaitsForTheClock_failsTheTest() {
        assertThat(Kit.run(Deadlocks.class, "waitsByReadingTheClock").failure())
                .isInstanceOf(DeadlockError.class)
                .hasMessageContaining("'test' has read the clock 10000000 times without a wait");
    }

    @Test
    void aThreadLeft_failsTheTest() {
        assertThat(Kit.run(Deadlocks.class, "leavesAThread").failure())
                .asInstanceOf(type(LeftoverError.class))
                .extracting(Throwable::getMessage)
                .asString()
                .contains("'left'");
    }

    @Test
    void aWrongEpoch_isSaid() {
        assertThat(Kit.run(Deadlocks.class, "cannotStart").failure())
                .hasMessageContaining("@VirtualTime epoch must be a moment such as")
                .hasMessageContaining("tomorrow");
    }
}
