package io.jobtree.scheduler.junit5;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobObserver;
import io.jobtree.scheduler.Scheduler;
import java.util.Collections;
import java.util.Deque;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/// Books every job and every scheduler of the process to the owner that answers for it.
///
/// The owner is, in this order:
/// 1. the spawning thread's, while it is open;
/// 2. the parent job's; the scheduler's, if a test opened it;
/// 3. the one above that of the spawning thread, if that one is settled: its test is over, and no other is to blame;
/// 4. if tests run one after the other, the one that runs;
/// 5. the scheduler's; the session.
///
/// **Threads:** called from any thread. Registering a job takes no lock.
final class Ledger implements JobObserver {
    private final Owner session;
    private final Owner strangers;
    private final boolean parallel;
    private final Deque<Owner> running = new ConcurrentLinkedDeque<>();
    private final Map<Scheduler, SchedulerRecord> schedulers = Collections.synchronizedMap(new WeakHashMap<>());
    private final Map<Job<?>, Owner> parents = Collections.synchronizedMap(new WeakHashMap<>());

    /// @param session gets what was started by threads of tests that are over
    /// @param strangers gets what may come from tests that are not watched
    Ledger(Owner session, Owner strangers, boolean parallel) {
        this.session = session;
        this.strangers = strangers;
        this.parallel = parallel;
    }

    void began(Owner owner) {
        running.addFirst(owner);
    }

    void ended(Owner owner) {
        running.remove(owner);
    }

    /// Whether no owner's time has begun that is not over.
    boolean isIdle() {
        return running.isEmpty();
    }

    boolean isParallel() {
        return parallel;
    }

    @Nullable
    SchedulerRecord recordOf(Scheduler scheduler) {
        return schedulers.get(scheduler);
    }

    @Override
    public JobObservation spawned(Job<?> job) {
        Owner here = CurrentOwner.get();
        if (here != null && here.session() != session) {
            return JobObservation.NONE;
        }
        Owner owner = here != null && here.isOpen() ? here : ownerOf(job, here);
        if (owner == null) {
            return JobObservation.NONE;
        }
        if (owner.settings().isOff()) {
            return owner.ignored();
        }
        var entry = new JobRecord(job, owner, job.options().name().orElse(null));
        owner.add(entry);
        if (!owner.isOpen()) {
            passOn(entry, owner);
        }
        return entry;
    }

    @Override
    public void schedulerOpened(Scheduler scheduler) {
        Owner here = CurrentOwner.get();
        if (here != null && here.session() != session) {
            return;
        }
        Owner owner = here != null && here.isOpen() ? here : ownerElsewhere(here);
        if (owner == null || owner.settings().isOff()) {
            return;
        }
        var entry = new SchedulerRecord(scheduler, owner);
        schedulers.put(scheduler, entry);
        owner.add(entry);
        Owner next = owner.isOpen() ? null : owner.openAbove();
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

    /// The owner was settled between the look at it and the entry, which its check may have missed.
    private static void passOn(JobRecord entry, Owner settled) {
        Owner next = settled.isBlamed() ? null : settled.openAbove();
        if (next == null) {
            settled.forget(entry);
        } else {
            entry.moveTo(next);
        }
    }

    private @Nullable Owner ownerOf(Job<?> job, @Nullable Owner here) {
        Owner parents = ownerOfParent(job);
        if (parents != null && parents.isOpen()) {
            return parents;
        }
        SchedulerRecord scheduler = schedulers.get(job.scheduler());
        Owner opener = scheduler == null || !scheduler.owner().isOpen() ? null : scheduler.owner();
        if (opener != null && opener.level() == Owner.Level.TEST) {
            return opener;
        }
        if (here == null && (parallel || running.isEmpty()) && opener != null) {
            return opener;
        }
        return ownerElsewhere(here);
    }

    private @Nullable Owner ownerElsewhere(@Nullable Owner settled) {
        if (settled != null) {
            return settled.isBlamed() ? null : settled.openAbove();
        }
        Owner innermost = running.peekFirst();
        if (innermost == null) {
            return null;
        }
        return parallel ? strangers : innermost;
    }

    private @Nullable Owner ownerOfParent(Job<?> job) {
        Job<?> parent = job.parent().orElse(null);
        return parent == null ? null : parents.computeIfAbsent(parent, this::search);
    }

    private @Nullable Owner search(Job<?> job) {
        for (Owner owner : running) {
            JobRecord known = owner.recordOf(job);
            if (known != null) {
                return known.bornIn();
            }
        }
        return null;
    }
}
