package io.jobtree.scheduler.micrometer;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Outcome;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Measures jobs with Micrometer.
///
/// ```java
/// var meters = new JobMeters();
/// meters.bindTo(registry);                      // a framework that finds binders does it by itself
/// Scheduler.open(SchedulerOptions.named("orders").withObserver(meters));
/// ```
///
/// - `jobtree.job.duration`, a timer: from the start of a body until its job was done, by `outcome` (`succeeded`,
///   `failed`, `cancelled`) and `error`, the class of the failure (what a job below threw, where `join` or its future
/// passed it on)
///   or the reason of the cancellation
/// - `jobtree.job.queue.duration`, a timer: from spawn to start
/// - `jobtree.job.running`, a long task timer: how many jobs run, and for how long
/// - `jobtree.job.not.started`, a counter: jobs that ended without having run
///
/// Each has the tags `scheduler` and `job`, the name that the job was given. At most 500 pairs of both are kept
/// apart; jobs of other names are `other`, and so is a scheduler that comes later. Until a registry is bound, nothing
/// is measured; several may be, and each has all.
///
/// **Threads:** any thread may call anything; one instance serves any number of schedulers.
@SuppressWarnings("exports") // who uses it requires what it is made for
public final class JobMeters implements JobObserver, MeterBinder {
    private static final int MAX_PAIRS = 500;
    private static final String OTHER = "other";
    private static final String UNNAMED = "job";
    private static final String NO_ERROR = "none";

    /// The names that are kept apart, by scheduler. A scheduler for each tenant has a tag for each, as names with ids
    /// in them do, and a registry keeps what it has for good.
    private final ConcurrentHashMap<String, Set<String>> names = new ConcurrentHashMap<>();

    private final AtomicInteger pairs = new AtomicInteger();

    /// All that are bound; null before the first.
    private volatile @Nullable CompositeMeterRegistry registry;

    /// The jobs that this thread spawned last, by id: where this is installed, and a scheduler has it as its own, it
    /// is notified of each job twice, on the same thread. In between another observer may spawn jobs itself.
    private final ThreadLocal<long[]> last = ThreadLocal.withInitial(() -> new long[4]);

    /// Meters without a registry.
    public JobMeters() {}

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        var bound = this.registry;
        var all = bound == null ? new CompositeMeterRegistry() : bound;
        all.add(registry);
        this.registry = all;
    }

    @Override
    public JobObservation spawned(Job<?> job) {
        var bound = registry;
        return bound == null || !isFirst(job) ? JobObservation.NONE : new Measured(bound, tags(job));
    }

    private boolean isFirst(Job<?> job) {
        var known = last.get();
        for (long id : known) {
            if (id == job.id()) {
                return false;
            }
        }
        System.arraycopy(known, 0, known, 1, known.length - 1);
        known[0] = job.id();
        return true;
    }

    private Tags tags(Job<?> job) {
        var scheduler = job.scheduler().name();
        var name = job.options().name().orElse(UNNAMED);
        var isKept = isKept(scheduler, name);
        return Tags.of(
                "scheduler", isKept || names.containsKey(scheduler) ? scheduler : OTHER, "job", isKept ? name : OTHER);
    }

    private boolean isKept(String scheduler, String name) {
        var known = names.get(scheduler);
        // The read first: nearly all are known.
        if (known != null && known.contains(name)) {
            return true;
        }
        if (pairs.get() >= MAX_PAIRS || pairs.getAndIncrement() >= MAX_PAIRS) {
            return false;
        }
        if (!names.computeIfAbsent(scheduler, _ -> ConcurrentHashMap.newKeySet())
                .add(name)) {
            pairs.decrementAndGet();
        }
        return true;
    }

    private static final class Measured implements JobObservation {
        private static final long NOT_STARTED = Long.MIN_VALUE;

        private final MeterRegistry registry;
        private final Tags tags;
        private final long spawnedNanos = System.nanoTime();
        private long startedNanos = NOT_STARTED;
        private LongTaskTimer.@Nullable Sample running;

        Measured(MeterRegistry registry, Tags tags) {
            this.registry = registry;
            this.tags = tags;
        }

        @Override
        public void starting() {
            startedNanos = System.nanoTime();
            // A registry may refuse one meter, by a filter or for its tags: the other is there all the same.
            try {
                running = LongTaskTimer.builder("jobtree.job.running")
                        .tags(tags)
                        .register(registry)
                        .start();
            } finally {
                registry.timer("jobtree.job.queue.duration", tags)
                        .record(startedNanos - spawnedNanos, TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void ended(Outcome<?> outcome) {
            if (startedNanos == NOT_STARTED) {
                registry.counter("jobtree.job.not.started", tags.and(outcome(outcome)))
                        .increment();
                return;
            }
            if (running != null) {
                running.stop();
            }
            registry.timer("jobtree.job.duration", tags.and(outcome(outcome)))
                    .record(System.nanoTime() - startedNanos, TimeUnit.NANOSECONDS);
        }

        private static Tags outcome(Outcome<?> outcome) {
            return switch (outcome) {
                case Outcome.Succeeded<?> _ -> Tags.of("outcome", "succeeded", "error", NO_ERROR);
                case Outcome.Failed<?> failed ->
                    Tags.of(
                            "outcome",
                            "failed",
                            "error",
                            unwrap(failed.failure()).getClass().getName());
                case Outcome.Cancelled<?> cancelled ->
                    Tags.of(
                            "outcome",
                            "cancelled",
                            "error",
                            cancelled.reason().name().toLowerCase(Locale.ROOT));
            };
        }

        /// The failure that a wait for a job wrapped, `join` or `get` of its future: it travels up the tree in that
        /// wrapping.
        private static Throwable unwrap(Throwable failure) {
            var first = failure;
            while (isWrapping(first) && first.getCause() != null) {
                first = first.getCause();
            }
            return first;
        }

        /// Not a class of the user's below these, which says more than its cause. The cause of these is given when they
        /// are made, so they form no cycle.
        private static boolean isWrapping(Throwable failure) {
            var type = failure.getClass();
            return failure instanceof JobFailedException
                    || type == ExecutionException.class
                    || type == CompletionException.class;
        }
    }
}
