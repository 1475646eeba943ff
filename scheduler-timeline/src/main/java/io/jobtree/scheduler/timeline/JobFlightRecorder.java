package io.jobtree.scheduler.timeline;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.StragglerException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;

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

    static {
        // Looks at all schedulers of the process, so one is enough.
        FlightRecorder.addPeriodicEvent(StallEvent.class, new Stalls()::look);
    }

    /// Makes an observer.
    public JobFlightRecorder() {}

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
