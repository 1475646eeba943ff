package io.jobtree.scheduler.synctest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@SuppressWarnings("ThreadPriorityCheck") // in a bubble a yield is a switch
final class BubbleTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void sleep_anHour_movesAllClocksByIt() throws Exception {
        LongSupplier ticker = System::nanoTime;
        Bubble.run(1, () -> {
            long nanos = System.nanoTime();
            long ticks = ticker.getAsLong();
            long millis = System.currentTimeMillis();
            Instant instant = Instant.now();
            Thread.sleep(HOUR);
            assertThat(System.nanoTime() - nanos).isEqualTo(HOUR.toNanos());
            assertThat(ticker.getAsLong() - ticks).isEqualTo(HOUR.toNanos());
            assertThat(System.currentTimeMillis() - millis).isEqualTo(HOUR.toMillis());
            assertThat(Duration.between(instant, Instant.now())).isEqualTo(HOUR);
        });
    }

    @Test
    void run_startsAtTheEpoch() throws Exception {
        Instant start = Bubble.run(1, () -> Instant.now());
        assertThat(start).isEqualTo(Bubble.EPOCH);
    }

    @Test
    void run_returnsAndThrowsWhatTheBodyDoes() throws Exception {
        assertThat(Bubble.<String>run(1, () -> "value")).isEqualTo("value");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Bubble.run(1, () -> {
                    throw new IOException("its own");
                }))
                .withMessage("its own");
    }

    @Test
    void run_inABubble_throws() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Bubble.run(1, () -> Bubble.run(2, () -> {})))
                .withMessageContaining("cannot be opened in a bubble");
    }

    @Test
    void run_sameSeed_sameOrder() throws Exception {
        List<String> orders = new ArrayList<>();
        for (long seed = 0; seed < 20; seed++) {
            String order = order(seed);
            assertThat(order(seed)).isEqualTo(order);
            orders.add(order);
        }
        assertThat(orders.stream().distinct().count()).isGreaterThan(5);
    }

    private static String order(long seed) throws Exception {
        StringBuilder order = new StringBuilder();
        Bubble.run(seed, () -> {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int number = i;
                threads.add(Thread.startVirtualThread(() -> {
                    order.append(number);
                    Thread.yield();
                    order.append(number).append(ThreadLocalRandom.current().nextInt(10));
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        });
        return order.toString();
    }

    @Test
    void settle_returnsWhenAllOthersWait_atTheSameMoment() throws Exception {
        Bubble.run(1, () -> {
            List<String> done = new ArrayList<>();
            Instant before = Instant.now();
            Thread sleeper = Thread.startVirtualThread(() -> {
                done.add("before");
                try {
                    Thread.sleep(HOUR);
                } catch (InterruptedException unexpected) {
                    throw new AssertionError(unexpected);
                }
                done.add("after");
            });
            Bubble.settle();
            assertThat(done).containsExactly("before");
            assertThat(Instant.now()).isEqualTo(before);
            sleeper.join();
            assertThat(done).containsExactly("before", "after");
        });
    }

    @Test
    void settle_outsideOfABubble_throws() {
        assertThatIllegalStateException().isThrownBy(Bubble::settle).withMessageContaining("outside of a bubble");
    }

    @Test
    void outside_runsInRealTimeWhileTheClockStands() throws Exception {
        Bubble.run(1, () -> {
            Instant before = Instant.now();
            Thread sleeper = Thread.startVirtualThread(() -> sleep(HOUR));
            Instant real = Bubble.outside(() -> {
                assertThat(Thread.currentThread().isVirtual()).isFalse();
                return Instant.now();
            });
            assertThat(real).isAfter(Bubble.EPOCH.plus(Duration.ofDays(9000)));
            assertThat(Instant.now()).isEqualTo(before);
            sleeper.join();
        });
    }

    @Test
    void outside_throwsWhatTheBodyThrows_andIsOpenOutsideToo() throws Exception {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Bubble.run(1, () -> {
                    Bubble.outside(() -> {
                        throw new IOException("real");
                    });
                }))
                .withMessage("real");
        assertThat(Bubble.<Integer>outside(() -> 7)).isEqualTo(7);
    }

    @Test
    void ordinaryThreadsBesideABubble_seeRealTime() throws Exception {
        CountDownLatch inBubble = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        List<Instant> seen = new ArrayList<>();
        Thread beside = Thread.ofPlatform().start(() -> {
            try {
                inBubble.await();
                seen.add(Instant.now());
                Thread.ofVirtual().start(() -> seen.add(Instant.now())).join();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            } finally {
                looked.countDown();
            }
        });
        Bubble.run(1, () -> {
            Thread.sleep(HOUR);
            Bubble.outside(() -> {
                inBubble.countDown();
                looked.await();
                return 0;
            });
        });
        beside.join();
        assertThat(seen).hasSize(2).allMatch(moment -> moment.isAfter(Bubble.EPOCH.plus(Duration.ofDays(9000))));
    }

    @Test
    void body_thatLeavesAThreadWaiting_fails() {
        assertThatExceptionOfType(LeftoverError.class)
                .isThrownBy(() -> Bubble.run(1, () -> {
                    Thread.ofVirtual().name("left-over").start(() -> {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException unexpected) {
                            throw new AssertionError(unexpected);
                        }
                    });
                }))
                .withMessageContaining("'left-over'")
                .withMessageContaining("CountDownLatch");
    }

    @Test
    void body_thatLeavesAThreadGoingOn_fails() {
        assertThatExceptionOfType(LeftoverError.class)
                .isThrownBy(() -> Bubble.run(1, () -> {
                    Thread.ofVirtual().name("ticker").start(() -> {
                        while (true) {
                            sleep(HOUR);
                        }
                    });
                }))
                .withMessageContaining("'ticker'");
    }

    @Test
    void daemonThreadsOfAPool_areNotWaitedFor() throws Exception {
        String answer = Bubble.run(
                1,
                () -> Executors.newSingleThreadExecutor(
                                Thread.ofPlatform().daemon().factory())
                        .submit(() -> "answer")
                        .get());
        assertThat(answer).isEqualTo("answer");
    }

    @Test
    void poolFromOutside_startsItsThreadsOutside() throws Exception {
        var pool = new ScheduledThreadPoolExecutor(1);
        try {
            Bubble.run(1, () -> {
                assertThat(pool.prestartCoreThread()).isFalse();
                assertThat(pool.prestartAllCoreThreads()).isZero();
                var _ = pool.schedule(() -> "in the bubble", 1, TimeUnit.HOURS);
            });
            assertThat(pool.getPoolSize()).isZero();
            assertThat(pool.schedule(() -> "outside", 1, TimeUnit.MILLISECONDS).get(20, TimeUnit.SECONDS))
                    .isEqualTo("outside");
        } finally {
            // One that has lost its thread to a bubble never ends.
            pool.shutdownNow();
        }
    }

    @Test
    void interruptFlagThatIsLeftSet_endsTheBubbleAllTheSame() throws Exception {
        Bubble.run(1, () -> Thread.currentThread().interrupt());
    }

    @Nested
    @VirtualTime
    final class InterruptFlag {
        @BeforeEach
        void set() {
            Thread.currentThread().interrupt();
        }

        @Test
        void isTheNextCallsToo() {
            assertThat(Thread.interrupted()).isTrue();
        }

        @Test
        void thatIsLeftSet_endsTheBubbleAllTheSame() {
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        }
    }

    /// The bubble notes a pool before that one's fields are set.
    @Test
    void poolThatComparesByAField_isTheBubblesOwn() throws Exception {
        String answer = Bubble.run(1, () -> {
            var pool = new NamedPool("mail");
            try {
                return pool.schedule(() -> pool.name, 1, TimeUnit.HOURS).get();
            } finally {
                pool.shutdown();
            }
        });
        assertThat(answer).isEqualTo("mail");
    }

    private static final class NamedPool extends ScheduledThreadPoolExecutor {
        private final String name;

        NamedPool(String name) {
            super(1);
            this.name = name;
        }

        @Override
        public int hashCode() {
            return name.length();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof NamedPool pool && pool.name.equals(name);
        }
    }

    @Test
    void threadsThatYieldForEver_fail() {
        assertThatExceptionOfType(DeadlockError.class)
                .isThrownBy(() -> Bubble.run(1, () -> {
                    long end = System.nanoTime() + 1;
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                }))
                .withMessageContaining("without end while the clock stands");
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }
}
