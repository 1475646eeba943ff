package io.jobtree.proof.delays;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobObservation;
import io.jobtree.scheduler.JobOptions;
import io.jobtree.scheduler.JobState;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One job: what was drawn for it, and what became of it.
final class Node {
    /// What a body throws on purpose.
    static final class Meant extends RuntimeException {
        private static final long serialVersionUID = 1;

        Meant(int number) {
            super("meant by " + number);
        }
    }

    final int number;
    final Group group;
    final int depth;
    final long seed;
    final boolean isBranch;
    final boolean supervised;
    final int childLimit;

    /// Which shared limit; -1 for none.
    final int shared;

    final boolean watched;
    private final @Nullable Duration timeout;

    final AtomicInteger spawned = new AtomicInteger();
    final AtomicInteger starting = new AtomicInteger();
    final AtomicInteger stopped = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();
    final AtomicInteger runs = new AtomicInteger();
    final AtomicInteger handled = new AtomicInteger();
    final AtomicInteger waitersGotIt = new AtomicInteger();
    final AtomicInteger cancelsBegun = new AtomicInteger();

    /// Each done once its waiter is counted.
    final List<CompletableFuture<?>> futures = new CopyOnWriteArrayList<>();

    volatile boolean cancelAsked;
    volatile boolean rejected;
    volatile @Nullable Job<?> job;
    volatile @Nullable Group children;
    volatile @Nullable Thread thread;
    volatile @Nullable Throwable threw;
    volatile @Nullable Outcome<?> heard;
    volatile boolean interruptedInHook;
    volatile boolean childLeftInHook;

    /// The body's thread's alone.
    private boolean inside;

    Node(int number, Group group, int depth, Random random, int limits) {
        this.number = number;
        this.group = group;
        this.depth = depth;
        seed = random.nextLong();
        isBranch = depth < 3 && random.nextInt(5) < 2;
        supervised = random.nextBoolean();
        childLimit = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0;
        shared = random.nextInt(4) == 0 ? random.nextInt(limits) : -1;
        timeout = random.nextInt(5) == 0 ? Duration.ofNanos(random.nextInt(2_000_000)) : null;
        watched = random.nextBoolean();
    }

    JobOptions options(List<Limit> limits) {
        var options = JobOptions.named("job" + number).withTag("node", String.valueOf(number));
        options = timeout == null ? options : options.withTimeout(timeout);
        options = supervised ? options.withSupervision() : options;
        options = childLimit > 0 ? options.withChildLimit(childLimit) : options;
        return shared < 0 ? options : options.withSharedLimit(limits.get(shared));
    }

    boolean hasTimeout() {
        return timeout != null;
    }

    List<Node> childNodes() {
        var own = children;
        return own == null ? List.of() : own.nodes;
    }

    boolean isUnfinished() {
        var known = job;
        return known != null && !known.isDone();
    }

    /// Whether observers are through with it: of a spawn that was refused they hear on a thread of their own.
    boolean isHeard() {
        return ended.get() == spawned.get();
    }

    /// What it failed with, if it did.
    @Nullable
    Throwable failure() {
        var known = job;
        return known != null && known.outcome().orElse(null) instanceof Outcome.Failed<?>(var failure) ? failure : null;
    }

    /// The job may run before its spawner has the handle.
    @Nullable
    Job<?> jobOrCurrent() {
        var known = job;
        return known != null
                ? known
                : Job.current()
                        .filter(current -> String.valueOf(number)
                                .equals(current.options().tags().get("node")))
                        .orElse(null);
    }

    void cancel() {
        cancelAsked = true;
        var target = jobOrCurrent();
        if (target != null && target.cancel()) {
            cancelsBegun.incrementAndGet();
        }
    }

    void enter(List<Crowd> crowds) {
        inside = true;
        group.crowd.enter();
        if (shared >= 0) {
            crowds.get(shared).enter();
        }
    }

    /// After a wait; a cancelled job goes on without its places.
    void enterAgain(List<Crowd> crowds) {
        if (Job.current().orElseThrow().state() != JobState.CANCELLING) {
            enter(crowds);
        }
    }

    void leave(List<Crowd> crowds) {
        if (inside) {
            inside = false;
            group.crowd.leave();
            if (shared >= 0) {
                crowds.get(shared).leave();
            }
        }
    }

    JobObservation observation() {
        spawned.incrementAndGet();
        return new JobObservation() {
            @Override
            public void starting() {
                starting.incrementAndGet();
            }

            @Override
            public void stopped() {
                stopped.incrementAndGet();
                interruptedInHook |= Thread.currentThread().isInterrupted();
            }

            @Override
            public void ended(Outcome<?> outcome) {
                heard = outcome;
                childLeftInHook |= childNodes().stream().anyMatch(Node::isUnfinished);
                ended.incrementAndGet();
            }
        };
    }

    @Override
    public String toString() {
        return (job == null ? "job" + number : job) + " depth " + depth + ", timeout " + timeout + ", supervised "
                + supervised
                + ", limit " + shared + ", watched " + watched + ", runs " + runs + ", threw " + threw + ", cancels "
                + cancelsBegun + ", handled " + handled + ", waiters " + waitersGotIt + ", hooks " + spawned + ' '
                + starting + ' ' + stopped + ' ' + ended + ", heard " + heard;
    }
}
