package io.jobtree.scheduler.junit5.find;

import io.jobtree.scheduler.junit5.NoLeakedJobs.Scope;
import io.jobtree.scheduler.junit5.settings.Settings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The test, class or session that something was started by, with a record of all of it that may still run.
///
/// ```
/// open -> finished    no more records; what comes late is passed on to the class or session
/// ```
///
/// Threads may inherit it and outlive it, so it holds little once it is finished.
public final class Origin implements Inherited {
    public enum Level {
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
    private final @Nullable Origin parent;
    private final String label;
    private final Settings settings;
    private final List<Class<?>> classes;
    private final Sites sites;
    private final Set<JobRecord> jobs = ConcurrentHashMap.newKeySet();
    private final Set<SchedulerRecord> schedulers = ConcurrentHashMap.newKeySet();
    private final Queue<Unobserved> unobserved = new ConcurrentLinkedQueue<>();
    private final Queue<Thread> failing = new ConcurrentLinkedQueue<>();
    private final @Nullable ThreadCreations creations;
    private final long threadsFrom;
    private final IgnoredJob ignored = new IgnoredJob(this);
    private final Timelines timeline;
    private volatile boolean finished;
    private volatile boolean reported;
    private volatile boolean otherExtensions;
    private volatile boolean givingExtensions;
    private volatile @Nullable Object instance;

    /// @param classes the test class and those it extends, whose static initializers and fields are this origin's;
    ///     empty for what is not a class
    /// @param creations where the threads of origins that watch threads are kept
    public Origin(
            Level level,
            @Nullable Origin parent,
            String label,
            Settings settings,
            List<Class<?>> classes,
            @Nullable ThreadCreations creations) {
        this.level = level;
        this.parent = parent;
        this.label = label;
        this.settings = settings;
        this.classes = classes;
        this.sites = new Sites(settings.sites());
        this.creations = settings.watchesThreads() ? creations : null;
        this.timeline = isHandedOver() && parent != null ? parent.timeline : new Timelines();
        this.threadsFrom = this.creations == null ? Long.MAX_VALUE : ThreadCreation.nextThreadId();
    }

    /// A failure that went to a scheduler's failure handler.
    public record Unobserved(String path, long id, Throwable failure) {}

    @Override
    public Origin origin() {
        return this;
    }

    /// What a thread created under this origin inherits.
    Inherited inherited() {
        return creations == null ? this : creations.created(this);
    }

    // Records. Spawning threads add while a checking thread finishes: who adds looks again afterwards.

    void add(JobRecord job) {
        jobs.add(job);
    }

    public void forget(JobRecord job) {
        jobs.remove(job);
    }

    void add(SchedulerRecord scheduler) {
        schedulers.add(scheduler);
    }

    public void forget(SchedulerRecord scheduler) {
        schedulers.remove(scheduler);
    }

    void unobserved(Unobserved failure) {
        if (!finished) {
            unobserved.add(failure);
        } else if (!reported && parent != null) {
            parent.unobserved(failure);
        }
    }

    /// The test has failed with this: the failures in it have reached somebody after all.
    public void withdraw(Throwable thrown) {
        if (!unobserved.isEmpty()) {
            Set<Throwable> seen = Causes.of(thrown);
            unobserved.removeIf(failure -> seen.contains(failure.failure()));
        }
    }

    /// A job may have failed; if it did and nobody observes that, this thread will say so next.
    void failing(Thread thread) {
        if (!finished) {
            failing.add(thread);
        }
    }

    /// Waits until the threads of jobs that did not succeed have said what they had to say. They are about to end,
    /// unless they are used again.
    public void awaitFailing() {
        long deadline = System.nanoTime() + MAX_FAILING_NANOS;
        for (Thread thread = failing.poll(); thread != null; thread = failing.poll()) {
            if (thread != Thread.currentThread()) {
                awaitParked(thread, deadline);
            }
        }
    }

    private static void awaitParked(Thread thread, long deadline) {
        long parkedNanos = 0;
        long last = System.nanoTime();
        while (thread.isAlive() && parkedNanos < MAX_PARKED_NANOS && last < deadline) {
            LockSupport.parkNanos(POLL_NANOS);
            long now = System.nanoTime();
            parkedNanos = thread.getState() == Thread.State.RUNNABLE ? 0 : parkedNanos + now - last;
            last = now;
        }
    }

    public boolean isEmpty() {
        return jobs.isEmpty() && schedulers.isEmpty() && unobserved.isEmpty() && failing.isEmpty();
    }

    public List<JobRecord> jobs() {
        return jobs.stream()
                .filter(job -> !job.hasEnded())
                .sorted(Comparator.comparingLong(JobRecord::id))
                .toList();
    }

    public List<SchedulerRecord> schedulers() {
        return schedulers.stream().filter(SchedulerRecord::isOpen).toList();
    }

    public List<Unobserved> unobserved() {
        return List.copyOf(unobserved);
    }

    /// Whether what it leaves is checked after its class.
    public boolean isHandedOver() {
        return settings.scope() == Scope.CLASS
                && settings.expected() == null
                && level == Level.TEST
                && parent != null
                && parent.level != Level.SESSION;
    }

    /// Passes all that still runs on to the class or session above.
    public void handOver(Origin next) {
        jobs().forEach(job -> job.moveTo(next));
        schedulers().forEach(scheduler -> scheduler.moveTo(next));
        unobserved().forEach(next::unobserved);
    }

    // State.

    public boolean isOpen() {
        return !finished;
    }

    public void finish() {
        finished = true;
    }

    /// It was reported to have leaked: what its leaked jobs go on to start is no news.
    public boolean isReported() {
        return reported;
    }

    public void markReported() {
        reported = true;
    }

    /// The nearest one above that still takes records.
    public @Nullable Origin openParent() {
        Origin next = parent;
        while (next != null && !next.isOpen()) {
            next = next.parent;
        }
        return next;
    }

    public void drop() {
        if (!isHandedOver()) {
            timeline.drop();
        }
        instance = null;
        jobs.clear();
        schedulers.clear();
        unobserved.clear();
    }

    /// Whether it is this one, or below it.
    public boolean isWithin(Origin other) {
        for (@Nullable Origin next = this; next != null; next = next.parent) {
            if (next == other) {
                return true;
            }
        }
        return false;
    }

    /// Whether there are extensions that are not known.
    public boolean hasOtherExtensions() {
        return otherExtensions;
    }

    /// Whether one of them may have given objects to the test.
    public boolean hasGivingExtensions() {
        return givingExtensions;
    }

    public void setOtherExtensions(boolean are, boolean mayGive) {
        otherExtensions = are;
        givingExtensions = mayGive;
    }

    /// The instance that all tests of the class share; null if each has its own.
    public @Nullable Object instance() {
        return instance;
    }

    public void setInstance(@Nullable Object shared) {
        instance = shared;
    }

    /// Whether this is a test class, and its static initializer was at work there.
    public boolean isInitializedIn(Site site) {
        return site.initializedClasses()
                .anyMatch(
                        name -> classes.stream().anyMatch(type -> type.getName().equals(name)));
    }

    /// This one and those above it.
    public List<Origin> path() {
        List<Origin> path = new ArrayList<>();
        for (@Nullable Origin next = this; next != null; next = next.parent) {
            path.add(next);
        }
        return path;
    }

    public Origin session() {
        return path().getLast();
    }

    public Level level() {
        return level;
    }

    public @Nullable Origin parent() {
        return parent;
    }

    public String label() {
        return label;
    }

    public Settings settings() {
        return settings;
    }

    /// Threads that it started have ids from this one on.
    public long threadsFrom() {
        return threadsFrom;
    }

    public List<Class<?>> classes() {
        return classes;
    }

    public Sites sites() {
        return sites;
    }

    /// The jobs that it spawned.
    public Timelines timeline() {
        return timeline;
    }

    IgnoredJob ignored() {
        return ignored;
    }

    @Override
    public String toString() {
        return label;
    }
}
