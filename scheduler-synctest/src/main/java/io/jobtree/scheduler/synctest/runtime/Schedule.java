package io.jobtree.scheduler.synctest.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The threads that can run, and which of them is next: the first come, or one drawn with the seed.
///
/// **Threads:** the driver's, and the bubble's threads while they run on it.
final class Schedule {
    private static final Comparator<Member> BY_START = Comparator.comparingInt(member -> member.ordinal);

    private final List<Member> runnable = new ArrayList<>();
    private final @Nullable SplittableRandom random;
    private final int oneIn;

    private Schedule(@Nullable SplittableRandom random) {
        this.random = random;
        // Some bugs want a switch at each step, others one in a long run: the seed chooses.
        oneIn = random == null ? 0 : 2 << random.nextInt(3);
    }

    static Schedule firstInFirstOut() {
        return new Schedule(null);
    }

    static Schedule seeded(long seed) {
        return new Schedule(new SplittableRandom(seed));
    }

    boolean isSeeded() {
        return random != null;
    }

    void add(Member member) {
        runnable.add(member);
    }

    /// Adds what platform threads of the JDK submitted, whose own order is chance.
    void addUnordered(List<Member> members) {
        members.sort(BY_START);
        runnable.addAll(members);
    }

    boolean isEmpty() {
        return runnable.isEmpty();
    }

    @Nullable
    Member next() {
        if (runnable.isEmpty()) {
            return null;
        }
        if (random == null || runnable.size() == 1) {
            return runnable.removeFirst();
        }
        runnable.sort(BY_START);
        return runnable.remove(random.nextInt(runnable.size()));
    }

    /// Whether the running thread is to yield here.
    boolean yieldsHere() {
        return random != null && random.nextInt(oneIn) == 0;
    }
}
