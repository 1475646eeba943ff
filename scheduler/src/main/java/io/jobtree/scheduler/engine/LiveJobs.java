package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.platform.Handles;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The unfinished jobs of a scope: a stack of links, of which those that have let go of their job are
/// swept out.
///
/// The head is also what says whether the scope takes jobs: a seal on top of the stack ends that, in
/// one compare-and-set with every push. No counter and no map is touched by a job that ends.
final class LiveJobs {
    private static final int SMALL = 64;
    private static final VarHandle HEAD = Handles.of(MethodHandles.lookup(), "head", Link.class);
    private static final VarHandle SWEEPING = Handles.of(MethodHandles.lookup(), "sweeping", boolean.class);

    /// Stands in a seal where other links say which queue they are in.
    private static final Object SEALED = new Object();

    /// On top of nothing.
    private static final Link EMPTY_SEAL = newSeal(null);

    private volatile @Nullable Link head;
    private volatile boolean sweeping;
    private int sweepAt = SMALL;

    /// About how many links there are; exact after a sweep. Those that push at once may count as one.
    private int links;

    /// Adds a job; false if the scope is sealed.
    boolean push(Link link) {
        for (Link top = head; ; top = head) {
            if (isSeal(top)) {
                return false;
            }
            link.older = top;
            if (HEAD.compareAndSet(this, top, link)) {
                if (++links > sweepAt) {
                    sweep();
                }
                return true;
            }
        }
    }

    boolean isSealed() {
        return isSeal(head);
    }

    private static boolean isSeal(@Nullable Link link) {
        return link != null && link.queue == SEALED;
    }

    /// Takes no more jobs from now on; those that are in it stay.
    void seal() {
        for (Link top = head; !isSeal(top); top = head) {
            if (HEAD.compareAndSet(this, top, sealOver(top))) {
                return;
            }
        }
    }

    private static Link sealOver(@Nullable Link top) {
        return top == null ? EMPTY_SEAL : newSeal(top);
    }

    private static Link newSeal(@Nullable Link top) {
        var seal = new Link(null);
        seal.queue = SEALED;
        seal.older = top;
        return seal;
    }

    /// Seals if every job is done, or else gives the newest that is not.
    @Nullable
    JobImpl<?> sealOrNewest() {
        while (true) {
            var top = head;
            var newest = newest(top);
            if (newest != null) {
                return newest;
            }
            if (isSeal(top) || HEAD.compareAndSet(this, top, sealOver(null))) {
                return null;
            }
        }
    }

    /// The newest link of a job, or a seal.
    @Nullable
    Link top() {
        return head;
    }

    /// Whether every job is done.
    boolean isIdle() {
        return newest() == null;
    }

    /// The newest unfinished job.
    @Nullable
    JobImpl<?> newest() {
        return newest(head);
    }

    private static @Nullable JobImpl<?> newest(@Nullable Link from) {
        for (var link = from; link != null; link = skipDone(link)) {
            var job = link.unfinished();
            if (job != null) {
                return job;
            }
        }
        return null;
    }

    /// The oldest job that is not done.
    @Nullable
    JobImpl<?> oldest() {
        JobImpl<?> oldest = null;
        for (var link = head; link != null; link = link.older) {
            var job = link.unfinished();
            oldest = job == null ? oldest : job;
        }
        return oldest;
    }

    /// Waits until every job is done, whatever interrupts, and seals.
    void awaitAllAndSeal() {
        for (var newest = sealOrNewestLink(); newest != null; newest = sealOrNewestLink()) {
            for (var link = newest; link != null; link = link.older) {
                var unfinished = link.unfinished();
                if (unfinished != null) {
                    Waiting.untilDone(unfinished);
                }
            }
        }
    }

    /// Who waits long is not to hold a job that is done.
    private @Nullable Link sealOrNewestLink() {
        var newest = sealOrNewest();
        return newest == null ? null : newest.link;
    }

    /// The unfinished jobs, oldest first.
    List<JobImpl<?>> list() {
        return list(any -> true);
    }

    /// Those that match.
    List<JobImpl<?>> list(Predicate<JobImpl<?>> filter) {
        var found = new ArrayList<JobImpl<?>>();
        for (var link = head; link != null; link = link.older) {
            var job = link.unfinished();
            if (job != null && matches(job, filter)) {
                found.add(job);
            }
        }
        Collections.reverse(found);
        return found;
    }

    int count(Predicate<JobImpl<?>> filter) {
        int count = 0;
        for (var link = head; link != null; link = link.older) {
            var job = link.unfinished();
            if (job != null && matches(job, filter)) {
                count++;
            }
        }
        return count;
    }

    /// A job that is done meanwhile has forgotten what it was asked for.
    private static boolean matches(JobImpl<?> job, Predicate<JobImpl<?>> filter) {
        return filter.test(job) && !job.isDone();
    }

    /// A job has ended. Now and then its link takes the ones below it out that have ended too: jobs end
    /// about in the order in which they started, so a burst that is over leaves little.
    void ended(Link link, long id) {
        if (id % SMALL == 0 && tryStartSweep()) {
            skipDone(link);
            sweeping = false;
        }
    }

    /// Takes out every link that has let go of its job, save the head. The threshold doubles with what
    /// is left, so a job pays for a constant number of steps.
    private void sweep() {
        if (!tryStartSweep()) {
            return;
        }
        var top = head;
        int left = 0;
        for (var link = top; link != null; link = skipDone(link)) {
            left++;
        }
        links = left;
        sweepAt = Math.max(SMALL, 2 * left);
        sweeping = false;
    }

    private boolean tryStartSweep() {
        return !sweeping && SWEEPING.compareAndSet(this, false, true);
    }

    /// The one below whose job is not done. Leads there from now on: who waits for all comes back at each wake-up, and
    /// jobs may end newest first. Of several that write this at once each leads past none that is not done.
    private static @Nullable Link skipDone(Link from) {
        var below = from.older;
        var link = below;
        while (link != null && link.unfinished() == null) {
            link = link.older;
        }
        if (link != below) {
            from.older = link;
        }
        return link;
    }
}
