package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
@DisplayName("R10, R24: a hook or a handler may wait for another job: its own job holds no place by then")
@SuppressWarnings("FutureReturnValueIgnored") // dependants are the users' own
final class Rule10HooksThatWaitTest {
    private final Door go = new Door();
    private final List<String> waited = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Job<?>> other = new CompletableFuture<>();

    @AfterEach
    void letGo() {
        go.open();
    }

    /// Where user code of one job waits for another one.
    enum Where {
        STARTING,
        STOPPED,
        ENDED,
        UNOBSERVED,
        HANDLER,
        DEPENDANT
    }

    private void waitForTheOther(Job<?> job) {
        if (job.name().equals("first")) {
            try {
                waited.add("" + other.get(10, TimeUnit.SECONDS).await().getClass());
            } catch (Exception e) {
                waited.add(e.toString());
            }
        }
    }

    private SchedulerOptions options(Where where, int limit) {
        var options =
                TestOptions.limit(limit).withWaitTimeout(Duration.ofSeconds(1)).withCloseTimeout(Duration.ofSeconds(2));
        if (where == Where.HANDLER) {
            options = options.withFailureHandler((job, failure) -> waitForTheOther(job));
        } else {
            options = options.withFailureHandler((job, failure) -> {});
        }
        return options.withObserver(job -> new JobObservation() {
            @Override
            public void starting() {
                waitIn(Where.STARTING);
            }

            @Override
            public void stopped() {
                waitIn(Where.STOPPED);
            }

            @Override
            public void ended(Outcome<?> outcome) {
                waitIn(Where.ENDED);
            }

            @Override
            public void unobserved(Throwable failure) {
                waitIn(Where.UNOBSERVED);
            }

            private void waitIn(Where here) {
                if (here == where) {
                    waitForTheOther(job);
                }
            }
        });
    }

    private Object first() throws Exception {
        go.pass();
        throw new IllegalStateException("on purpose");
    }

    /// The other job is pending for the very place.
    @ParameterizedTest
    @EnumSource
    void hook_thatWaitsForAPendingJob_atLimitOne_doesNotHang(Where where) throws Exception {
        var jobs = Scheduler.open(options(where, 1));
        var first = jobs.spawn("first", this::first);
        if (where == Where.DEPENDANT) {
            first.toCompletableFuture().whenComplete((value, thrown) -> waitForTheOther(first));
        }
        other.complete(jobs.spawn("other", () -> 2));
        go.open();
        assertThat(Within.outcome(first)).isInstanceOf(Outcome.Failed.class);
        Within.isTrue(() -> waited.size() == 1);
        assertThat(waited.getFirst()).contains("Succeeded");
        Within.hasAllPlaces(jobs, 1);
        Within.call(() -> jobs.close(Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @EnumSource
    void hook_thatWaitsForAPendingSibling_atChildLimitOne_doesNotHang(Where where) throws Exception {
        var jobs = Scheduler.open(options(where, 1));
        var shared = Limit.of("shared", 1);
        Job<Integer> branch =
                jobs.spawn(JobOptions.named("branch").withChildLimit(1).withSupervision(), scope -> {
                    var first = scope.spawn(JobOptions.named("first").withSharedLimit(shared), this::first);
                    if (where == Where.DEPENDANT) {
                        first.toCompletableFuture().whenComplete((value, thrown) -> waitForTheOther(first));
                    }
                    other.complete(scope.spawn(JobOptions.named("other").withSharedLimit(shared), () -> 2));
                    go.open();
                    return 1;
                });
        assertThat(Within.outcome(branch)).isEqualTo(new Outcome.Succeeded<>(1));
        Within.isTrue(() -> waited.size() == 1);
        assertThat(waited.getFirst()).contains("Succeeded");
        assertThat(shared.taken()).isZero();
        Within.hasAllPlaces(jobs, 1);
        Within.call(() -> jobs.close(Duration.ofSeconds(1)));
    }

    /// Somebody who gave its place up waits for the job whose hook waits.
    @ParameterizedTest
    @EnumSource
    void hook_thatWaits_whileAnotherJobJoinsItsJob_doesNotHang(Where where) throws Exception {
        var jobs = Scheduler.open(options(where, 1));
        var joiner = jobs.spawn("joiner", () -> {
            var first = jobs.spawn("first", this::first);
            if (where == Where.DEPENDANT) {
                first.toCompletableFuture().whenComplete((value, thrown) -> waitForTheOther(first));
            }
            other.complete(jobs.spawn("other", () -> 2));
            go.open();
            return first.await() instanceof Outcome.Failed<?>;
        });
        assertThat(Within.outcome(joiner)).isEqualTo(new Outcome.Succeeded<>(true));
        Within.isTrue(() -> jobs.jobs().isEmpty());
        Within.hasAllPlaces(jobs, 1);
        Within.call(() -> jobs.close(Duration.ofSeconds(1)));
    }

    /// The job never ran: its timeout came while it was pending.
    @ParameterizedTest
    @EnumSource(names = {"ENDED", "UNOBSERVED", "HANDLER", "DEPENDANT"})
    void hook_ofAJobThatNeverRan_mayWaitForAPendingJob(Where where) throws Exception {
        var jobs = Scheduler.open(options(where, 1));
        var holder = jobs.spawn("holder", go::pass);
        var first = jobs.spawn(JobOptions.named("first").withTimeout(Duration.ofMillis(50)), this::first);
        if (where == Where.DEPENDANT) {
            first.toCompletableFuture().whenComplete((value, thrown) -> waitForTheOther(first));
        }
        other.complete(jobs.spawn("other", () -> 2));
        if (where != Where.ENDED) {
            assertThat(Within.outcome(first)).isInstanceOf(Outcome.Failed.class);
        }
        go.open();
        assertThat(Within.outcome(holder)).isInstanceOf(Outcome.Succeeded.class);
        assertThat(Within.outcome(first)).isInstanceOf(Outcome.Failed.class);
        Within.isTrue(() -> waited.size() == 1);
        assertThat(waited.getFirst()).contains("Succeeded");
        Within.hasAllPlaces(jobs, 1);
        Within.call(() -> jobs.close(Duration.ofSeconds(1)));
    }

    /// Hooks that wait with a place in hand would let only so many others run; without one, all run.
    @ParameterizedTest
    @EnumSource(names = {"STOPPED", "ENDED", "HANDLER"})
    void place_ofAJobWhoseHookHangs_isFree(Where where) throws Exception {
        var jobs = Scheduler.open(options(where, 1));
        var first = jobs.spawn("first", this::first);
        go.open();
        Within.isTrue(() -> first.isDone() || first.thread().isEmpty());
        for (var i = 0; i < 20; i++) {
            var next = jobs.spawn("next", () -> 3);
            assertThat(Within.outcome(next)).isEqualTo(new Outcome.Succeeded<>(3));
        }
        other.complete(jobs.spawn("other", () -> 2));
        assertThat(Within.outcome(first)).isInstanceOf(Outcome.Failed.class);
        Within.hasAllPlaces(jobs, 1);
        Within.call(() -> jobs.close(Duration.ofSeconds(1)));
    }
}
