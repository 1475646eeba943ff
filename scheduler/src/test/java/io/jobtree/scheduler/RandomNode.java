package io.jobtree.scheduler;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;

/// One job of a [RandomTree]: what it was given to do, what happened to it, and whether its outcome is one that is
/// allowed.
final class RandomNode {
    private static final Duration ENDS = Duration.ofSeconds(20);

    final int number;
    final RandomTree.RandomScope scope;
    final long seed;
    final int depth;
    final boolean isBranch;
    final boolean supervised;
    final int childLimit;
    final int limit;
    final Object value = new Object();
    private final @Nullable Duration timeout;

    /// Whether the observer wants to hear of it: a job that nobody watches ends in fewer steps.
    final boolean watched;

    final AtomicInteger spawnedHeard = new AtomicInteger();
    final AtomicInteger startingHeard = new AtomicInteger();
    final AtomicInteger stoppedHeard = new AtomicInteger();
    final List<Throwable> handled = new CopyOnWriteArrayList<>();
    private final List<Outcome<?>> endedHeard = new CopyOnWriteArrayList<>();
    final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger cancelsBegun = new AtomicInteger();
    private volatile boolean cancelExpected;
    private volatile @Nullable Job<?> job;
    private volatile @Nullable Thread thread;
    volatile boolean rejected;
    volatile boolean joined;
    volatile RandomTree.@Nullable RandomScope children;
    volatile @Nullable Throwable threw;

    // Touched by the body's thread alone.
    private boolean inside;

    RandomNode(int number, RandomTree.RandomScope scope, long seed, int depth) {
        var random = new Random(seed + 1);
        this.number = number;
        this.scope = scope;
        this.seed = seed;
        this.depth = depth;
        this.isBranch = depth < 4 && random.nextInt(3) > 0;
        this.supervised = random.nextBoolean();
        this.childLimit = random.nextInt(4);
        this.limit = random.nextInt(4) - 2;
        this.timeout = random.nextInt(5) == 0 ? Duration.ofNanos(random.nextInt(5_000_000)) : null;
        this.watched = random.nextBoolean();
    }

    JobOptions drawOptions(List<Limit> limits) {
        var options = JobOptions.named("job" + number).withTag("node", String.valueOf(number));
        options = timeout == null ? options : options.withTimeout(timeout);
        options = supervised ? options.withSupervision() : options;
        options = childLimit > 0 ? options.withChildLimit(childLimit) : options;
        return limit < 0 ? options : options.withSharedLimit(limits.get(limit));
    }

    void spawned(@Nullable Job<?> spawned) {
        job = spawned;
        rejected = spawned == null;
    }

    @Nullable
    Job<?> job() {
        return job;
    }

    void heard(Outcome<?> outcome) {
        endedHeard.add(outcome);
    }

    void expectCancel() {
        cancelExpected = true;
    }

    void cancel() {
        expectCancel();
        // A job that cancels itself may run before its spawner has the handle.
        var target = Job.current().filter(this::isMine).<Job<?>>map(one -> one).orElse(job);
        if (target != null && target.cancel()) {
            cancelsBegun.incrementAndGet();
        }
    }

    private boolean isMine(Job<?> current) {
        return String.valueOf(number).equals(current.options().tags().get("node"));
    }

    void cancelAndJoin(Duration wait) throws InterruptedException {
        expectCancel();
        var target = job;
        if (target != null) {
            target.cancelAndJoin(wait);
        }
    }

    boolean isCancelled() {
        return Job.current().orElseThrow().state() == JobState.CANCELLING;
    }

    void enter(@Nullable Crowd limited) {
        thread = Thread.currentThread();
        inside = true;
        scope.crowd().enter();
        if (limited != null) {
            limited.enter();
        }
    }

    void leave(@Nullable Crowd limited) {
        if (inside) {
            inside = false;
            scope.crowd().leave();
            if (limited != null) {
                limited.leave();
            }
        }
    }

    void check(SoftAssertions softly, boolean closing) throws InterruptedException {
        var name = "job" + number;
        softly.assertThat(endedHeard).as("ended of %s", name).hasSize(spawnedHeard.get());
        softly.assertThat(spawnedHeard.get()).as("spawned of %s", name).isLessThanOrEqualTo(1);
        softly.assertThat(stoppedHeard.get()).as("stopped of %s", name).isEqualTo(startingHeard.get());
        softly.assertThat(startingHeard.get()).as("starting of %s", name).isLessThanOrEqualTo(1);
        softly.assertThat(runs.get()).as("runs of %s", name).isLessThanOrEqualTo(watched ? startingHeard.get() : 1);
        softly.assertThat(handled).as("handled of %s", name).hasSizeLessThanOrEqualTo(1);
        softly.assertThat(cancelsBegun.get()).as("cancels begun of %s", name).isLessThanOrEqualTo(1);
        var ran = thread;
        if (ran != null) {
            softly.assertThat(ran.join(ENDS))
                    .as("the thread of %s has ended", name)
                    .isTrue();
        }
        var done = job;
        if (done == null) {
            softly.assertThat(rejected).as("%s was rejected", name).isTrue();
            softly.assertThat(runs.get()).as("runs of rejected %s", name).isZero();
            return;
        }
        softly.assertThat(done.isDone()).as("%s is done", done).isTrue();
        done.outcome().ifPresent(outcome -> {
            if (outcome instanceof Outcome.Failed<?>(var failure) && !joined && !isOwnedByParent()) {
                softly.assertThat(handled).as("handled of %s", done).containsExactly(failure);
            }
            if (watched) {
                softly.assertThat(endedHeard).as("ended of %s", done).containsExactly(outcome);
            }
            softly.assertThat(isAllowed(outcome, closing))
                    .as(
                            "%s with %s; threw %s, cancels begun %s, timeout %s",
                            done, outcome, threw, cancelsBegun, timeout)
                    .isTrue();
        });
    }

    private boolean isOwnedByParent() {
        var parent = scope.owner();
        return parent != null && !parent.supervised;
    }

    private boolean isAllowed(Outcome<?> outcome, boolean closing) {
        return switch (outcome) {
            case Outcome.Succeeded<?>(var result) ->
                value.equals(result) && threw == null && runs.get() == 1 && cancelsBegun.get() == 0;
            case Outcome.Failed<?>(var failure) -> cancelsBegun.get() == 0 && isAllowed(failure);
            case Outcome.Cancelled<?>(var reason, var origin) ->
                cancelsBegun.get() == 0
                        ? isAllowed(reason, origin.orElse(null), closing)
                        : reason == CancelReason.REQUESTED && origin.isEmpty();
        };
    }

    @SuppressWarnings("ReferenceEquality") // the very object
    private boolean isAllowed(Throwable failure) {
        return failure == threw
                || (timeout != null && failure instanceof JobTimeoutException)
                || (isBranch && !supervised && children().anyMatch(child -> child.failure() == failure));
    }

    private Stream<RandomNode> children() {
        var mine = children;
        return mine == null ? Stream.empty() : mine.jobs().stream();
    }

    private @Nullable Throwable failure() {
        var done = job;
        return done != null && done.outcome().orElseThrow() instanceof Outcome.Failed<?>(var failure) ? failure : null;
    }

    private boolean isAllowed(CancelReason reason, @Nullable Job<?> origin, boolean closing) {
        var parent = scope.owner();
        return switch (reason) {
            case REQUESTED -> (cancelExpected || scope.cancelled().get()) && origin == null;
            case CLOSED -> closing && origin == null;
            case PARENT -> origin != null && isAbove(origin) && !succeeded(origin);
            case DEADLINE -> origin != null && isAncestor(origin) && isTimedOut(origin);
            case SIBLING_FAILED ->
                origin != null && parent != null && !parent.supervised && isSibling(origin) && failed(origin);
        };
    }

    private boolean isAncestor(Job<?> other) {
        for (@Nullable RandomNode at = scope.owner(); at != null; at = at.scope.owner()) {
            if (other.equals(at.job)) {
                return true;
            }
        }
        return false;
    }

    /// Whether it is an ancestor, or a failed sibling of one.
    private boolean isAbove(Job<?> other) {
        for (@Nullable RandomNode at = scope.owner(); at != null; at = at.scope.owner()) {
            if (other.equals(at.job) || (at.isSibling(other) && failed(other))) {
                return true;
            }
        }
        return false;
    }

    private boolean isSibling(Job<?> other) {
        return !other.equals(job) && scope.jobs().stream().anyMatch(one -> other.equals(one.job));
    }

    private static boolean succeeded(Job<?> job) {
        return job.outcome().orElseThrow() instanceof Outcome.Succeeded<?>;
    }

    private static boolean failed(Job<?> job) {
        return job.outcome().orElseThrow() instanceof Outcome.Failed<?>;
    }

    private static boolean isTimedOut(Job<?> job) {
        return job.outcome().orElseThrow() instanceof Outcome.Failed<?>(var failure)
                && failure instanceof JobTimeoutException;
    }
}
