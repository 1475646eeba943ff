package io.jobtree.proof.faults;

import io.jobtree.proof.agent.Fault;
import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.StragglerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One life with one fault in it, and what must hold after that: `close` returns within its bound, no place is lost, no
/// thread hangs, every job has an outcome; or the scheduler has closed itself and said so.
final class Trial {
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(300);

    /// More than any bound that is promised, by what a loaded machine may be late.
    private static final Duration PATIENCE = Duration.ofMillis(Integer.getInteger("jobtree.faults.patience", 10_000));

    private final Kind kind;
    private final int n;
    private final String at;
    private final List<Scheduler> schedulers = new ArrayList<>();
    private final List<Limit> limits = new ArrayList<>();
    private final Collection<Job<?>> jobs = new ConcurrentLinkedQueue<>();
    private final Collection<Thread> threads = new ConcurrentLinkedQueue<>();
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private final Set<Object> told = ConcurrentHashMap.newKeySet();
    private final Collection<Job<?>> reporting = new ConcurrentLinkedQueue<>();
    private final Set<Job<?>> unheard = ConcurrentHashMap.newKeySet();
    private @Nullable String where;
    private int points;

    Trial(Kind kind, int n, String at) {
        this.kind = kind;
        this.n = n;
        this.at = at;
    }

    // For lives

    /// A part of a life: the fault may come out of it, and the life goes on.
    interface Step {
        void run() throws Exception;
    }

    /// A step of the life.
    void attempt(Step step) {
        Runnable guarded = () -> {
            try {
                step.run();
            } catch (Exception | OutOfMemoryError | StackOverflowError reported) {
                // The fault, reported to its caller; or what became of a job by it.
            }
        };
        if (kind == Kind.OVERFLOW && n < Integer.MAX_VALUE) {
            try {
                Overflow.near(n, guarded);
            } catch (StackOverflowError reported) {
                // The same, but so near to the end that the step never began.
            }
        } else {
            guarded.run();
        }
    }

    Scheduler open(SchedulerOptions options) {
        return openToClose(options, CLOSE_TIMEOUT);
    }

    Scheduler openToClose(SchedulerOptions options, Duration closeTimeout) {
        var opened = Scheduler.open(options.withCloseTimeout(closeTimeout).withFailureHandler(this::told));
        schedulers.add(opened);
        return opened;
    }

    /// A failure is told once, and a straggler by one of them.
    private void told(Job<?> job, Throwable failure) {
        once(failure instanceof StragglerException ? job.name() + " as a straggler" : failure);
    }

    private void once(Object what) {
        if (!told.add(what)) {
            wrong.add("told twice: " + what);
        }
    }

    /// Hears of jobs, of the end of each once, and of the close once.
    JobObserver hears() {
        return new Listener();
    }

    private final class Listener implements JobObserver {
        @Override
        public JobObservation spawned(Job<?> job) {
            unheard.add(job);
            return new JobObservation() {
                @Override
                public void ended(Outcome<?> outcome) {
                    once("the end of " + job.id());
                    unheard.remove(job);
                }
            };
        }

        @Override
        public void schedulerClosed(Scheduler scheduler) {
            once(scheduler);
        }
    }

    /// Nobody waits for it: its failure is told.
    void reports(Job<?> job) {
        reporting.add(job);
    }

    Limit limit(int places) {
        var limit = Limit.of("shared", places);
        limits.add(limit);
        return limit;
    }

    <J extends Job<?>> J spawned(J job) {
        jobs.add(job);
        return job;
    }

    /// To be called in each body.
    void runs() {
        threads.add(Thread.currentThread());
    }

    /// Where the fault was thrown; null if there were not so many points.
    @Nullable
    String where() {
        return where;
    }

    int points() {
        return points;
    }

    List<String> wrong() {
        return wrong;
    }

    // The trial

    void run(Life life) throws InterruptedException {
        Said.forget();
        // Small, so that an overflow costs little.
        var user = new Thread(null, () -> life.run(this), "user", 256 * 1024);
        user.setDaemon(true);
        user.setUncaughtExceptionHandler((_, thrown) -> {
            if (!isInjected(thrown)) {
                complain("a user's thread fails with " + thrown, user);
            }
        });
        Fault.arm(n, kind.points, at, kind.nanos(), kind::thrown);
        user.start();
        user.join(PATIENCE.toMillis());
        points = Fault.passed();
        where = Fault.disarm();
        if (kind == Kind.OVERFLOW) {
            where = "some frames";
        }
        if (user.isAlive()) {
            complain("a user's thread hangs", user);
            user.interrupt();
        }
        for (var scheduler : schedulers) {
            // A cancel that threw may have left a job that sleeps, and holds its place by right.
            scheduler.cancel();
            checkPlaces(scheduler);
            checkClose(scheduler);
        }
        checkJobs();
        checkThreads();
        checkLimits();
        checkNothingIsOpen();
    }

    /// An `open` may throw the fault to its caller.
    private static boolean isInjected(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if ("injected".equals(cause.getMessage())) {
                return true;
            }
        }
        return thrown instanceof StackOverflowError;
    }

    private void complain(String what, @Nullable Thread hanging) {
        wrong.add(what);
        if (hanging != null && Boolean.getBoolean("jobtree.faults.stacks")) {
            for (var frame : hanging.getStackTrace()) {
                wrong.add("\n    " + frame);
            }
        }
    }

    /// As many jobs as there are places meet, unless it closes itself meanwhile.
    private void checkPlaces(Scheduler scheduler) throws InterruptedException {
        int places = scheduler.options().limit().orElse(2);
        if (scheduler.isClosed()) {
            return;
        }
        var together = new CountDownLatch(places);
        await("jobs do not run together, as many as there are places", () -> {
            for (int i = 0; i < places; i++) {
                scheduler.spawn("probe", () -> {
                    together.countDown();
                    together.await();
                });
            }
            while (!together.await(10, TimeUnit.MILLISECONDS) && !scheduler.isClosed()) {
                Thread.onSpinWait();
            }
        });
    }

    private void checkClose(Scheduler scheduler) throws InterruptedException {
        if (scheduler.isClosed() && !isClosedByLife(scheduler)) {
            checkSaid();
        }
        await("close hangs", () -> {
            if (!scheduler.close(WAIT).isEmpty()) {
                wrong.add("stragglers");
            }
        });
        if (!scheduler.jobs().isEmpty()) {
            wrong.add("jobs after the close");
        }
    }

    /// It closes first, and says so then: a log's handler may hang.
    private void checkSaid() throws InterruptedException {
        if (!holdsSoon(Said::anything)) {
            wrong.add("closed itself and said nothing");
        }
    }

    /// Whether the life closes it by itself.
    private static boolean isClosedByLife(Scheduler scheduler) {
        return scheduler.name().equals(Life.CLOSES);
    }

    /// Something that must end.
    private void await(String otherwise, Step step) throws InterruptedException {
        var thread = Thread.ofPlatform().daemon().start(() -> {
            try {
                step.run();
            } catch (InterruptedException | RejectedExecutionException over) {
                // Closed meanwhile, or too late.
            } catch (Exception | Error thrown) {
                wrong.add(otherwise + ": " + thrown);
            }
        });
        if (!thread.join(PATIENCE)) {
            complain(otherwise, thread);
            thread.interrupt();
        }
    }

    private void checkJobs() throws InterruptedException {
        for (var job : jobs) {
            if (job.outcome().isEmpty()) {
                wrong.add("no outcome");
            }
        }
        if (Fault.wasByUser()) {
            return;
        }
        for (var job : reporting) {
            if (job.outcome().orElse(null) instanceof Outcome.Failed<?>(var failure) && !isTold(failure)) {
                wrong.add("a failure was not told");
            }
        }
        for (var scheduler : schedulers) {
            if (scheduler.options().observers().stream().anyMatch(Listener.class::isInstance) && !isTold(scheduler)) {
                wrong.add("a close was not heard of");
            }
        }
        if (jobs.stream().anyMatch(unheard::contains) || !holdsSoon(unheard::isEmpty)) {
            wrong.add("an end was not heard of: "
                    + unheard.stream().map(Job::name).toList());
        }
    }

    /// Who waited for that may have thrown.
    private boolean isTold(Object what) throws InterruptedException {
        return holdsSoon(() -> told.contains(what));
    }

    /// Of what a life may leave behind, such as a spawn that comes after the close.
    private static boolean holdsSoon(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(1);
        }
        return condition.getAsBoolean();
    }

    private void checkThreads() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (var thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                complain("a job's thread hangs", thread);
            }
        }
    }

    private void checkLimits() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (var limit : limits) {
            while (limit.taken() + limit.waiting() > 0 && System.nanoTime() < end) {
                Thread.sleep(1);
            }
            if (limit.taken() + limit.waiting() > 0) {
                wrong.add("a place of the shared limit is lost");
            }
        }
    }

    /// Not even what an `open` began that threw.
    private void checkNothingIsOpen() {
        for (var scheduler : Scheduler.all()) {
            wrong.add("a scheduler is left open");
            scheduler.close(WAIT);
        }
    }
}
