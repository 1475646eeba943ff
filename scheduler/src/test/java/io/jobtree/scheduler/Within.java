package io.jobtree.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Calls and waits that fail where the scheduler hangs; far more than a busy machine needs.
final class Within {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private Within() {}

    /// What an action does; a test sees only whether it comes back.
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    /// Calls on a thread of its own, of the kind that the test runs on.
    static <T extends @Nullable Object> T call(Callable<T> call) throws Exception {
        return call(ThreadKind.current(), call);
    }

    @SuppressWarnings("NullAway") // null exactly if the call returned null
    static <T extends @Nullable Object> T call(ThreadKind kind, Callable<T> call) throws Exception {
        var result = new AtomicReference<T>();
        var thrown = new AtomicReference<@Nullable Throwable>();
        var thread = kind.unstarted("within", () -> {
            try {
                result.set(call.call());
            } catch (Throwable failure) {
                thrown.set(failure);
            }
        });
        thread.start();
        if (!thread.join(PATIENCE)) {
            var error = new AssertionError("the call did not come back; " + Scheduler.all());
            error.setStackTrace(thread.getStackTrace());
            throw error;
        }
        var failure = thrown.get();
        if (failure != null) {
            throw Outcomes.<RuntimeException>sneak(failure);
        }
        return result.get();
    }

    static void run(Action action) throws Exception {
        run(ThreadKind.current(), action);
    }

    static void run(ThreadKind kind, Action action) throws Exception {
        call(kind, () -> {
            action.run();
            return 0;
        });
    }

    /// The outcome of a job that has to end. Does not wait for the job as `join` does, so that a failure
    /// stays without an owner.
    static Outcome<?> outcome(Job<?> job) throws Exception {
        isTrue(job::isDone);
        return job.outcome().orElseThrow();
    }

    static void isTrue(Callable<Boolean> condition) throws Exception {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime() - end)
                    .as("it does not come; %s", Scheduler.all())
                    .isNegative();
            LockSupport.parkNanos(200_000);
        }
    }

    static void isParked(Job<?> job) throws Exception {
        isTrue(() -> job.thread()
                .map(thread ->
                        thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING)
                .orElse(false));
    }

    static void areParked(Iterable<? extends Job<?>> jobs) throws Exception {
        for (var job : jobs) {
            isParked(job);
        }
    }

    /// As many jobs at once as the limit says, and not one more: no place is lost, and none is there twice.
    static void hasAllPlaces(Scheduler jobs, int limit) throws Exception {
        isTrue(() -> jobs.activeCount() + jobs.pendingCount() == 0);
        var hold = new Door();
        var crowd = new Crowd();
        var all = new ArrayList<Job<?>>();
        for (var i = 0; i <= limit; i++) {
            all.add(jobs.spawn("takes a place", () -> {
                crowd.enter();
                hold.pass();
                crowd.leave();
            }));
        }
        try {
            isTrue(() -> crowd.inside() >= limit);
            assertThat(crowd.inside()).isEqualTo(limit);
            assertThat(all.getLast().state()).isEqualTo(JobState.PENDING);
        } finally {
            hold.open();
        }
        for (var job : all) {
            assertThat(outcome(job)).isInstanceOf(Outcome.Succeeded.class);
        }
        assertThat(crowd.most()).isEqualTo(limit);
    }
}
