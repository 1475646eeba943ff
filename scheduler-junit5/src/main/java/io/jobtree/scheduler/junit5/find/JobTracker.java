package io.jobtree.scheduler.junit5.find;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Scheduler;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/// Records every job and every scheduler of the process with the origin that started it.
///
/// The origin is, in this order:
/// 1. the spawning thread's, while it is open;
/// 2. the parent job's; the scheduler's, if a test opened it;
/// 3. the one above that of the spawning thread, if that one is finished: its test is over, and no other started it;
/// 4. if tests run one after the other, the one that runs;
/// 5. the scheduler's; the session.
///
/// **Threads:** called from any thread. Registering a job takes no lock.
public final class JobTracker implements JobObserver {
    private final Origin session;
    private final Origin unknown;
    private final boolean parallel;
    private final Deque<Origin> running = new ConcurrentLinkedDeque<>();
    private final Map<Scheduler, SchedulerRecord> schedulers = Collections.synchronizedMap(new WeakHashMap<>());

    /// @param session gets what was started by threads of tests that are over
    /// @param unknown gets what may come from tests that are not watched
    public JobTracker(Origin session, Origin unknown, boolean parallel) {
        this.session = session;
        this.unknown = unknown;
        this.parallel = parallel;
    }

    public void began(Origin origin) {
        running.addFirst(origin);
    }

    public void ended(Origin origin) {
        running.remove(origin);
    }

    /// The origins whose time has begun and is not over, the last first.
    public List<Origin> running() {
        return List.copyOf(running);
    }

    public boolean isParallel() {
        return parallel;
    }

    public @Nullable SchedulerRecord recordOf(Scheduler scheduler) {
        return schedulers.get(scheduler);
    }

    @Override
    public JobObservation spawned(Job<?> job) {
        return spawned(job, Optional.empty());
    }

    @Override
    public JobObservation spawned(Job<?> job, Optional<JobObservation> parent) {
        Origin here = CurrentOrigin.get();
        if (here != null && here.session() != session) {
            return JobObservation.NONE;
        }
        Origin origin = here != null && here.isOpen() ? here : originOf(job, parent.orElse(null), here);
        if (origin == null) {
            return JobObservation.NONE;
        }
        if (origin.settings().isOff()) {
            return origin.ignored();
        }
        var entry = new JobRecord(job, origin, job.options().name().orElse(null));
        origin.add(entry);
        if (!origin.isOpen()) {
            passOn(entry, origin);
        }
        return entry;
    }

    @Override
    public void schedulerOpened(Scheduler scheduler) {
        Origin here = CurrentOrigin.get();
        if (here != null && here.session() != session) {
            return;
        }
        Origin origin = here != null && here.isOpen() ? here : originElsewhere(here);
        if (origin == null || origin.settings().isOff()) {
            return;
        }
        var entry = new SchedulerRecord(scheduler, origin);
        schedulers.put(scheduler, entry);
        origin.add(entry);
        Origin next = origin.isOpen() ? null : origin.openParent();
        if (next != null) {
            entry.moveTo(next);
        }
    }

    @Override
    public void schedulerClosed(Scheduler scheduler) {
        SchedulerRecord entry = schedulers.remove(scheduler);
        if (entry != null) {
            entry.closed();
        }
    }

    /// The origin finished between the look at it and the record, which its check may have missed.
    private static void passOn(JobRecord entry, Origin finished) {
        Origin next = finished.isReported() ? null : finished.openParent();
        if (next == null) {
            finished.forget(entry);
        } else {
            entry.moveTo(next);
        }
    }

    private @Nullable Origin originOf(Job<?> job, @Nullable JobObservation parent, @Nullable Origin here) {
        Origin parents = originOf(parent);
        if (parents != null && parents.isOpen()) {
            return parents;
        }
        SchedulerRecord scheduler = schedulers.get(job.scheduler());
        Origin opener = scheduler == null || !scheduler.origin().isOpen() ? null : scheduler.origin();
        if (opener != null && opener.level() == Origin.Level.TEST) {
            return opener;
        }
        if (here == null && (parallel || running.isEmpty()) && opener != null) {
            return opener;
        }
        return originElsewhere(here);
    }

    private static @Nullable Origin originOf(@Nullable JobObservation parent) {
        return switch (parent) {
            case JobRecord job -> job.spawnedIn();
            case IgnoredJob job -> job.origin();
            case null, default -> null;
        };
    }

    private @Nullable Origin originElsewhere(@Nullable Origin finished) {
        if (finished != null) {
            return finished.isReported() ? null : finished.openParent();
        }
        Origin innermost = running.peekFirst();
        if (innermost == null) {
            return null;
        }
        return parallel ? unknown : innermost;
    }
}
