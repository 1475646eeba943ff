package io.jobtree.scheduler.synctest;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.junit5.NoLeakedJobs;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A test in a bubble that takes the leak check's scheduler as a parameter.
final class LeakCheckInVirtualTimeTest {
    private static final AtomicReference<@Nullable Scheduler> SEEN = new AtomicReference<>();

    private static void sleepAnHour() throws InterruptedException {
        Thread.sleep(Duration.ofHours(1));
    }

    @NoLeakedJobs
    static final class InVirtualTime {
        @Test
        @VirtualTime
        void joins(Scheduler jobs) throws Exception {
            SEEN.set(jobs);
            jobs.spawn("hour", () -> sleepAnHour()).join();
        }

        @Test
        @VirtualTime
        void usesNothing(Scheduler jobs) {
            SEEN.set(jobs);
        }

        @Test
        @VirtualTime
        void closes(Scheduler jobs) {
            SEEN.set(jobs);
            jobs.spawn("hour", () -> sleepAnHour());
            jobs.close();
        }

        @Test
        @VirtualTime
        void leavesAJob(Scheduler jobs) {
            SEEN.set(jobs);
            jobs.spawn("endless", () -> sleepAnHour());
        }

        @Test
        @VirtualTime
        void fails(Scheduler jobs) {
            SEEN.set(jobs);
            jobs.spawn("endless", () -> sleepAnHour());
            throw new IllegalStateException("of the test");
        }
    }

    @VirtualTime
    @NoLeakedJobs
    static final class AnnotatedTheOtherWayRound {
        private final Job<?> begun;

        AnnotatedTheOtherWayRound(Scheduler jobs) {
            SEEN.set(jobs);
            begun = jobs.spawn("hour", () -> sleepAnHour());
        }

        @BeforeEach
        void before(Scheduler jobs) throws Exception {
            jobs.spawn("hour", () -> sleepAnHour()).join();
        }

        @Test
        void joins() throws Exception {
            begun.join();
        }

        @AfterEach
        void after(Scheduler jobs) throws Exception {
            jobs.spawn("hour", () -> sleepAnHour()).join();
        }
    }

    @NoLeakedJobs
    static final class UnderSchedules {
        @Test
        @Schedules(2)
        void joins(Scheduler jobs) throws Exception {
            SEEN.set(jobs);
            jobs.spawn("hour", () -> sleepAnHour()).join();
        }
    }

    private static boolean isSeenClosed() {
        var seen = SEEN.getAndSet(null);
        return seen != null && seen.isClosed();
    }

    @ParameterizedTest
    @ValueSource(strings = {"joins", "usesNothing", "closes"})
    void schedulerWhoseJobsAreDone_closesAfterTheTest(String method) {
        assertThat(Kit.run(InVirtualTime.class, method, Scheduler.class).failures())
                .isEmpty();
        assertThat(isSeenClosed()).isTrue();
    }

    @Test
    void schedulerOfTheConstructor_isThatOfTheMethods() {
        assertThat(Kit.run(AnnotatedTheOtherWayRound.class, "joins").failures()).isEmpty();
        assertThat(isSeenClosed()).isTrue();
    }

    @Test
    void jobThatIsLeft_failsTheTest_andIsNamed() {
        assertThat(Kit.run(InVirtualTime.class, "leavesAJob", Scheduler.class).failure())
                .isInstanceOf(LeftoverError.class)
                .hasMessageContaining("InVirtualTime.leavesAJob")
                .hasMessageContaining("endless")
                .hasMessageContaining("one that is a parameter closes once its jobs are done");
        assertThat(isSeenClosed()).isTrue();
    }

    @Test
    void testThatFails_keepsItsFailure() {
        assertThat(Kit.run(InVirtualTime.class, "fails", Scheduler.class).failure())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("of the test");
        assertThat(isSeenClosed()).isTrue();
    }

    @Test
    void underSchedules_itSaysWhatToDo() {
        assertThat(Kit.run(UnderSchedules.class, "joins", Scheduler.class).failure())
                .hasMessage("A Scheduler as a parameter is one for all @Schedules: joins; open one in the test");
        assertThat(isSeenClosed()).isFalse();
    }
}
