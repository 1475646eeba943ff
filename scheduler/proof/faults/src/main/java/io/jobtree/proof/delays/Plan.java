package io.jobtree.proof.delays;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.StragglerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

/// One scheduler, a few threads that act on it, a few that close it, and then its model.
final class Plan {
    /// Generous: it ends a run that hangs.
    private static final Duration LONG = Duration.ofSeconds(60);

    private final long seed;
    private final Report report;
    private final Random random;
    private final Duration wait;
    private final Scheduler jobs;
    private final Actions actions;

    Plan(long seed, Report report) {
        this.seed = seed;
        this.report = report;
        random = new Random(seed);
        var limits = List.of(Limit.of("one", 1), Limit.of("two", 2));
        int limit = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(4);
        wait = random.nextInt(3) == 0 ? Duration.ZERO : Duration.ofMillis(random.nextInt(12));
        jobs = Scheduler.open(options(limit));
        actions = new Actions(new Group(jobs, limit, null), limits, 10 + random.nextInt(60), report);
    }

    private SchedulerOptions options(int limit) {
        var options = SchedulerOptions.named("plan")
                .withCloseTimeout(LONG)
                .withFailureHandler(this::handled)
                .withObserver(this::spawned);
        options = limit == 0 ? options.withoutLimit() : options.withLimit(limit);
        options = random.nextInt(3) == 0
                ? options.withoutPendingLimit()
                : options.withPendingLimit(1 + random.nextInt(4));
        return random.nextBoolean() ? options.withThreadReuse() : options;
    }

    private void handled(Job<?> job, Throwable failure) {
        if (failure instanceof StragglerException) {
            wrong("straggler", job + " " + Arrays.toString(failure.getStackTrace()));
        } else if (!job.name().equals(Actions.SHIELD)) {
            actions.node(job).handled.incrementAndGet();
        }
    }

    private JobObservation spawned(Job<?> job) {
        if (job.name().equals(Actions.SHIELD)) {
            return JobObservation.NONE;
        }
        var node = actions.node(job);
        return node.watched ? node.observation() : JobObservation.NONE;
    }

    private void wrong(String what, Object detail) {
        report.wrong(seed, what, detail);
    }

    void run() throws InterruptedException {
        var actors = new ArrayList<Thread>();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            var mine = new Random(random.nextLong());
            actors.add(thread(i, () -> act(mine, actors)));
        }
        actors.forEach(Thread::start);
        if (random.nextBoolean()) {
            awaitAll(actors, "an actor hangs before the close");
        } else {
            LockSupport.parkNanos(random.nextInt(2_000_000));
        }
        var closers = new ArrayList<Thread>();
        actions.closing();
        int closing = 1 + random.nextInt(3);
        for (int i = 0; i < closing; i++) {
            var patience = i == 0 ? wait : Duration.ofMillis(random.nextInt(10));
            boolean interrupted = random.nextInt(6) == 0;
            closers.add(thread(i + random.nextInt(2), () -> close(patience, interrupted)));
        }
        closers.forEach(Thread::start);
        if (awaitAll(closers, "a close hangs") && awaitAll(actors, "an actor hangs after the close")) {
            actions.awaitThreads(this::wrong);
            check();
        }
    }

    private static Thread thread(int turn, Runnable body) {
        return turn % 2 == 0
                ? Thread.ofVirtual().unstarted(body)
                : Thread.ofPlatform().daemon().unstarted(body);
    }

    private boolean awaitAll(List<Thread> threads, String otherwise) throws InterruptedException {
        for (var thread : threads) {
            if (!thread.join(LONG)) {
                wrong(otherwise, jobs.tree() + "\n" + Arrays.toString(thread.getStackTrace()));
                return false;
            }
        }
        return true;
    }

    private void act(Random mine, List<Thread> actors) {
        for (int i = 3 + mine.nextInt(12); i > 0; i--) {
            try {
                if (mine.nextInt(12) == 0) {
                    actors.get(mine.nextInt(actors.size())).interrupt();
                }
                actions.fromOutside(mine);
            } catch (RejectedExecutionException closedOrInterrupted) {
                if (jobs.isClosed()) {
                    return;
                }
                Thread.interrupted();
            } catch (InterruptedException on) {
                // It goes on with its next.
            }
        }
    }

    private void close(Duration patience, boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        var left = jobs.close(patience);
        if (!left.isEmpty()) {
            wrong("stragglers", left);
        }
        if (interrupted != Thread.interrupted()) {
            wrong("a closer's interrupt", interrupted);
        }
        if (!jobs.jobs().isEmpty()) {
            wrong("jobs after the close", jobs.tree());
        }
    }

    private void check() throws InterruptedException {
        if (jobs.activeCount() + jobs.pendingCount() != 0) {
            wrong("counts", jobs);
        }
        actions.check(this::wrong);
    }
}
