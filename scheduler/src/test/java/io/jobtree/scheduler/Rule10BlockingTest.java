package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobtree.scheduler.engine.EngineView;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("R10: a job gives its places up round any wait that it makes in Job.blocking")
final class Rule10BlockingTest {
    private final Door hold = new Door();

    @AfterEach
    void letGo() {
        hold.open();
    }

    private static SchedulerOptions options(int limit) {
        return TestOptions.limit(limit)
                .withWaitTimeout(Duration.ofSeconds(1))
                .withCloseTimeout(Duration.ofSeconds(2))
                .withFailureHandler((job, failure) -> {});
    }

    @Test
    void blocking_outsideOfAnyJob_justCalls() throws Exception {
        for (var kind : ThreadKind.values()) {
            assertThat(Within.call(kind, () -> Job.blocking(() -> 5))).isEqualTo(5);
            var failure = new IOException("the wait's own");
            assertThatThrownBy(() -> Within.call(
                            kind,
                            () -> Job.blocking(() -> {
                                throw failure;
                            })))
                    .isSameAs(failure);
        }
    }

    @EachThreadKind
    void waitThatOnlyAnotherJobEnds_atLimitOne_doesNotDeadlock() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            var shared = Limit.of("shared", 1);
            var waits = jobs.spawn(
                    JobOptions.named("waits").withSharedLimit(shared),
                    () -> Job.blocking(() -> {
                        hold.pass();
                        return 1;
                    }));
            Within.isParked(waits);
            assertThat(shared.taken()).isZero();
            var other = jobs.spawn(JobOptions.named("other").withSharedLimit(shared), hold::open);
            assertThat(Within.outcome(other)).isInstanceOf(Outcome.Succeeded.class);
            assertThat(Within.outcome(waits)).isEqualTo(new Outcome.Succeeded<>(1));
            assertThat(shared.taken()).isZero();
            Within.hasAllPlaces(jobs, 1);
        }
    }

    /// The hundred-and-first job of the default limit: jobs that meet.
    @Test
    void jobsThatMeet_moreThanTheLimit_meet() throws Exception {
        try (var jobs = Scheduler.open(options(3))) {
            var barrier = new CyclicBarrier(10);
            var all = IntStream.range(0, 10)
                    .mapToObj(i -> jobs.spawn("meets", () -> Job.blocking(() -> barrier.await(10, TimeUnit.SECONDS))))
                    .toList();
            for (var job : all) {
                assertThat(Within.outcome(job)).isInstanceOf(Outcome.Succeeded.class);
            }
            Within.hasAllPlaces(jobs, 3);
        }
    }

    @Test
    void placeIsBack_aheadOfPendingJobs_beforeTheCallReturns() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        var crowd = new Crowd();
        try (var jobs = Scheduler.open(options(1))) {
            var waits = jobs.spawn("waits", () -> {
                jobs.spawn("opens", () -> {
                    order.add("opens");
                    hold.open();
                    // The wait is over, and asks for its place beside the five that are pending.
                    var gate = EngineView.gate(jobs);
                    Within.isTrue(() -> gate.waiting() == 6);
                    crowd.visit();
                });
                for (var i = 0; i < 5; i++) {
                    jobs.spawn("pending", () -> {
                        crowd.visit();
                        order.add("pending");
                    });
                }
                Job.blocking(() -> {
                    hold.pass();
                    return 1;
                });
                crowd.visit();
                order.add("resumed");
            });
            Within.outcome(waits);
            Within.hasAllPlaces(jobs, 1);
            assertThat(order).startsWith("opens", "resumed");
            assertThat(crowd.most()).isEqualTo(1);
        }
    }

    @EachThreadKind
    void failureOfTheWait_comesOut_withThePlaceBack() throws Exception {
        var failure = new IOException("the wait's own");
        try (var jobs = Scheduler.open(options(1))) {
            var job = jobs.spawn(
                    "job",
                    () -> Job.blocking(() -> {
                        throw failure;
                    }));
            assertThat(Within.outcome(job)).isEqualTo(new Outcome.Failed<>(failure));
            Within.hasAllPlaces(jobs, 1);
        }
    }

    @EachThreadKind
    void cancelledWaiter_returnsAtOnce_withoutItsPlace() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            var waits = jobs.spawn(
                    "waits",
                    () -> Job.blocking(() -> {
                        new Door().pass();
                        return 1;
                    }));
            Within.isParked(waits);
            var otherRuns = new Door();
            jobs.spawn("other", () -> {
                otherRuns.open();
                hold.passIgnoringInterrupts();
            });
            otherRuns.pass();
            waits.cancel();
            assertThat(Within.outcome(waits)).isInstanceOf(Outcome.Cancelled.class);
            hold.open();
            Within.hasAllPlaces(jobs, 1);
        }
    }

    /// Waits in waits: places are given up once, and are back once.
    @Test
    void blocking_inBlocking_andJoinsInIt_leaveAllPlacesFree() throws Exception {
        var crowd = new Crowd();
        try (var jobs = Scheduler.open(options(2).withoutPendingLimit())) {
            for (var i = 0; i < 200; i++) {
                jobs.spawn("job", () -> {
                    crowd.visit();
                    Job.blocking(() ->
                            Job.blocking(() -> jobs.spawn("inner", crowd::visit).await()));
                    crowd.visit();
                    return Job.blocking(() -> jobs.shield("shielded", () -> 1));
                });
            }
            Within.hasAllPlaces(jobs, 2);
        }
        assertThat(crowd.most()).isBetween(1, 2);
    }

    @Test
    void spawnInBlocking_isAsElsewhere() throws Exception {
        try (var jobs = Scheduler.open(options(1))) {
            Job<Integer> branch = jobs.spawn(
                    JobOptions.named("branch").withChildLimit(1),
                    scope -> Job.blocking(() -> scope.spawn("child", () -> 3).join()));
            assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>(3));
            Within.hasAllPlaces(jobs, 1);
        }
    }

    @SuppressWarnings("NullAway") // the attack
    @Test
    void null_isNamed() {
        assertThatThrownBy(() -> Job.blocking((Callable<Integer>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("wait");
    }
}
