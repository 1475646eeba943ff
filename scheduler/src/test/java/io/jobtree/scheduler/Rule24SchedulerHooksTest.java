package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobtree.scheduler.engine.EngineView;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@DisplayName("R24: what an observer does when a scheduler opens or closes changes nothing for who opens or closes it")
final class Rule24SchedulerHooksTest {
    private final Door hold = new Door();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    @AfterEach
    void letGo() {
        hold.open();
    }

    private JobObserver observer(Consumer<Scheduler> onOpened, Consumer<Scheduler> onClosed) {
        return new JobObserver() {
            @Override
            public void schedulerOpened(Scheduler scheduler) {
                opened.incrementAndGet();
                onOpened.accept(scheduler);
            }

            @Override
            public void schedulerClosed(Scheduler scheduler) {
                closed.incrementAndGet();
                onClosed.accept(scheduler);
            }

            @Override
            public JobObservation spawned(Job<?> job) {
                return JobObservation.NONE;
            }
        };
    }

    private static Scheduler open(JobObserver observer) throws Exception {
        return Within.call(() -> Scheduler.open(TestOptions.limit(1)
                .withWaitTimeout(Duration.ofSeconds(1))
                .withCloseTimeout(Duration.ofMillis(200))
                .withObserver(observer)));
    }

    /// Hears of a close by what it inherits.
    private static class Counting implements JobObserver {
        final AtomicInteger closed = new AtomicInteger();

        @Override
        public void schedulerClosed(Scheduler scheduler) {
            closed.incrementAndGet();
        }

        @Override
        public JobObservation spawned(Job<?> job) {
            return JobObservation.NONE;
        }
    }

    @EachThreadKind
    void schedulerClosed_thatIsInherited_isCalled_besideObserversWithout() throws Exception {
        var inherits = new Counting() {};
        JobObserver without = job -> JobObservation.NONE;
        Within.call(() -> {
            try (var _ =
                    Scheduler.open(TestOptions.limit(1).withObserver(without).withObserver(inherits))) {
                return "done";
            }
        });
        assertThat(inherits.closed).hasValue(1);
        assertThat(EngineView.hearsOfClose(inherits)).isTrue();
        assertThat(EngineView.hearsOfClose(without)).isFalse();
    }

    @EachThreadKind
    void schedulerOpened_thatSpawns_spawns() throws Exception {
        List<Job<?>> spawned = new CopyOnWriteArrayList<>();
        try (var jobs = open(observer(scheduler -> spawned.add(scheduler.spawn("early", () -> 1)), scheduler -> {}))) {
            assertThat(spawned).hasSize(1);
            assertThat(Within.outcome(spawned.getFirst())).isEqualTo(new Outcome.Succeeded<>(1));
            Within.hasAllPlaces(jobs, 1);
        }
        assertThat(closed).hasValue(1);
    }

    @EachThreadKind
    void hooksThatThrowOrOverflow_areLoggedOnceEach() throws Exception {
        for (var thrown : List.of(new IllegalStateException("a hook's own"), new StackOverflowError("a hook's own"))) {
            try (var log = new RecordedLog()) {
                Consumer<Scheduler> hook = scheduler -> {
                    throw Outcomes.<RuntimeException>sneak(thrown);
                };
                var jobs = open(observer(hook, scheduler -> {}));
                assertThat(Within.call(() -> jobs.spawn("job", () -> 1).join())).isEqualTo(1);
                assertThat(Within.call(() -> jobs.close(Duration.ofSeconds(1)))).isEmpty();
                Within.isTrue(() -> log.about(thrown).size() == 1);
                var other = open(observer(scheduler -> {}, hook));
                assertThat(Within.call(() -> other.close(Duration.ofSeconds(1))))
                        .isEmpty();
                Within.isTrue(() -> !log.about(thrown).isEmpty());
                assertThat(log.about(thrown)).hasSizeLessThanOrEqualTo(2);
            }
        }
    }

    @EachThreadKind
    void schedulerClosed_isCalledOnce_whenEveryJobIsDone_andSpawnsNoMore() throws Exception {
        var refused = new CompletableFuture<Throwable>();
        var left = new AtomicInteger(-1);
        var jobs = open(observer(scheduler -> {}, scheduler -> {
            left.set(scheduler.jobs().size());
            try {
                scheduler.spawn("late", () -> 1);
                refused.complete(new AssertionError("spawned"));
            } catch (RejectedExecutionException expected) {
                refused.complete(expected);
            }
        }));
        for (var i = 0; i < 20; i++) {
            jobs.spawn("job", Crowd::linger);
        }
        Within.run(jobs::close);
        Within.run(jobs::close);
        Within.isTrue(refused::isDone);
        assertThat(refused.join()).isInstanceOf(RejectedExecutionException.class);
        assertThat(left).hasValue(0);
        assertThat(opened).hasValue(1);
        assertThat(closed).hasValue(1);
    }

    /// The closer runs no user code.
    @Tag("slow")
    @EachThreadKind
    void schedulerClosed_thatHangs_holdsNoCloserUp_norAnyOther() throws Exception {
        var jobs = open(observer(scheduler -> {}, scheduler -> hold.passIgnoringInterrupts()));
        jobs.spawn("job", () -> 1);
        assertThat(Within.call(() -> jobs.close(Duration.ofMillis(100)))).isEmpty();
        assertThat(Within.call(() -> jobs.close(Duration.ZERO))).isEmpty();
        assertThat(jobs.isClosed()).isTrue();
        try (var other = Scheduler.open(TestOptions.limit(1))) {
            assertThat(Within.call(() -> other.spawn("job", () -> 2).join())).isEqualTo(2);
        }
    }

    /// One observer of the process hangs where one scheduler closes; others open and close.
    @EachThreadKind
    void installedObserver_thatHangsInSchedulerClosed_holdsNoOtherSchedulerUp() throws Exception {
        var hanging = new CompletableFuture<Scheduler>();
        try (var installed = JobObserver.install(observer(scheduler -> {}, scheduler -> {
            if (scheduler.name().equals("hangs")) {
                hanging.complete(scheduler);
                hold.passIgnoringInterrupts();
            }
        }))) {
            var jobs = Scheduler.open(TestOptions.named("hangs").withCloseTimeout(Duration.ofMillis(100)));
            var closer = Actor.start(() -> jobs.close(Duration.ZERO));
            Within.isTrue(hanging::isDone);
            Within.run(() -> {
                try (var other = Scheduler.open(TestOptions.named("other"))) {
                    assertThat(other.spawn("job", () -> 2).join()).isEqualTo(2);
                }
            });
            assertThat(Scheduler.all()).noneMatch(scheduler -> scheduler.name().equals("other"));
            hold.open();
            closer.result();
            assertThat(installed).isNotNull();
        }
    }
}
