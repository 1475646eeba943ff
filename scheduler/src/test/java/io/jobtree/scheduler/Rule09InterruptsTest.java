package io.jobtree.scheduler;

import static io.jobtree.scheduler.Outcomes.assertCancelled;
import static io.jobtree.scheduler.Outcomes.assertSucceeded;
import static io.jobtree.scheduler.Outcomes.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("R9: an interrupt never reaches code after the body, nor another job")
final class Rule09InterruptsTest {
    private final List<String> interrupted = new CopyOnWriteArrayList<>();

    private void check(String where) {
        if (Thread.currentThread().isInterrupted()) {
            interrupted.add(where);
        }
    }

    /// A job that never ran ends on the thread of whoever ended it, whose flag is its own.
    private void checkEnded(Job<?> job, Outcome<?> outcome) {
        if (job.startedAt().isPresent()) {
            check("ended " + job + " " + outcome);
        }
    }

    /// Observes and handles failures, and notes in which of them the interrupt flag was set.
    private SchedulerOptions options(Consumer<Job<?>> whenStopped) {
        return TestOptions.unlimited()
                .withFailureHandler((job, failure) -> check("handler"))
                .withObserver(new Hooks()
                        .onStarting(job -> check("starting"))
                        .onStopped(job -> {
                            check("stopped");
                            whenStopped.accept(job);
                            check("stopped, later");
                        })
                        .onEnded(this::checkEnded));
    }

    @EachThreadKind
    void interrupt_leftByCancellation_isClearAfterTheBody() throws Exception {
        try (var jobs = Scheduler.open(options(job -> {}))) {
            var running = new Door();
            var go = new Door();
            var job = jobs.spawn("job", () -> {
                running.open();
                while (!go.isOpen()) {
                    Thread.onSpinWait();
                }
                throw new IllegalStateException(
                        "flag in the body: " + Thread.currentThread().isInterrupted());
            });
            running.pass();
            var future = job.toCompletableFuture().whenComplete((value, failure) -> check("future"));
            job.cancel();
            go.open();
            assertCancelled(job, CancelReason.REQUESTED);
            Awaitility.await().until(future::isDone);
        }
        assertThat(interrupted).isEmpty();
    }

    @EachThreadKind
    void interrupt_leftByTheBodyItself_isClearAfterTheBody() throws Exception {
        try (var jobs = Scheduler.open(options(job -> {}))) {
            var returns = jobs.spawn("returns", () -> {
                Thread.currentThread().interrupt();
                return 1;
            });
            assertSucceeded(returns, 1);
            var fails = jobs.spawn("fails", () -> {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("on purpose");
            });
            outcome(fails);
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                var child = scope.spawn("child", () -> 1);
                Thread.currentThread().interrupt();
                return child.isDone() ? 1 : 2;
            });
            outcome(branch);
        }
        assertThat(interrupted).isEmpty();
    }

    @EachThreadKind
    void cancel_whileTheHookAfterTheBodyRuns_doesNotInterruptIt() throws Exception {
        var kind = ThreadKind.current();
        try (var jobs = Scheduler.open(options(job -> cancelFromElsewhere(kind, job)))) {
            var job = jobs.spawn("job", () -> 1);
            outcome(job);
            Job<Integer> branch = jobs.spawn("branch", scope -> {
                scope.spawn("child", () -> 3);
                return 2;
            });
            outcome(branch);
        }
        assertThat(interrupted).isEmpty();
    }

    private static void cancelFromElsewhere(ThreadKind kind, Job<?> job) {
        var canceller = kind.unstarted("canceller", job::cancel);
        canceller.start();
        var wasInterrupted = false;
        while (canceller.isAlive()) {
            try {
                canceller.join();
            } catch (InterruptedException wrong) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @EachThreadKind
    void cancelOfBranch_whoseBodyIsOver_doesNotInterruptItsHooks() throws Exception {
        try (var jobs = Scheduler.open(options(job -> {}))) {
            for (var i = 0; i < 200; i++) {
                Job<Integer> branch = jobs.spawn("branch", scope -> {
                    scope.spawn("child", () -> new Door().pass());
                    return 2;
                });
                branch.cancel();
                outcome(branch);
            }
        }
        assertThat(interrupted).isEmpty();
    }

    @Test
    void cancel_racingTheEndOfTheBody_neverInterruptsHooksOrTheNextJob() throws Exception {
        try (var jobs = Scheduler.open(options(job -> {}).withLimit(2))) {
            for (var turn = 0; turn < 3_000; turn++) {
                var running = new Door();
                var job = jobs.spawn("job", running::open);
                var next = jobs.spawn("next", () -> check("next body"));
                running.pass();
                job.cancel();
                outcome(job);
                assertSucceeded(next, null);
            }
        }
        assertThat(interrupted).isEmpty();
    }

    @Test
    void timeout_racingTheEndOfTheBody_neverInterruptsHooks() throws Exception {
        var timeout = Duration.ofMillis(2);
        var timed = JobOptions.named("job").withTimeout(timeout);
        try (var jobs = Scheduler.open(options(job -> {}))) {
            for (var turn = 0; turn < 300; turn++) {
                var bodyNanos = turn % 3 == 0 ? 0 : timeout.toNanos() - 500_000 + turn * 4_000L;
                var job = jobs.spawn(timed, () -> {
                    var end = System.nanoTime() + bodyNanos;
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                });
                outcome(job);
            }
        }
        assertThat(interrupted).isEmpty();
    }

    @Test
    void failFast_interruptOfTheBody_isClearInItsHooks() throws Exception {
        try (var jobs = Scheduler.open(options(job -> {}))) {
            for (var turn = 0; turn < 500; turn++) {
                Job<Integer> branch = jobs.spawn("branch", scope -> {
                    for (var i = 0; i < 3; i++) {
                        scope.spawn("fails", () -> {
                            throw new IllegalStateException("on purpose");
                        });
                    }
                    return 1;
                });
                outcome(branch);
            }
        }
        assertThat(interrupted).isEmpty();
    }

    /// Of somebody who has kept the thread of the body.
    private void interruptWhileCompleting(SchedulerOptions options, boolean fromElsewhere) throws Exception {
        try (var jobs = Scheduler.open(options)) {
            var body = new CompletableFuture<Thread>();
            var own = new CompletableFuture<JobScope>();
            var bodyOver = new Door();
            var go = new Door();
            JobAction fails = () -> {
                go.pass();
                throw new IllegalStateException("on purpose");
            };
            var branch = jobs.spawn("branch", scope -> {
                body.complete(Thread.currentThread());
                if (!fromElsewhere) {
                    scope.spawn("fails", fails);
                }
                own.complete(scope);
                bodyOver.pass();
            });
            if (fromElsewhere) {
                own.get().spawn("fails", fails);
            }
            bodyOver.open();
            Awaitility.await().until(() -> branch.state() == JobState.COMPLETING && isParked(body.get()));
            body.get().interrupt();
            Awaitility.await().until(() -> isParked(body.get()));
            go.open();
            Awaitility.await().until(branch::isDone);
        }
        assertThat(interrupted).isEmpty();
    }

    private static boolean isParked(Thread thread) {
        return thread.getState() == Thread.State.WAITING;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interrupt_thatComesAfterTheBody_isClearInHooks(boolean fromElsewhere) throws Exception {
        interruptWhileCompleting(options(job -> {}), fromElsewhere);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interrupt_thatComesAfterTheBody_isClearInTheHandler(boolean fromElsewhere) throws Exception {
        interruptWhileCompleting(
                TestOptions.unlimited().withFailureHandler((job, failure) -> check("handler")), fromElsewhere);
    }

    @Test
    void interrupt_thatComesAfterTheBody_doesNotReachTheHandlerOfAChild() throws Exception {
        var body = new CompletableFuture<Thread>();
        var handling = new Door();
        var go = new Door();
        var interrupts = new CompletableFuture<Integer>();
        var options = TestOptions.unlimited().withFailureHandler((job, failure) -> {
            handling.open();
            interrupts.complete(go.passIgnoringInterrupts());
        });
        try (var jobs = Scheduler.open(options)) {
            var branch = jobs.spawn(JobOptions.named("branch").withSupervision(), scope -> {
                body.complete(Thread.currentThread());
                scope.spawn("fails", () -> {
                    throw new IllegalStateException("on purpose");
                });
            });
            handling.pass();
            Awaitility.await().until(() -> branch.state() == JobState.COMPLETING && isParked(body.get()));
            body.get().interrupt();
            // It has taken note of the interrupt, and waits for the handler in another way.
            Awaitility.await()
                    .until(() -> !body.get().isInterrupted() && body.get().getState() != Thread.State.RUNNABLE);
            assertThat(go.staysShut()).isTrue();
            go.open();
            assertThat(interrupts.get(30, TimeUnit.SECONDS)).isZero();
            assertSucceeded(branch, null);
        }
    }
}
