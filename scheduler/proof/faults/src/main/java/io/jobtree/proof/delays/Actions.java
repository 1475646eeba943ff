package io.jobtree.proof.delays;

import io.jobtree.scheduler.Job;
import io.jobtree.scheduler.JobCancelledException;
import io.jobtree.scheduler.JobFailedException;
import io.jobtree.scheduler.JobScope;
import io.jobtree.scheduler.Limit;
import io.jobtree.scheduler.Outcome;
import io.jobtree.scheduler.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What threads and bodies do at random. A job waits only for its children and for siblings that were spawned
/// before it, so that no two wait for each other.
final class Actions {
    /// The name of what a shield runs: it has no node.
    static final String SHIELD = "shield";

    private static final int LEAF = 4;
    private static final Duration ENDS = Duration.ofSeconds(20);

    private final Group root;
    private final List<Limit> limits;
    private final List<Crowd> crowds;
    private final List<Node> nodes = new CopyOnWriteArrayList<>();
    private final AtomicInteger left;
    private final Report report;
    private volatile boolean closing;

    Actions(Group root, List<Limit> limits, int jobs, Report report) {
        this.root = root;
        this.limits = limits;
        this.crowds = limits.stream().map(limit -> new Crowd()).toList();
        this.left = new AtomicInteger(jobs);
        this.report = report;
    }

    Node node(Job<?> job) {
        return nodes.get(Integer.parseInt(job.options().tags().get("node")));
    }

    void closing() {
        closing = true;
    }

    private synchronized Node newNode(Group group, Random random, int depth) {
        var node = new Node(nodes.size(), group, depth, random, limits.size());
        nodes.add(node);
        report.job();
        return node;
    }

    // By threads that are no jobs

    void fromOutside(Random random) throws InterruptedException {
        report.operation();
        var any = nodes.isEmpty() ? null : nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> spawn(root, random, 0, true);
            case 4 -> spawn(root, random, 0, false);
            case 5, 6 -> join(any, random);
            case 7 -> cancel(any);
            case 8 -> cancelGroup(any, random);
            case 9 -> future(any, random);
            case 10 -> spawnBelow(any, random);
            default -> {
                var picture = root.scope.tree().toString();
                if (picture.isEmpty()) {
                    throw new AssertionError("a tree without a root");
                }
            }
        }
        if (random.nextInt(3) == 0) {
            LockSupport.parkNanos(random.nextInt(200_000));
        }
    }

    private void cancelGroup(@Nullable Node any, Random random) {
        var children = any == null ? null : any.children;
        if (random.nextInt(5) == 0) {
            root.cancel();
        } else if (children != null) {
            children.cancel();
        }
    }

    private void spawnBelow(@Nullable Node any, Random random) {
        var children = any == null ? null : any.children;
        if (children != null) {
            spawn(children, random, LEAF, true);
        }
    }

    private static void cancel(@Nullable Node node) {
        if (node != null) {
            node.cancel();
        }
    }

    private static void future(@Nullable Node node, Random random) {
        var job = node == null ? null : node.job;
        if (node == null || job == null) {
            return;
        }
        var future = job.toCompletableFuture();
        node.futures.add(future.whenComplete((value, thrown) -> {
            if (thrown != null) {
                node.waitersGotIt.incrementAndGet();
            }
        }));
        if (random.nextBoolean()) {
            node.cancelAsked = true;
            future.cancel(true);
        }
    }

    private void join(@Nullable Node target, Random random) throws InterruptedException {
        var job = target == null ? null : target.job;
        if (target == null || job == null) {
            return;
        }
        try {
            switch (random.nextInt(5)) {
                case 0 -> job.join();
                case 1 -> job.join(Duration.ofNanos(random.nextInt(1_000_000)));
                case 2 -> {
                    target.cancelAsked = true;
                    if (job.cancelAndJoin(Duration.ofNanos(random.nextInt(1_000_000)))) {
                        target.waitersGotIt.incrementAndGet();
                    }
                }
                case 3 -> {
                    if (job.await() instanceof Outcome.Failed<?>) {
                        target.waitersGotIt.incrementAndGet();
                    }
                }
                default -> job.join(Duration.ZERO);
            }
        } catch (JobFailedException failed) {
            target.waitersGotIt.incrementAndGet();
        } catch (JobCancelledException | TimeoutException allowed) {
            // Whatever became of it.
        }
    }

    private void spawn(Group group, Random random, int depth, boolean mayWait) {
        if (left.getAndDecrement() <= 0) {
            return;
        }
        var node = newNode(group, random, depth);
        node.rejected = true;
        var job = spawn(group.scope, node, mayWait);
        if (job != null) {
            node.job = job;
            node.rejected = false;
        }
        group.nodes.add(node);
    }

    private @Nullable Job<?> spawn(JobScope scope, Node node, boolean mayWait) {
        var options = node.options(limits);
        Callable<Integer> leaf = () -> body(node, null);
        if (!mayWait) {
            return scope.trySpawn(options, leaf).orElse(null);
        }
        return node.isBranch
                ? scope.spawn(options, inner -> body(node, new Group(inner, node.childLimit, node)))
                : scope.spawn(options, leaf);
    }

    // By bodies

    private Integer body(Node node, @Nullable Group children) throws Exception {
        node.runs.incrementAndGet();
        node.thread = Thread.currentThread();
        node.children = children;
        node.enter(crowds);
        var random = new Random(node.seed);
        try {
            if (children != null) {
                for (int i = random.nextInt(5); i > 0; i--) {
                    withChildren(node, children, random);
                }
            }
            end(node, random);
            return node.number;
        } catch (Throwable thrown) {
            node.threw = thrown;
            throw thrown;
        } finally {
            node.leave(crowds);
        }
    }

    private void withChildren(Node node, Group children, Random random) throws InterruptedException {
        report.operation();
        try {
            spawn(children, random, node.depth + 1, random.nextInt(4) > 0);
        } catch (RejectedExecutionException over) {
            return;
        }
        var child = children.any(random);
        switch (random.nextInt(8)) {
            case 0 -> cancel(child);
            case 1, 2 -> waiting(node, () -> join(child, random));
            case 3 -> children.cancel();
            case 4 -> future(child, random);
            default -> LockSupport.parkNanos(random.nextInt(50_000));
        }
    }

    private void end(Node node, Random random) throws InterruptedException {
        report.operation();
        switch (random.nextInt(13)) {
            case 0, 1 -> throw new Node.Meant(node.number);
            case 2 -> Thread.sleep(random.nextInt(3));
            case 3 -> linger(random.nextInt(1_500_000));
            case 4 -> Thread.currentThread().interrupt();
            case 5 -> node.cancel();
            case 6 -> waitForOlderSibling(node, random);
            case 7 -> spawnQuietly(node, node.group, random, node.group.owner != null);
            case 8 -> shield(node, random);
            case 9 -> cancel(node.group.any(random));
            case 10 -> spawnQuietly(node, root, random, true);
            default -> LockSupport.parkNanos(random.nextInt(100_000));
        }
    }

    private void waitForOlderSibling(Node node, Random random) throws InterruptedException {
        var older = node.group.nodes.stream()
                .filter(one -> one.number < node.number)
                .toList();
        if (!older.isEmpty()) {
            var target = older.get(random.nextInt(older.size()));
            waiting(node, () -> join(target, random));
        }
    }

    private void spawnQuietly(Node node, Group into, Random random, boolean mayWait) throws InterruptedException {
        waiting(node, () -> {
            try {
                spawn(into, random, LEAF, mayWait);
            } catch (RejectedExecutionException over) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("while it waited for room");
                }
            }
        });
    }

    private void shield(Node node, Random random) throws InterruptedException {
        waiting(node, () -> {
            try {
                ((Scheduler) root.scope).shield(SHIELD, () -> {
                    LockSupport.parkNanos(random.nextInt(300_000));
                    return 1;
                });
            } catch (RejectedExecutionException | JobCancelledException closed) {
                // Or cancelled by the close.
            }
        });
    }

    /// Something in which a job gives its places up.
    private interface Wait {
        void run() throws InterruptedException;
    }

    private void waiting(Node node, Wait wait) throws InterruptedException {
        node.leave(crowds);
        wait.run();
        node.enterAgain(crowds);
    }

    /// Goes on for a while, whatever interrupts come.
    private static void linger(int nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(50_000);
        }
    }

    // At the end

    void awaitThreads(BiConsumer<String, Object> wrong) throws InterruptedException {
        for (var node : nodes) {
            var thread = node.thread;
            if (thread != null && !thread.join(ENDS)) {
                wrong.accept("a thread is left", node);
            }
            if (node.rejected) {
                await(node::isHeard);
            }
            for (var future : node.futures) {
                // On a thread of its own.
                if (!await(future::isDone)) {
                    wrong.accept("a future is left", node);
                }
            }
        }
    }

    private static boolean await(BooleanSupplier over) throws InterruptedException {
        long end = System.nanoTime() + ENDS.toNanos();
        while (!over.getAsBoolean()) {
            if (System.nanoTime() >= end) {
                return false;
            }
            Thread.sleep(1);
        }
        return true;
    }

    void check(BiConsumer<String, Object> wrong) throws InterruptedException {
        for (int i = 0; i < limits.size(); i++) {
            var limit = limits.get(i);
            boolean over = await(() -> limit.taken() + limit.waiting() == 0);
            if (!over || crowds.get(i).most() > limit.places()) {
                wrong.accept("shared limit", limit + ", " + crowds.get(i).most() + " at once");
            }
        }
        new Model(root, nodes, closing, wrong).check();
    }
}
