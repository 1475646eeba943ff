package io.jobtree.scheduler.synctest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SchedulesTest {
    private static void runBoth(Runnable first, Runnable second) {
        Thread one = Thread.ofVirtual().name("one").start(first);
        Thread two = Thread.ofVirtual().name("two").start(second);
        try {
            one.join();
            two.join();
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    static class Fixture {
        static final List<String> CALLS = Collections.synchronizedList(new ArrayList<>());
        static final Set<Object> INSTANCES = Collections.newSetFromMap(new IdentityHashMap<>());
        static final AtomicInteger RUNS = new AtomicInteger();

        private int count;

        Fixture(TestInfo info) {
            assertThat(info.getTestMethod()).isPresent();
        }

        @BeforeEach
        void before(TestInfo info) {
            assertThat(Instant.now()).isEqualTo(Bubble.EPOCH);
            CALLS.add("before " + info.getTestMethod().orElseThrow().getName());
        }

        @AfterEach
        void after() {
            CALLS.add("after");
        }

        @Test
        @Schedules(3)
        void passes() {
            INSTANCES.add(this);
            CALLS.add("test");
        }

        @Test
        @Schedules(200)
        void increments() {
            runBoth(() -> count++, () -> count++);
            assertThat(count).isEqualTo(2);
        }

        @Test
        @Schedules(value = 200, points = "java.nothing")
        void incrementsWithoutPoints() {
            runBoth(() -> count++, () -> count++);
            assertThat(count).isEqualTo(2);
        }

        @Test
        @Schedules(5)
        void differsEachTime() {
            int run = RUNS.incrementAndGet();
            runBoth(
                    () -> {
                        for (int i = 0; i < run; i++) {
                            count++;
                        }
                    },
                    () -> {});
            assertThat(run).isNegative();
        }

        @Test
        @Schedules(5)
        void failsOnce() {
            assertThat(RUNS.incrementAndGet()).isGreaterThan(1);
        }

        @TestTemplate
        @Schedules(4)
        void oneInvocationEach() {
            CALLS.add("test");
        }

        @Test
        @Schedules(0)
        void none() {}

        @ParameterizedTest
        @ValueSource(strings = {"a", "b"})
        @Schedules(2)
        void withParameters(String value) {
            CALLS.add(value);
        }

        @Nested
        class Inner {
            @Test
            @Schedules(2)
            void seesFreshOuterInstance() {
                assertThat(count++).isZero();
            }
        }
    }

    @BeforeEach
    void reset() {
        Fixture.CALLS.clear();
        Fixture.INSTANCES.clear();
        Fixture.RUNS.set(0);
    }

    @Test
    void eachSchedule_hasAFreshInstance_itsBeforeEachAndAfterEach() {
        assertThat(Kit.run(Fixture.class, "passes").failures()).isEmpty();
        assertThat(Fixture.CALLS)
                .containsExactly(
                        "before passes",
                        "test",
                        "after",
                        "before passes",
                        "test",
                        "after",
                        "before passes",
                        "test",
                        "after");
        assertThat(Fixture.INSTANCES).hasSize(3);
    }

    @Test
    void aRace_isFound_andReplayedByItsSeed() {
        FailedScheduleError error =
                (FailedScheduleError) Kit.run(Fixture.class, "increments").failure();
        assertThat(error)
                .hasMessageContaining("replay confirmed")
                .hasMessageContaining("@Schedules(seed = " + error.seed());
        assertThat(error.getCause()).isInstanceOf(AssertionError.class);
    }

    @Test
    void withoutPointsInItsPackage_thatRacePasses() {
        assertThat(Kit.run(Fixture.class, "incrementsWithoutPoints").failures()).isEmpty();
    }

    @Test
    void aReplayThatDiffers_isSaid_withTheStep() {
        assertThat(Kit.run(Fixture.class, "differsEachTime").failure())
                .hasMessageContaining("The schedule of seed 0 fails, the replay differed at step");
    }

    @Test
    void aReplayThatEndsOtherwise_isSaid() {
        assertThat(Kit.run(Fixture.class, "failsOnce").failure())
                .hasMessageContaining("took the same steps and passed");
    }

    @Test
    void onATestTemplate_eachScheduleIsAnInvocation() {
        Kit.Result result = Kit.run(Fixture.class, "oneInvocationEach");
        assertThat(result.failures()).isEmpty();
        assertThat(result.names()).containsExactly("schedule 0", "schedule 1", "schedule 2", "schedule 3");
        assertThat(Fixture.CALLS).filteredOn("test"::equals).hasSize(4);
    }

    @Test
    void onAParameterizedTest_eachInvocationHasAllSchedules() {
        assertThat(Kit.run(Fixture.class, "withParameters", String.class).failures())
                .isEmpty();
        assertThat(Fixture.CALLS).filteredOn(call -> call.length() == 1).containsExactly("a", "a", "b", "b");
    }

    @Test
    void inANestedClass_theOuterInstanceIsFreshToo() {
        Kit.Result result = Kit.run(Fixture.Inner.class, "seesFreshOuterInstance");
        assertThat(result.failures()).isEmpty();
        assertThat(Fixture.CALLS)
                .filteredOn("before seesFreshOuterInstance"::equals)
                .hasSize(2);
    }

    @Test
    void noSchedules_isSaid() {
        assertThat(Kit.run(Fixture.class, "none").failure())
                .hasMessageContaining("@Schedules value must be positive: 0");
    }
}
