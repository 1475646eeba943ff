package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("FutureReturnValueIgnored") // dependants are the users' own
@Timeout(30)
@DisplayName("R24: user code runs on its job's own thread, or on a virtual one made for it; on nobody else's")
final class Rule24WhoseThreadTest {
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final Door hold = new Door();

    /// One call of user code.
    private record Seen(String job, String what, Thread thread, boolean interrupted, boolean current) {}

    @AfterEach
    void letGo() {
        hold.open();
    }

    private void see(Job<?> job, String what) {
        var thread = Thread.currentThread();
        seen.add(new Seen(
                job.name(),
                what,
                thread,
                thread.isInterrupted(),
                Job.current().filter(job::equals).isPresent()));
    }

    private SchedulerOptions options(int limit) {
        return TestOptions.limit(limit)
                .withWaitTimeout(Duration.ofSeconds(1))
                .withFailureHandler((job, failure) -> see(job, "handler"))
                .withObserver(job -> {
                    see(job, "spawned");
                    return new JobObservation() {
                        @Override
                        public void starting() {
                            see(job, "starting");
                        }

                        @Override
                        public void stopped() {
                            see(job, "stopped");
                        }

                        @Override
                        public void ended(Outcome<?> outcome) {
                            see(job, "ended");
                        }

                        @Override
                        public void unobserved(Throwable failure) {
                            see(job, "unobserved");
                        }
                    };
                });
    }

    private Seen only(String job, String what) {
        var found = seen.stream()
                .filter(one -> one.job().equals(job) && one.what().equals(what))
                .toList();
        assertThat(found).as("%s of %s", what, job).hasSize(1);
        return found.getFirst();
    }

    private static Thread awaitThread(Job<?> job) throws Exception {
        Within.isTrue(() -> job.thread().isPresent());
        return job.thread().orElseThrow();
    }

    @EachThreadKind
    void bodyAndItsHooks_runOnTheJobsOwnThread() throws Exception {
        try (var jobs = Scheduler.open(options(2));
                AutoCloseable _ = this::letGo) {
            var caller = Thread.currentThread();
            var inBody = new CompletableFuture<Thread>();
            var job = jobs.spawn("job", () -> {
                inBody.complete(Thread.currentThread());
                throw new IllegalStateException("on purpose");
            });
            Within.outcome(job);
            Within.isTrue(() -> seen.stream().anyMatch(one -> one.what().equals("handler")));
            var own = inBody.join();
            assertThat(only("job", "spawned").thread()).isSameAs(caller);
            for (var what : List.of("starting", "stopped", "ended")) {
                assertThat(only("job", what).thread()).as(what).isSameAs(own);
                assertThat(only("job", what).interrupted()).as(what).isFalse();
                assertThat(only("job", what).current()).as(what).isTrue();
            }
            assertThat(own.isVirtual()).isTrue();
            for (var what : List.of("unobserved", "handler")) {
                assertThat(only("job", what).thread()).as(what).isNotSameAs(caller);
                assertThat(only("job", what).thread().isVirtual()).as(what).isTrue();
            }
        }
    }

    @EachThreadKind
    void hooksOfACancelledRunningJob_runOnItsOwnThread() throws Exception {
        try (var jobs = Scheduler.open(options(2));
                AutoCloseable _ = this::letGo) {
            var job = jobs.spawn("job", () -> new Door().pass());
            var own = awaitThread(job);
            job.cancel();
            Within.outcome(job);
            for (var what : List.of("starting", "stopped", "ended")) {
                assertThat(only("job", what).thread()).as(what).isSameAs(own);
                assertThat(only("job", what).interrupted()).as(what).isFalse();
            }
        }
    }

    /// Who ends a job that never ran.
    enum End {
        CANCEL,
        CANCEL_AND_JOIN,
        FUTURE,
        SCOPE,
        SCHEDULER,
        PARENT,
        SIBLING,
        CLOSE,
        DEADLINE
    }

    @ParameterizedTest
    @EnumSource
    void userCode_ofAJobThatNeverRan_runsOnAVirtualThreadOfItsOwn(End end) throws Exception {
        for (var kind : ThreadKind.values()) {
            seen.clear();
            var jobs = Scheduler.open(options(2));
            var holderHold = new Door();
            var fails = new Door();
            var pendingOf = new CompletableFuture<Job<?>>();
            var scopeOf = new CompletableFuture<JobScope>();
            var dependant = new CompletableFuture<Thread>();
            Job<Integer> branch = jobs.spawn(JobOptions.named("branch").withChildLimit(1), scope -> {
                scope.spawn("holder", () -> {
                    if (end == End.SIBLING) {
                        fails.pass();
                        throw new IllegalStateException("on purpose");
                    }
                    holderHold.passIgnoringInterrupts();
                });
                var options = JobOptions.named("never");
                var pending = scope.spawn(
                        end == End.DEADLINE ? options.withTimeout(Duration.ofMillis(50)) : options, () -> {});
                pending.toCompletableFuture()
                        .whenComplete((value, thrown) -> dependant.complete(Thread.currentThread()));
                scopeOf.complete(scope);
                pendingOf.complete(pending);
                return 1;
            });
            var pending = pendingOf.join();
            var ender = Within.call(kind, () -> {
                switch (end) {
                    case CANCEL -> pending.cancel();
                    case CANCEL_AND_JOIN -> pending.cancelAndJoin(TestOptions.LONG);
                    case FUTURE -> pending.toCompletableFuture().cancel(true);
                    case SCOPE -> scopeOf.join().cancel();
                    case SCHEDULER -> jobs.cancel();
                    case PARENT -> branch.cancel();
                    case SIBLING -> fails.open();
                    case CLOSE -> {
                        Actor.start(() -> {
                            Within.outcome(pending);
                            holderHold.open();
                            return 1;
                        });
                        jobs.close(Duration.ZERO);
                    }
                    case DEADLINE -> {}
                }
                return Thread.currentThread();
            });
            Within.outcome(pending);
            holderHold.open();
            var ended = only("never", "ended");
            assertThat(ended.thread()).isNotSameAs(ender);
            assertThat(ended.thread().isVirtual()).isTrue();
            assertThat(ended.interrupted()).isFalse();
            assertThat(dependant.get(10, TimeUnit.SECONDS).isVirtual()).isTrue();
            assertThat(dependant.join()).isNotSameAs(ender);
            Within.outcome(branch);
            assertThat(seen)
                    .noneMatch(
                            one -> !one.what().equals("spawned") && one.thread().equals(ender));
            assertThat(seen)
                    .noneMatch(one -> one.job().equals("never")
                            && List.of("starting", "stopped").contains(one.what()));
            Within.call(() -> jobs.close(TestOptions.LONG));
        }
    }

    @EachThreadKind
    void handler_ofAPendingJobsTimeout_runsOnAVirtualThread() throws Exception {
        try (var jobs = Scheduler.open(options(1));
                AutoCloseable _ = this::letGo) {
            jobs.spawn("holder", hold::pass);
            var pending = jobs.spawn(JobOptions.named("never").withTimeout(Duration.ofMillis(50)), () -> {});
            Within.outcome(pending);
            Within.isTrue(() -> seen.stream().anyMatch(one -> one.what().equals("handler")));
            for (var what : List.of("ended", "unobserved", "handler")) {
                assertThat(only("never", what).thread().isVirtual()).as(what).isTrue();
                assertThat(only("never", what).interrupted()).as(what).isFalse();
            }
            hold.open();
        }
    }

    /// Hooks hang, and who cancels, spawns, closes or looks does not.
    @ParameterizedTest
    @EnumSource(names = {"CANCEL", "FUTURE", "SCOPE", "SCHEDULER", "PARENT"})
    void hookThatHangs_ofAJobThatNeverRan_holdsUpNobody(End end) throws Exception {
        for (var kind : ThreadKind.values()) {
            var hold = new Door();
            var ending = new Door();
            var options = TestOptions.limit(2).withObserver(new Hooks().onEnded((job, outcome) -> {
                        if (job.name().equals("never")) {
                            ending.open();
                            hold.passIgnoringInterrupts();
                        }
                    }));
            var jobs = Scheduler.open(options);
            var pendingOf = new CompletableFuture<Job<?>>();
            var scopeOf = new CompletableFuture<JobScope>();
            Job<Integer> branch =
                    jobs.spawn(JobOptions.named("branch").withChildLimit(1).withSupervision(), scope -> {
                        scope.spawn("holder", () -> new Door().pass());
                        scopeOf.complete(scope);
                        pendingOf.complete(scope.spawn("never", () -> {}));
                        new Door().pass();
                        return 1;
                    });
            var pending = pendingOf.join();
            Within.run(kind, () -> {
                switch (end) {
                    case CANCEL -> pending.cancel();
                    case FUTURE -> pending.toCompletableFuture().cancel(true);
                    case SCOPE -> scopeOf.join().cancel();
                    case SCHEDULER -> jobs.cancel();
                    default -> branch.cancel();
                }
            });
            ending.pass();
            Within.run(kind, () -> assertThat(jobs.tree().toString()).contains("branch"));
            assertThat(Within.call(kind, () -> jobs.spawn("next", () -> 2).join()))
                    .isEqualTo(2);
            Within.run(kind, branch::cancel);
            assertThat(pending.isDone()).isFalse();
            hold.open();
            Within.outcome(branch);
            assertThat(Within.call(kind, () -> jobs.close(TestOptions.LONG))).isEmpty();
        }
    }

    /// A job that was spawned and failed elsewhere must not run its observers on the thread that spawns.
    @EachThreadKind
    void spawner_runsNothingOfTheJob_butSpawned() throws Exception {
        try (var jobs = Scheduler.open(options(2).withoutPendingLimit());
                AutoCloseable _ = this::letGo) {
            var caller = Thread.currentThread();
            for (var i = 0; i < 500; i++) {
                var timeout = Duration.ofNanos(i % 2 == 0 ? 0 : i * 50L);
                jobs.spawn(JobOptions.named("timed").withTimeout(timeout), () -> {});
                jobs.spawn("fails", () -> {
                    throw new IllegalStateException("on purpose");
                });
                jobs.spawn("cancelled", () -> {}).cancel();
            }
            Within.isTrue(() -> jobs.jobs().isEmpty());
            assertThat(seen)
                    .noneMatch(one -> one.thread().equals(caller) && !one.what().equals("spawned"));
            assertThat(seen.stream().filter(one -> one.what().equals("ended"))).hasSize(1_500);
        }
    }

    /// The thread that ends a job under thread reuse goes on to the next; a failure is handled on the way, or
    /// beside.
    @Test
    void handlersAndHooks_neverRunOnATimersThread_orOnACarriers() throws Exception {
        try (var jobs = Scheduler.open(options(1).withoutPendingLimit());
                AutoCloseable _ = this::letGo) {
            for (var i = 0; i < 200; i++) {
                jobs.spawn(JobOptions.named("timed").withTimeout(Duration.ofMillis(i % 5)), () -> Thread.sleep(2));
            }
            Within.isTrue(() -> jobs.jobs().isEmpty());
            assertThat(seen)
                    .allMatch(
                            one -> one.what().equals("spawned") || one.thread().isVirtual());
            assertThat(seen).noneMatch(one -> one.interrupted());
        }
    }
}
