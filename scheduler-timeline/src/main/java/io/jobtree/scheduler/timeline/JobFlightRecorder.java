package io.jobtree.scheduler.timeline;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.StragglerException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/// Writes events for JDK Flight Recorder: `jobtree.Job` for each job, `jobtree.Straggler` for one that goes
/// on after its scheduler was closed, `jobtree.Stall` for a limit at which nothing moves, and for a deadlock.
///
/// ```java
/// JobObserver.install(new JobFlightRecorder());
/// ```
///
/// `jfr print --events 'jdk.*' recording.jfr` then shows name and path of the job at each event of its
/// thread, from JDK 25 on. While no recording wants these events a job costs what one without
/// observers does.
///
/// **Threads:** any thread may call anything.
public final class JobFlightRecorder implements JobObserver {
    private static final EventType JOB = EventType.getEventType(JobEvent.class);
    private static final EventType STRAGGLER = EventType.getEventType(StragglerEvent.class);

    /// Those that are open and were heard of, by any recorder. Locked by itself.
    private static final Set<Scheduler> OPEN = Collections.newSetFromMap(new WeakHashMap<>());

    /// What JFR calls while a scheduler is open: it would hold the class loader for ever. Of all schedulers of the
    /// process, so one is enough. Under that lock.
    private static @Nullable Runnable stalls;

    /// Makes an observer.
    public JobFlightRecorder() {
        Scheduler.all().forEach(this::schedulerOpened);
    }

    @Override
    public void schedulerOpened(Scheduler scheduler) {
        synchronized (OPEN) {
            OPEN.add(scheduler);
            if (stalls == null) {
                stalls = new Stalls()::look;
                FlightRecorder.addPeriodicEvent(StallEvent.class, stalls);
            }
        }
    }

    @Override
    public void schedulerClosed(Scheduler scheduler) {
        synchronized (OPEN) {
            OPEN.removeIf(other -> other.equals(scheduler) || other.isClosed());
            if (stalls != null && OPEN.isEmpty()) {
                FlightRecorder.removePeriodicEvent(stalls);
                stalls = null;
            }
        }
    }

    @Override
    public boolean isEnabled() {
        return JOB.isEnabled() || STRAGGLER.isEnabled();
    }

    @Override
    public JobObservation spawned(Job<?> job) {
        return new Watched(job);
    }

    private static final class Watched implements JobObservation {
        private final Job<?> job;
        private final JobEvent event = new JobEvent();
        private final long spawned = System.nanoTime();
        private volatile long queueTime = -1;

        Watched(Job<?> job) {
            this.job = job;
        }

        @Override
        public void starting() {
            queueTime = System.nanoTime() - spawned;
            event.begin();
        }

        @Override
        public void ended(Outcome<?> outcome) {
            event.end();
            if (!event.shouldCommit()) {
                return;
            }
            event.name = job.name();
            event.path = job.path();
            event.id = job.id();
            event.parentId = job.parent().map(Job::id).orElse(0L);
            event.queueTime = queueTime < 0 ? System.nanoTime() - spawned : queueTime;
            switch (outcome) {
                case Outcome.Succeeded<?> _ -> event.outcome = "SUCCEEDED";
                case Outcome.Failed<?>(var failure) -> {
                    event.outcome = "FAILED";
                    event.reason = failure.getClass().getName();
                }
                case Outcome.Cancelled<?> cancelled -> {
                    event.outcome = "CANCELLED";
                    event.reason = cancelled.reason().toString();
                }
            }
            event.commit();
        }

        @Override
        public void unobserved(Throwable failure) {
            if (!(failure instanceof StragglerException)) {
                return;
            }
            var straggler = new StragglerEvent();
            straggler.name = job.name();
            straggler.path = job.path();
            straggler.id = job.id();
            straggler.age = Duration.between(job.spawnedAt(), Instant.now()).toNanos();
            straggler.stack = Arrays.stream(failure.getStackTrace())
                    .map(StackTraceElement::toString)
                    .collect(Collectors.joining("\n"));
            straggler.commit();
        }
    }
}
