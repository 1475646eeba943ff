package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.Job;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Answers for what was started in its time by its threads: a test, a class, or the whole session. Holds the books.
///
/// ```
/// OPEN -> SETTLED    no more entries; what comes late is passed on
/// ```
///
/// Threads may inherit it and outlive it, so it holds little once it is settled.
final class Owner implements Claim {
    enum Level {
        TEST,
        CLASS,
        SESSION
    }

    /// How long a thread may take to say that nobody observed a failure: one that has to wait for its turn, and one
    /// that is parked and so has most likely said it.
    private static final long MAX_FAILING_NANOS = 1_000_000_000;

    private static final long MAX_PARKED_NANOS = 20_000_000;
    private static final long POLL_NANOS = 20_000;

    private final Level level;
    private final @Nullable Owner above;
    private final String label;
    private final Settings settings;
    private final Set<String> classNames;
    private final Sites sites;
    private final Set<JobRecord> jobs = ConcurrentHashMap.newKeySet();
    private final Set<SchedulerRecord> schedulers = ConcurrentHashMap.newKeySet();
    private final Queue<Unobserved> unobserved = new ConcurrentLinkedQueue<>();
    private final Queue<Thread> failing = new ConcurrentLinkedQueue<>();
    private final @Nullable ThreadBirths births;
    private final JobIgnored ignored = new JobIgnored(this);
    private volatile boolean parent;
    private volatile boolean settled;
    private volatile boolean blamed;

    /// @param classNames of the test classes whose static initializers are this owner's business
    /// @param births where the threads of owners that watch threads are kept
    Owner(
            Level level,
            @Nullable Owner above,
            String label,
            Settings settings,
            Set<String> classNames,
            ThreadBirths births) {
        this.level = level;
        this.above = above;
        this.label = label;
        this.settings = settings;
        this.classNames = classNames;
        this.sites = new Sites(settings.sites());
        this.births = settings.watchesThreads() ? births : null;
    }

    /// A failure that went to a scheduler's failure handler.
    record Unobserved(String path, long id, Throwable failure) {}

    @Override
    public Owner owner() {
        return this;
    }

    /// What a thread created under this owner inherits.
    Claim birth() {
        if (births == null) {
            return this;
        }
        parent = true;
        return births.add(this);
    }

    /// Whether any thread was created under this owner that inherits from its creator.
    boolean isParent() {
        return parent;
    }

    // Entries. Spawning threads add while a checking thread settles: who adds looks again afterwards.

    void add(JobRecord job) {
        jobs.add(job);
    }

    void forget(JobRecord job) {
        jobs.remove(job);
    }

    void add(SchedulerRecord scheduler) {
        schedulers.add(scheduler);
    }

    void forget(SchedulerRecord scheduler) {
        schedulers.remove(scheduler);
    }

    void unobserved(Unobserved failure) {
        if (!settled) {
            unobserved.add(failure);
        } else if (!blamed && above != null) {
            above.unobserved(failure);
        }
    }

    /// The test has failed with this: the failures in it have reached somebody after all.
    void withdraw(Throwable thrown) {
        if (!unobserved.isEmpty()) {
            Set<Throwable> told = Causes.of(thrown);
            unobserved.removeIf(failure -> told.contains(failure.failure()));
        }
    }

    /// A job may have failed; if it did and nobody observes that, this thread will say so next.
    void failing(Thread thread) {
        if (!settled) {
            failing.add(thread);
        }
    }

    /// Waits until the threads of jobs that did not succeed have said what they had to say. They are about to end,
    /// unless they are used again.
    void awaitFailing() {
        long deadline = System.nanoTime() + MAX_FAILING_NANOS;
        for (Thread thread = failing.poll(); thread != null; thread = failing.poll()) {
            if (thread != Thread.currentThread()) {
                awaitTold(thread, deadline);
            }
        }
    }

    private static void awaitTold(Thread thread, long deadline) {
        long parkedNanos = 0;
        long last = System.nanoTime();
        while (thread.isAlive() && parkedNanos < MAX_PARKED_NANOS && last < deadline) {
            LockSupport.parkNanos(POLL_NANOS);
            long now = System.nanoTime();
            parkedNanos = thread.getState() == Thread.State.RUNNABLE ? 0 : parkedNanos + now - last;
            last = now;
        }
    }

    boolean isEmpty() {
        return jobs.isEmpty() && schedulers.isEmpty() && unobserved.isEmpty() && failing.isEmpty();
    }

    List<JobRecord> jobs() {
        return jobs.stream()
                .filter(job -> !job.hasEnded())
                .sorted(Comparator.comparingLong(JobRecord::id))
                .toList();
    }

    List<SchedulerRecord> schedulers() {
        return schedulers.stream().filter(SchedulerRecord::isOpen).toList();
    }

    List<Unobserved> unobserved() {
        return List.copyOf(unobserved);
    }

    @Nullable
    JobRecord recordOf(Job<?> job) {
        for (JobRecord known : jobs) {
            if (known.id() == job.id()) {
                return known;
            }
        }
        return null;
    }

    // State.

    boolean isOpen() {
        return !settled;
    }

    void settle() {
        settled = true;
    }

    /// It was reported to have leaked: what its leaked jobs go on to start is no news.
    boolean isBlamed() {
        return blamed;
    }

    void blame() {
        blamed = true;
    }

    /// The nearest one above that still takes entries.
    @Nullable
    Owner openAbove() {
        Owner next = above;
        while (next != null && !next.isOpen()) {
            next = next.above;
        }
        return next;
    }

    void drop() {
        jobs.clear();
        schedulers.clear();
        unobserved.clear();
    }

    /// Whether this is the owner of a test class whose static initializer was at work there.
    boolean isInitializedIn(Site site) {
        return site.initializedClasses().anyMatch(classNames::contains);
    }

    Owner session() {
        Owner owner = this;
        while (owner.above != null) {
            owner = owner.above;
        }
        return owner;
    }

    Level level() {
        return level;
    }

    @Nullable
    Owner above() {
        return above;
    }

    String label() {
        return label;
    }

    Settings settings() {
        return settings;
    }

    Sites sites() {
        return sites;
    }

    JobIgnored ignored() {
        return ignored;
    }

    @Override
    public String toString() {
        return label;
    }
}
