package io.jobtree.scheduler.junit5.decide;

import io.jobtree.scheduler.junit5.AllowLeakedJobs.Kind;
import io.jobtree.scheduler.junit5.NoLeakedJobs.Scope;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.Origin.Level;
import io.jobtree.scheduler.junit5.leak.ThreadLeak;
import io.jobtree.scheduler.junit5.threads.Found;
import io.jobtree.scheduler.junit5.threads.Placement;
import io.jobtree.scheduler.junit5.threads.ThreadSearch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// The threads and executors that one test, class or session has to answer for, as they were at the last look.
final class Leftovers {
    private static final long MAX_COLLECTION_NANOS = 100_000_000;
    private static final long COLLECTION_POLL_NANOS = 10_000_000;

    private final ThreadSearch search;
    private final Origin origin;
    private final Map<String, Placement> placements = new HashMap<>();
    private final Set<String> restless;
    private List<Found> last = List.of();

    private boolean defersSleepers;

    /// Whether something may be left that is to be asked for again after the class or the session.
    private boolean isDeferred = true;

    Leftovers(Session session, Origin origin) {
        this.search = session.threads();
        this.restless = session.restless();
        this.origin = origin;
    }

    List<Found> look() {
        if (!origin.settings().watchesThreads() && origin.level() != Level.SESSION) {
            return List.of();
        }
        isDeferred = false;
        List<Found> own = new ArrayList<>();
        for (Found found : search.left(origin)) {
            if (isAllowed(found)) {
                isDeferred = true;
                if (found.origin() == null) {
                    search.markReported(List.of(found)); // the run does not know what its class allows
                }
            } else if (isReportedHere(found)) {
                own.add(found);
            } else {
                isDeferred = true;
            }
        }
        last = own;
        return own;
    }

    private boolean isAllowed(Found found) {
        Origin from = found.origin();
        return found.isAllowedBy(origin) || (from != null && found.isAllowedBy(from));
    }

    /// What was to be reported below, but came too late for that, is reported here.
    private boolean isReportedHere(Found found) {
        if (origin.level() != Level.SESSION && found.isEnding()) {
            return false;
        }
        if (defersSleepers && found.isInSleep()) {
            return false;
        }
        Origin reporter = placement(found).reporter();
        return reporter != null && reporter.isWithin(origin);
    }

    private Placement placement(Found found) {
        Origin from = found.origin();
        return placements.computeIfAbsent(
                found.key(), key -> from == null ? Placement.ofUnknown(found, origin) : Placement.of(found, from));
    }

    private static boolean mayEndItself(Found found) {
        return found.kind() != Kind.THREAD && (found.kind() != Kind.TIMER || found.endsWhenForgotten());
    }

    /// Where nothing is left but what ends when it is forgotten, waiting for anything else is in vain.
    void collectIfForgotten() {
        if (!last.isEmpty() && last.stream().allMatch(Found::endsWhenForgotten)) {
            collectGarbage();
        }
    }

    /// What nothing refers to any more may end itself: some executors and HTTP clients do.
    void collectGarbage() {
        if (last.stream().noneMatch(Leftovers::mayEndItself)) {
            return;
        }
        last = List.of(); // which refers to it
        System.gc();
        long end = System.nanoTime() + MAX_COLLECTION_NANOS;
        while (!look().isEmpty() && System.nanoTime() < end) {
            LockSupport.parkNanos(COLLECTION_POLL_NANOS);
        }
    }

    boolean isEmpty() {
        return last.isEmpty();
    }

    /// Whether something only sleeps, and so may end when it wakes up.
    boolean isAnyAsleep() {
        return last.stream().anyMatch(found -> found.isAsleep() && !restless.contains(found.place()));
    }

    /// Whether something that was left to the end of all tests is yet to end.
    boolean isAnyEnding() {
        return last.stream().anyMatch(Found::isEnding);
    }

    /// Leaves to the class what only sleeps: it may have been asked to end, and then has by the time the class is over.
    ///
    /// @return whether anything sleeps
    boolean deferSleepers() {
        Origin parent = origin.parent();
        defersSleepers = origin.level() == Level.TEST
                && origin.settings().scope() == Scope.AUTO
                && origin.settings().expected() == null
                && parent != null
                && parent.level() == Level.CLASS
                && parent.settings().watchesThreads()
                && last.stream().anyMatch(Found::isInSleep);
        return defersSleepers;
    }

    /// What was made in the same place was waited for in vain.
    void markRestless() {
        last.forEach(found -> restless.add(found.place()));
    }

    /// Freezes what is left, which is then nobody else's.
    List<ThreadLeak> report() {
        search.markReported(last);
        return last.stream()
                .sorted(Comparator.comparing(Leftovers::isThreadOfItsOwn).thenComparing(Found::kind))
                .map(found -> found.freeze(placement(found)))
                .toList();
    }

    /// Executors come first: they have more to tell.
    private static boolean isThreadOfItsOwn(Found found) {
        return found.kind() == Kind.THREAD || found.kind() == Kind.CLEANER;
    }

    /// What is left belongs to no test.
    void ignore() {
        if (origin.settings().watchesThreads()) {
            search.markReported(search.left(origin));
        }
        isDeferred = false;
    }

    void end() {
        search.ended(origin);
        if (!isDeferred && origin.level() != Level.SESSION) {
            search.forget(origin);
        }
    }
}
