package io.jobtree.scheduler.junit5;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The births of living threads of owners that watch threads. A birth is reachable from its thread only, and gone
/// with it.
final class ThreadBirths {
    private static final int NEAR = 8;

    private final Set<WeakReference<ThreadBirth>> births = ConcurrentHashMap.newKeySet();
    private final ReferenceQueue<ThreadBirth> gone = new ReferenceQueue<>();

    ThreadBirth add(Owner owner) {
        // First of all, so that no other thread gets an id in between.
        var birth = new ThreadBirth(owner);
        for (var dead = gone.poll(); dead != null; dead = gone.poll()) {
            births.remove(dead);
        }
        births.add(new WeakReference<>(birth, gone));
        return birth;
    }

    /// The births by the bounds of their threads' ids, at one moment.
    NavigableMap<Long, ThreadBirth> alive() {
        NavigableMap<Long, ThreadBirth> alive = new TreeMap<>();
        for (WeakReference<ThreadBirth> reference : births) {
            ThreadBirth birth = reference.get();
            if (birth != null) {
                alive.put(birth.idBelow(), birth);
            }
        }
        return alive;
    }

    /// The births of virtual threads that are proven to live: what a collection of garbage leaves over. Where none
    /// can be had, none are proven.
    List<ThreadBirth> aliveAfterCollection(Predicate<ThreadBirth> wanted) {
        if (!isAny(wanted)) {
            return List.of();
        }
        var canary = new WeakReference<>(new Object());
        System.gc();
        if (canary.get() != null) {
            return List.of();
        }
        return alive().values().stream()
                .filter(wanted)
                .filter(ThreadBirth::isOfVirtualThread)
                .toList();
    }

    private boolean isAny(Predicate<ThreadBirth> wanted) {
        for (WeakReference<ThreadBirth> reference : births) {
            ThreadBirth birth = reference.get();
            if (birth != null && wanted.test(birth)) {
                return true;
            }
        }
        return false;
    }

    /// The birth of the thread of that id, if that is certain: a thread and its birth take two ids in a row, unless
    /// another thread took one at the same time. Then the next birth is its, if no other owner's is near.
    static @Nullable ThreadBirth of(long threadId, NavigableMap<Long, ThreadBirth> alive) {
        ThreadBirth exact = alive.get(threadId + 1);
        if (exact != null && isSameOwner(exact, alive.get(threadId + 2))) {
            return exact;
        }
        ThreadBirth first = exact;
        for (ThreadBirth near : near(threadId, alive)) {
            if (first == null) {
                first = near;
            } else if (!isSameOwner(first, near)) {
                return null;
            }
        }
        return first;
    }

    /// Those that may be the thread's, at most a few ids above it.
    static Collection<ThreadBirth> near(long threadId, NavigableMap<Long, ThreadBirth> alive) {
        return alive.subMap(threadId + 1, threadId + NEAR).values();
    }

    private static boolean isSameOwner(ThreadBirth birth, @Nullable ThreadBirth other) {
        return other == null || other.owner() == birth.owner();
    }
}
