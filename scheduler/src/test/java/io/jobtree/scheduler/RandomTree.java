package io.jobtree.scheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;

/// Random jobs: what each does is drawn when it is spawned, what it did is kept in its [RandomNode].
///
/// A job waits only for its own children and for siblings spawned before it, so that no two wait for each other.
final class RandomTree {
    private static final int DEPTH = 4;

    private final List<Limit> limits;
    private final List<Crowd> limitCrowds = new ArrayList<>();
    private final List<RandomNode> nodes = new CopyOnWriteArrayList<>();
    private final List<RandomScope> scopes = new CopyOnWriteArrayList<>();
    private volatile boolean closing;

    RandomTree(List<Limit> limits) {
        this.limits = limits;
        limits.forEach(limit -> limitCrowds.add(new Crowd()));
    }

    /// A scope with the jobs spawned into it, and how many of their bodies run.
    record RandomScope(
            JobScope scope,
            int limit,
            @Nullable RandomNode owner,
            List<RandomNode> jobs,
            Crowd crowd,
            AtomicBoolean cancelled) {
        void cancel() {
            cancelled.set(true);
            scope.cancel();
        }

        RandomNode any(Random random) {
            return jobs.get(random.nextInt(jobs.size()));
        }
    }

    RandomScope root(Scheduler scheduler, int limit) {
        return scope(scheduler, limit, null);
    }

    private RandomScope scope(JobScope scope, int limit, @Nullable RandomNode owner) {
        var made = new RandomScope(scope, limit, owner, new CopyOnWriteArrayList<>(), new Crowd(), new AtomicBoolean());
        if (owner != null) {
            owner.children = made;
        }
        scopes.add(made);
        return made;
    }

    JobObserver observer() {
        var hooks = new Hooks()
                .onSpawned(job -> node(job).spawnedHeard.incrementAndGet())
                .onStarting(job -> node(job).startingHeard.incrementAndGet())
                .onStopped(job -> node(job).stoppedHeard.incrementAndGet())
                .onEnded((job, outcome) -> node(job).heard(outcome));
        return job -> node(job).watched ? hooks.spawned(job) : JobObservation.NONE;
    }

    void failureHandled(Job<?> job, Throwable failure) {
        node(job).handled.add(failure);
    }

    /// Cancellations with CLOSED are allowed from now on.
    void closing() {
        closing = true;
    }

    private RandomNode node(Job<?> job) {
        return nodes.get(Integer.parseInt(job.options().tags().get("node")));
    }

    private synchronized RandomNode newNode(RandomScope scope, Random random, int depth) {
        var node = new RandomNode(nodes.size(), scope, random.nextLong(), depth);
        nodes.add(node);
        return node;
    }

    /// Spawns, joins or cancels from a thread that is no job.
    void actFromOutside(RandomScope scope, Random random) throws InterruptedException {
        var node = spawn(scope, random, 0, true);
        switch (random.nextInt(6)) {
            case 0 -> node.cancel();
            case 1 -> join(node, random);
            case 2 -> scope.any(random).cancel();
            case 3 -> {
                if (random.nextInt(6) == 0) {
                    scope.cancel();
                }
            }
            default -> LockSupport.parkNanos(random.nextInt(200_000));
        }
    }

    private RandomNode spawn(RandomScope scope, Random random, int depth, boolean mayWait) {
        var node = newNode(scope, random, depth);
        var options = node.drawOptions(limits);
        var failed = true;
        try {
            node.spawned(spawn(scope.scope(), options, node, mayWait));
            failed = false;
        } finally {
            if (failed) {
                node.rejected = true;
            }
        }
        scope.jobs().add(node);
        return node;
    }

    private @Nullable Job<?> spawn(JobScope scope, JobOptions options, RandomNode node, boolean mayWait) {
        if (!mayWait) {
            return scope.trySpawn(options, () -> body(node, null)).orElse(null);
        }
        return node.isBranch
                ? scope.spawn(options, inner -> body(node, scope(inner, node.childLimit, node)))
                : scope.spawn(options, () -> body(node, null));
    }

    private Object body(RandomNode node, @Nullable RandomScope children) throws Exception {
        node.runs.incrementAndGet();
        node.enter(crowdOf(node));
        var random = new Random(node.seed);
        try {
            if (children != null) {
                for (var i = random.nextInt(5); i > 0; i--) {
                    actFromInside(node, children, random);
                }
            }
            return end(node, random);
        } catch (Throwable thrown) {
            node.threw = thrown;
            throw thrown;
        } finally {
            node.leave(crowdOf(node));
        }
    }

    private @Nullable Crowd crowdOf(RandomNode node) {
        return node.limit < 0 ? null : limitCrowds.get(node.limit);
    }

    private void actFromInside(RandomNode self, RandomScope children, Random random) throws InterruptedException {
        RandomNode child;
        try {
            child = spawn(children, random, self.depth + 1, true);
        } catch (RejectedExecutionException ended) {
            return;
        }
        switch (random.nextInt(9)) {
            case 0 -> child.cancel();
            case 1, 2, 3 -> waiting(self, () -> join(child, random));
            case 4 -> children.cancel();
            case 5 -> waitForOlderSibling(self, random);
            case 6 -> spawnSibling(self, random);
            default -> LockSupport.parkNanos(random.nextInt(100_000));
        }
    }

    private void waitForOlderSibling(RandomNode self, Random random) throws InterruptedException {
        var older = self.scope.jobs().stream()
                .filter(job -> job.number < self.number)
                .toList();
        if (!older.isEmpty()) {
            var target = older.get(random.nextInt(older.size()));
            waiting(self, () -> join(target, random));
        }
    }

    /// Never waits for the pending limit, which its own place might hold up.
    private void spawnSibling(RandomNode self, Random random) {
        try {
            spawn(self.scope, random, DEPTH, false);
        } catch (RejectedExecutionException allowed) {
            // The scope has ended.
        }
    }

    /// Something that may wait for another job.
    private interface Waits {
        void run() throws InterruptedException;
    }

    /// Waits as a job that gives its places up; a cancelled one goes on without them.
    private void waiting(RandomNode self, Waits waits) throws InterruptedException {
        self.leave(crowdOf(self));
        var interrupted = true;
        try {
            waits.run();
            interrupted = false;
        } finally {
            if (!interrupted && !self.isCancelled()) {
                self.enter(crowdOf(self));
            }
        }
    }

    private static void join(RandomNode target, Random random) throws InterruptedException {
        var job = target.job();
        if (job == null) {
            return;
        }
        target.joined = true;
        try {
            switch (random.nextInt(4)) {
                case 0 -> job.join();
                case 1 -> job.join(Duration.ofNanos(random.nextInt(2_000_000)));
                case 2 -> target.cancelAndJoin(Duration.ofMillis(random.nextInt(3)));
                default -> job.await();
            }
        } catch (JobFailedException | JobCancelledException | TimeoutException allowed) {
            // Whatever became of it.
        }
    }

    private static Object end(RandomNode node, Random random) throws Exception {
        switch (random.nextInt(12)) {
            case 0 -> throw new IllegalStateException("failure of " + node.number);
            case 1 -> throw new AssertionError("error of " + node.number);
            case 2 -> Thread.sleep(random.nextInt(4));
            case 3 -> linger(random.nextInt(3_000_000));
            case 4 -> Thread.currentThread().interrupt();
            case 5 -> node.cancel();
            default -> LockSupport.parkNanos(random.nextInt(300_000));
        }
        return node.value;
    }

    /// Goes on for a while, whatever interrupts come.
    private static void linger(int nanos) {
        var end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(50_000);
        }
    }

    void check(SoftAssertions softly) throws InterruptedException {
        for (var scope : scopes) {
            if (scope.limit() > 0) {
                softly.assertThat(scope.crowd().most())
                        .as("bodies of %s", scope.scope().name())
                        .isLessThanOrEqualTo(scope.limit());
            }
        }
        for (var i = 0; i < limits.size(); i++) {
            softly.assertThat(limitCrowds.get(i).most())
                    .as("bodies with %s", limits.get(i))
                    .isLessThanOrEqualTo(limits.get(i).places());
        }
        for (var node : nodes) {
            node.check(softly, closing);
        }
    }
}
