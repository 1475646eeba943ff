package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each close here is over in well under a second by the rule; the tests give it ten.
@Timeout(40)
@DisplayName("R15: close ends within wait + closeTimeout + 1 s, whatever jobs, hooks and handlers do")
final class Rule15BoundedCloseTest {
    private final Door hold = new Door();
    private final Door attached = new Door();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong hung = new AtomicLong();

    @AfterEach
    void letGo() {
        over.set(true);
        hold.open();
        attached.open();
    }

    private static SchedulerOptions options(int limit) {
        return TestOptions.limit(limit)
                .withWaitTimeout(Duration.ofMillis(100))
                .withCloseTimeout(Duration.ofMillis(200))
                .withFailureHandler((job, failure) -> {});
    }

    private void chain(JobScope scope, AtomicLong count) {
        scope.spawn("link", () -> {
            count.incrementAndGet();
            if (!over.get()) {
                chain(scope, count);
            }
        });
    }

    /// How jobs go on spawning jobs.
    enum Spawning {
        SIBLINGS,
        MANY_SIBLINGS,
        WITHOUT_LIMIT,
        CHILDREN,
        SHIELDS
    }

    @ParameterizedTest
    @EnumSource
    void close_whileJobsSpawnJobs_ends(Spawning spawning) throws Exception {
        for (var kind : ThreadKind.values()) {
            var count = new AtomicLong();
            var options = options(100);
            var jobs = Scheduler.open(spawning == Spawning.WITHOUT_LIMIT ? options.withoutLimit() : options);
            switch (spawning) {
                case SIBLINGS, WITHOUT_LIMIT -> chain(jobs, count);
                case MANY_SIBLINGS -> {
                    for (var i = 0; i < 50; i++) {
                        chain(jobs, count);
                    }
                }
                case CHILDREN ->
                    jobs.spawn("branch", scope -> {
                        chain(scope, count);
                        return 1;
                    });
                case SHIELDS ->
                    jobs.spawn("shields", () -> {
                        while (!over.get()) {
                            jobs.shield("shielded", count::incrementAndGet);
                        }
                    });
            }
            Within.isTrue(() -> count.get() > 100);
            assertThat(Within.call(kind, () -> jobs.close(Duration.ofMillis(200))))
                    .isNotNull();
            assertThat(jobs.isClosed()).isTrue();
            Within.isTrue(() -> jobs.jobs().isEmpty());
        }
    }

    /// User code that hangs.
    enum Hanging {
        BODY,
        STARTING,
        STOPPED,
        ENDED,
        ENDED_OF_A_PENDING_JOB,
        UNOBSERVED,
        HANDLER,
        HANDLER_OF_A_STRAGGLER,
        SCHEDULER_CLOSED,
        DEPENDANT,
        SHIELDED
    }

    private void hangIf(boolean here) {
        if (here) {
            hung.incrementAndGet();
            hold.passIgnoringInterrupts();
        }
    }

    private SchedulerOptions hanging(Hanging what) {
        return options(1)
                .withFailureHandler((job, failure) -> hangIf(what == Hanging.HANDLER
                        || (what == Hanging.HANDLER_OF_A_STRAGGLER && failure instanceof StragglerException)))
                .withObserver(new JobObserver() {
                    @Override
                    public void schedulerClosed(Scheduler scheduler) {
                        hangIf(what == Hanging.SCHEDULER_CLOSED);
                    }

                    @Override
                    public JobObservation spawned(Job<?> job) {
                        return new JobObservation() {
                            @Override
                            public void starting() {
                                hangIf(what == Hanging.STARTING);
                            }

                            @Override
                            public void stopped() {
                                hangIf(what == Hanging.STOPPED);
                            }

                            @Override
                            public void unobserved(Throwable failure) {
                                hangIf(what == Hanging.UNOBSERVED);
                            }

                            @Override
                            public void ended(Outcome<?> outcome) {
                                hangIf(what == Hanging.ENDED
                                        || (what == Hanging.ENDED_OF_A_PENDING_JOB
                                                && job.name().equals("pending")));
                            }
                        };
                    }
                });
    }

    private Object body(Scheduler jobs, Hanging what) throws Exception {
        switch (what) {
            case DEPENDANT -> attached.pass();
            case BODY, HANDLER_OF_A_STRAGGLER -> hold.passIgnoringInterrupts();
            case ENDED_OF_A_PENDING_JOB -> new Door().pass();
            case SHIELDED -> jobs.shield("shielded", hold::passIgnoringInterrupts);
            case HANDLER, UNOBSERVED -> throw new IllegalStateException("on purpose");
            default -> {}
        }
        return 1;
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(
            names = {"BODY", "ENDED", "HANDLER"},
            mode = EnumSource.Mode.EXCLUDE)
    void close_whereAnyUserCodeHangs_ends(Hanging what) throws Exception {
        close_whereUserCodeHangs_ends(what);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource(names = {"BODY", "ENDED", "HANDLER"})
    void close_whereUserCodeHangs_ends(Hanging what) throws Exception {
        try (var log = new RecordedLog()) {
            for (var kind : ThreadKind.values()) {
                var turn = new Rule15BoundedCloseTest();
                try {
                    turn.assertCloseEnds(kind, what);
                } finally {
                    turn.letGo();
                }
            }
            assertThat(log.records()).isNotNull();
        }
    }

    private void assertCloseEnds(ThreadKind kind, Hanging what) throws Exception {
        var jobs = Scheduler.open(hanging(what));
        var job = jobs.spawn("job", () -> body(jobs, what));
        if (what == Hanging.DEPENDANT) {
            job.toCompletableFuture().thenRun(() -> hangIf(true)).isDone();
            attached.open();
        }
        jobs.spawn("pending", () -> 2);
        assertThat(Within.call(kind, () -> jobs.close(Duration.ofMillis(50)))).isNotNull();
        assertThat(jobs.isClosed()).isTrue();
        assertThat(Within.call(kind, () -> jobs.close(Duration.ofMillis(50)))).isNotNull();
        Within.run(kind, jobs::close);
    }

    /// A job whose hook hangs has a stack that says so.
    @Tag("slow")
    @EachThreadKind
    void straggler_inAHook_isReported_withTheStackOfTheHook() throws Exception {
        var failures = new RecordedFailures();
        try (var log = new RecordedLog()) {
            for (var what : List.of(Hanging.STARTING, Hanging.STOPPED, Hanging.ENDED)) {
                var jobs = Scheduler.open(hanging(what).withFailureHandler(failures));
                var before = hung.get();
                var job = jobs.spawn("job", () -> 1);
                Within.isTrue(() -> hung.get() > before);
                assertThat(Within.call(() -> jobs.close(Duration.ofMillis(50)))).containsExactly(job);
                var report = failures.await(1).getLast();
                assertThat(report.job()).isSameAs(job);
                assertThat(report.failure().getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("hangIf"));
                assertThat(log.containing("test/job")).isNotEmpty();
                failures.reports().clear();
            }
            hold.open();
        }
    }

    @EachThreadKind
    void fiftyClosers_withInterrupts_allReturn_andOnlyWhenItIsOver() throws Exception {
        for (var turn = 0; turn < 10; turn++) {
            var jobs = Scheduler.open(options(2).withCloseTimeout(TestOptions.LONG));
            var all = new ArrayList<Job<?>>();
            for (var i = 0; i < 50; i++) {
                all.add(jobs.spawn("job", () -> new Door().pass()));
            }
            var early = new AtomicBoolean();
            var closers = new ArrayList<Actor<Boolean>>();
            for (var i = 0; i < 50; i++) {
                var number = i;
                closers.add(Actor.start(ThreadKind.ofTurn(i), () -> {
                    if (number % 3 == 0) {
                        Thread.currentThread().interrupt();
                    }
                    var left = jobs.close(TestOptions.LONG);
                    if (!left.isEmpty() || !all.stream().allMatch(Job::isDone)) {
                        early.set(true);
                    }
                    return number % 3 != 0 || Thread.currentThread().isInterrupted();
                }));
            }
            for (var closer : closers) {
                closer.interrupt();
            }
            for (var closer : closers) {
                assertThat(closer.result()).as("the flag was kept").isTrue();
            }
            assertThat(early).isFalse();
        }
    }

    @EachThreadKind
    void interruptedCloser_ofJobsThatSpawnJobs_ends_andKeepsItsFlag() throws Exception {
        var count = new AtomicLong();
        var jobs = Scheduler.open(options(10).withCloseTimeout(TestOptions.LONG));
        chain(jobs, count);
        var flag = new CompletableFuture<Boolean>();
        var closer = Actor.start(() -> {
            var left = jobs.close(TestOptions.LONG);
            flag.complete(Thread.currentThread().isInterrupted());
            return left;
        });
        Within.isTrue(jobs::isClosed);
        closer.interrupt();
        Within.isTrue(flag::isDone);
        assertThat(flag.join()).isTrue();
        assertThat(closer.result()).isEmpty();
    }

    /// Closing refuses what comes from outside from its first moment, also where it never comes to rest.
    @EachThreadKind
    void spawnFromOutside_whileClosing_isRefused_andEveryJobEnds() throws Exception {
        var count = new AtomicLong();
        var jobs = Scheduler.open(options(10));
        chain(jobs, count);
        Within.isTrue(() -> count.get() > 10);
        var closer = Actor.start(() -> jobs.close(Duration.ofMillis(200)));
        Within.isTrue(jobs::isClosed);
        assertThat(Within.call(() -> {
                    try {
                        return jobs.spawn("late", () -> 1);
                    } catch (RejectedExecutionException expected) {
                        return expected;
                    }
                }))
                .isInstanceOf(RejectedExecutionException.class);
        closer.result();
        Within.isTrue(() -> jobs.jobs().isEmpty());
    }

    @Test
    void close_ofTheLongestDurations_waitsForItsJobs() throws Exception {
        var longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
        for (var kind : ThreadKind.values()) {
            var jobs = Scheduler.open(options(2).withWaitTimeout(longest).withCloseTimeout(longest));
            jobs.spawn("job", Crowd::linger);
            assertThat(Within.call(kind, () -> jobs.close(longest))).isEmpty();
            var cancelled = Scheduler.open(options(2).withCloseTimeout(longest));
            cancelled.spawn("job", () -> new Door().pass());
            assertThat(Within.call(kind, () -> cancelled.close(Duration.ZERO))).isEmpty();
        }
    }

    @EachThreadKind
    void close_withZeroEverywhere_returnsAtOnce_whatStillRuns() throws Exception {
        try (var log = new RecordedLog()) {
            var jobs = Scheduler.open(options(1).withCloseTimeout(Duration.ZERO).withWaitTimeout(Duration.ZERO));
            var running = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                hold.passIgnoringInterrupts();
            });
            running.pass();
            assertThat(Within.call(() -> jobs.close(Duration.ZERO))).containsExactly(job);
            assertThat(log.containing("test/job")).hasSize(1);
            hold.open();
        }
    }

    /// Jobs that yield to each other keep all carriers: a virtual thread that was woken from outside waits. Where
    /// that is to get a lock next, so does whoever is behind it. A closer on a platform thread never is.
    @Test
    void close_onAPlatformThread_whileJobsSpawnOn_isBounded() throws Exception {
        for (int round = 0; round < 1_000; round++) {
            var going = new Door();
            var jobs = Scheduler.open(TestOptions.limit(3));
            jobs.spawn("plain", () -> spawnOn(jobs, going));
            jobs.spawn("branch", scope -> {
                scope.spawn("child", () -> spawnOn(scope, going));
                spawnOn(scope, going);
            });
            going.pass();
            assertThat(Actor.start(ThreadKind.PLATFORM, () -> jobs.close(Duration.ZERO))
                            .result())
                    .isEmpty();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck")
    private static void spawnOn(JobScope scope, Door going) {
        while (true) {
            scope.spawn("child", () -> {});
            going.open();
            Thread.yield();
        }
    }
}
