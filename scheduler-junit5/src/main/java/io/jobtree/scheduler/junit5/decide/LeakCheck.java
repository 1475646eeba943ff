package io.jobtree.scheduler.junit5.decide;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.junit5.NoLeakedJobs.After;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Failures;
import io.jobtree.scheduler.junit5.find.CurrentOrigin;
import io.jobtree.scheduler.junit5.find.Inherited;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.Origin.Level;
import io.jobtree.scheduler.junit5.find.SchedulerRecord;
import io.jobtree.scheduler.junit5.find.StillRunning;
import io.jobtree.scheduler.junit5.leak.Cancelled;
import io.jobtree.scheduler.junit5.leak.Leaks;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/// Watches one test, class or session, and decides whether it has leaked: when JUnit closes the store that it is in,
/// after all other clean-up.
///
/// **Threads:** made and closed by the thread that runs the test.
public final class LeakCheck implements CloseableResource, AutoCloseable {
    private static final long FIRST_POLL_NANOS = 1_000_000;
    private static final long LONGEST_POLL_NANOS = 50_000_000;

    /// How many graces more what only sleeps may have to wake up and end, and how long at most.
    private static final int LINGER_GRACES = 3;

    private static final long MAX_LINGER_NANOS = 1_500_000_000;

    /// The same after a class, to which its tests leave what sleeps long.
    private static final int ABOVE_TESTS = 2;

    /// What was shut down, and may look for that every 5 s only.
    private static final long MAX_ENDING_NANOS = 6_000_000_000L;

    private final Session session;
    private final Origin origin;
    private final ExtensionContext context;
    private final Leftovers leftovers;
    private final Thread thread = Thread.currentThread();
    private @Nullable Inherited before;
    private boolean entered;
    private boolean ran;
    private @Nullable Scheduler injected;

    LeakCheck(Session session, Origin origin, ExtensionContext context) {
        this.session = session;
        this.origin = origin;
        this.context = context;
        this.leftovers = new Leftovers(session, origin);
    }

    /// Begins the watch.
    public static LeakCheck begin(Session session, Origin origin, ExtensionContext context) {
        session.began(origin);
        return new LeakCheck(session, origin, context);
    }

    /// Makes the origin the current one of this thread, until the check.
    public void enter() {
        before = CurrentOrigin.enter(origin);
        entered = true;
    }

    /// The test is run. JUnit makes the instance of one that it will skip, and tears nothing down then.
    public void ran() {
        ran = true;
    }

    public Origin origin() {
        return origin;
    }

    public Session session() {
        return session;
    }

    public boolean isOf(ExtensionContext other) {
        if (context.equals(other)) {
            return true;
        }
        // The text of a unique id is costly, so it is the last resort.
        return context.getTestMethod().equals(other.getTestMethod())
                && context.getUniqueId().equals(other.getUniqueId());
    }

    /// The scheduler for parameters of this test's methods.
    public synchronized Scheduler injected() {
        Scheduler scheduler = injected;
        if (scheduler == null) {
            Inherited outer = CurrentOrigin.enter(origin);
            try {
                scheduler = Scheduler.open(SchedulerOptions.named(origin.label()));
            } finally {
                CurrentOrigin.restore(outer);
            }
            SchedulerRecord entry = session.tracker().recordOf(scheduler);
            if (entry != null) {
                entry.injected(scheduler);
            }
            injected = scheduler;
        }
        return scheduler;
    }

    @Override
    public void close() {
        session.baseline().checked(context, hasRunToItsEnd());
        try {
            check();
        } finally {
            end();
        }
    }

    private void check() {
        Origin above = origin.openParent();
        if (origin.settings().isOff()) {
            origin.finish();
            closeInjected();
        } else if (origin.level() == Level.TEST && isSkipped()) {
            origin.finish();
            closeInjected();
            leftovers.ignore();
        } else if (origin.isHandedOver() && above != null && above.level() != Level.SESSION) {
            origin.finish();
            origin.handOver(above);
        } else if (!isSurelyClean()) {
            look();
        }
    }

    private boolean hasRunToItsEnd() {
        return (ran || origin.level() != Level.TEST)
                && context.getExecutionException().isEmpty();
    }

    private boolean isSkipped() {
        return !ran && context.getExecutionException().isEmpty();
    }

    private boolean isSurelyClean() {
        if (!origin.isEmpty()
                || origin.settings().watchesThreads()
                || origin.level() == Level.SESSION
                || origin.settings().expected() != null) {
            return false;
        }
        origin.finish();
        return origin.isEmpty();
    }

    private void look() {
        long start = System.nanoTime();
        if (!isOver(true)) {
            leftovers.collectIfForgotten();
        }
        boolean endedInTime = waitUntil(start, grace(), () -> isOver(true)) || endsWhenItWakesUp(start);
        origin.awaitFailing();
        origin.finish();
        if (endedInTime) {
            // What was begun after the last look has the rest of the time too.
            waitUntil(start, grace(), () -> isOver(false));
        } else {
            leftovers.collectGarbage();
        }
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        context.getExecutionException().ifPresent(origin::withdraw);
        StillRunning running = StillRunning.of(origin);
        running.passOnStatics();
        decide(running, waited);
    }

    private void decide(StillRunning running, Duration waited) {
        if (running.isEmpty() && leftovers.isEmpty() && origin.settings().expected() == null && !isFailureToReport()) {
            closeInjected();
            return;
        }
        var leaks = Leaks.freeze(running, leftovers.report(), waited);
        if (!leaks.isEmpty()) {
            origin.markReported();
        }
        var consequence = new Consequence(session, context, origin, leaks);
        boolean cancels = origin.settings().after() == After.CANCEL;
        Cancelled cancelled = cancels ? CleanUp.cancel(running) : Cancelled.NOTHING;
        if (cancels || running.isEmpty()) {
            closeInjected();
        }
        consequence.apply(cancelled);
    }

    private boolean isFailureToReport() {
        return origin.settings().failures() != Failures.IGNORE
                && !origin.unobserved().isEmpty();
    }

    /// Most tests have nothing that still runs, and wait for nothing. Threads are looked for when all jobs have
    /// ended.
    private boolean isOver(boolean withThreads) {
        return StillRunning.of(origin).isEmpty()
                && (!withThreads || leftovers.look().isEmpty());
    }

    private long grace() {
        return Duration.ofMillis(origin.settings().graceMillis()).toNanos();
    }

    /// A thread that was asked to end does so when its sleep is over. What did not once is not waited for again.
    private boolean endsWhenItWakesUp(long start) {
        if (leftovers.isAnyEnding()) {
            waitUntil(start, grace() + MAX_ENDING_NANOS, () -> isOver(true) || !leftovers.isAnyEnding());
        }
        boolean isAnyAsleep = leftovers.isAnyAsleep();
        if (leftovers.deferSleepers() && isOver(true)) {
            return true;
        }
        if (!isAnyAsleep) {
            return false;
        }
        int times = origin.level() == Level.TEST ? 1 : ABOVE_TESTS;
        long linger = times * Math.min(LINGER_GRACES * grace(), MAX_LINGER_NANOS);
        waitUntil(start, grace() + linger, () -> isOver(true) || !leftovers.isAnyAsleep());
        leftovers.markRestless();
        return isOver(true);
    }

    private boolean waitUntil(long start, long nanos, BooleanSupplier isOver) {
        long end = start + nanos;
        long pause = FIRST_POLL_NANOS;
        boolean interrupted = false;
        boolean over = isOver.getAsBoolean();
        while (!over) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                break;
            }
            LockSupport.parkNanos(Math.min(left, pause));
            interrupted |= Thread.interrupted();
            pause = Math.min(2 * pause, LONGEST_POLL_NANOS);
            over = isOver.getAsBoolean();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return over;
    }

    private void closeInjected() {
        Scheduler own = injected;
        if (own != null && session.tracker().recordOf(own) == null) {
            CleanUp.close(own);
        }
        for (SchedulerRecord scheduler : origin.schedulers()) {
            if (scheduler.isInjected()) {
                scheduler.scheduler().ifPresent(CleanUp::close);
            }
        }
    }

    private void end() {
        origin.finish();
        origin.drop();
        leftovers.end();
        session.ended(origin);
        if (entered && Thread.currentThread() == thread) {
            CurrentOrigin.restore(before);
        }
    }
}
