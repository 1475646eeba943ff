package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.SchedulerOptions;
import io.jobtree.scheduler.junit5.NoLeakedJobs.After;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Scope;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;

/// The watch over one owner's time; looks for leaks when its store closes it, after all other clean-up.
///
/// **Threads:** made and closed by the thread that runs the test.
final class LeakCheck implements CloseableResource, AutoCloseable {
    private static final long FIRST_POLL_NANOS = 1_000_000;
    private static final long LONGEST_POLL_NANOS = 50_000_000;

    private final Session session;
    private final Owner owner;
    private final ExtensionContext context;
    private final @Nullable ThreadWatch threads;
    private final Thread thread = Thread.currentThread();
    private @Nullable Claim before;
    private boolean entered;
    private boolean endedInTime;
    private @Nullable Scheduler injected;

    LeakCheck(Session session, Owner owner, ExtensionContext context, @Nullable ThreadWatch threads) {
        this.session = session;
        this.owner = owner;
        this.context = context;
        this.threads = threads;
    }

    /// Makes the owner the current one of this thread, until the check.
    void enter() {
        before = CurrentOwner.enter(owner);
        entered = true;
    }

    Owner owner() {
        return owner;
    }

    Session session() {
        return session;
    }

    boolean isOf(ExtensionContext other) {
        if (context.equals(other)) {
            return true;
        }
        // The text of a unique id is costly, so it is the last resort.
        return context.getTestMethod().equals(other.getTestMethod())
                && context.getUniqueId().equals(other.getUniqueId());
    }

    /// The scheduler for parameters of this test's methods.
    synchronized Scheduler injected() {
        Scheduler scheduler = injected;
        if (scheduler == null) {
            Claim claim = CurrentOwner.enter(owner);
            try {
                scheduler = Scheduler.open(SchedulerOptions.named(owner.label()));
            } finally {
                CurrentOwner.restore(claim);
            }
            SchedulerRecord entry = session.ledger().recordOf(scheduler);
            if (entry != null) {
                entry.injected(scheduler);
            }
            injected = scheduler;
        }
        return scheduler;
    }

    @Override
    public void close() {
        try {
            check();
        } finally {
            end();
        }
    }

    private void check() {
        Settings settings = owner.settings();
        Owner above = owner.openAbove();
        if (settings.isOff()) {
            owner.settle();
            closeInjected();
        } else if (settings.scope() == Scope.CLASS
                && settings.expected() == null
                && owner.level() == Owner.Level.TEST
                && above != null
                && above.level() != Owner.Level.SESSION) {
            owner.settle();
            handOver(above);
        } else {
            look(settings);
        }
    }

    private void look(Settings settings) {
        if (isSurelyClean(settings)) {
            return;
        }
        long start = System.nanoTime();
        endedInTime = waitForTheLast(start, settings, threads);
        owner.awaitFailing();
        owner.settle();
        if (endedInTime) {
            // What was begun after the last look has the rest of the time too.
            waitForTheLast(start, settings, null);
        }
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        context.getExecutionException().ifPresent(owner::withdraw);
        Pending pending = Pending.of(owner, endedInTime ? null : threads);
        pending.passOnStatics();
        if (threads != null) {
            threads.forget(pending.threads());
        }
        if (pending.isEmpty() && settings.expected() == null && !isFailureToReport(settings)) {
            closeInjected();
            return;
        }
        var findings = Findings.freeze(owner, pending, waited);
        if (!pending.isEmpty()) {
            owner.blame();
        }
        var aftermath = settings.after() == After.CANCEL ? Aftermath.cancel(pending) : Aftermath.NOTHING;
        if (settings.after() == After.CANCEL || pending.isEmpty()) {
            closeInjected();
        }
        new Verdict(context, owner, findings, aftermath).pronounce();
    }

    private boolean isSurelyClean(Settings settings) {
        if (!owner.isEmpty() || threads != null || settings.expected() != null) {
            return false;
        }
        owner.settle();
        return owner.isEmpty();
    }

    private boolean isFailureToReport(Settings settings) {
        return settings.failures() != NoLeakedJobs.Failures.IGNORE
                && !owner.unobserved().isEmpty();
    }

    /// Most tests have nothing pending, and pay nothing.
    private boolean waitForTheLast(long start, Settings settings, @Nullable ThreadWatch watch) {
        long end = start + Duration.ofMillis(settings.graceMillis()).toNanos();
        long pause = FIRST_POLL_NANOS;
        boolean interrupted = false;
        boolean isOver = isOver(watch);
        while (!isOver) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                break;
            }
            LockSupport.parkNanos(Math.min(left, pause));
            interrupted |= Thread.interrupted();
            pause = Math.min(2 * pause, LONGEST_POLL_NANOS);
            isOver = isOver(watch);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return isOver;
    }

    private boolean isOver(@Nullable ThreadWatch watch) {
        return Pending.of(owner, watch).isEmpty() && (watch == null || !watch.isBlind());
    }

    private void handOver(Owner above) {
        owner.jobs().forEach(job -> job.moveTo(above));
        owner.schedulers().forEach(scheduler -> scheduler.moveTo(above));
        owner.unobserved().forEach(above::unobserved);
    }

    private void closeInjected() {
        Scheduler own = injected;
        if (own != null && session.ledger().recordOf(own) == null) {
            Aftermath.close(own);
        }
        for (SchedulerRecord scheduler : owner.schedulers()) {
            if (scheduler.isInjected()) {
                scheduler.scheduler().ifPresent(Aftermath::close);
            }
        }
    }

    private void end() {
        owner.settle();
        owner.drop();
        session.ledger().ended(owner);
        if (entered && Thread.currentThread() == thread) {
            CurrentOwner.restore(before);
        }
    }
}
