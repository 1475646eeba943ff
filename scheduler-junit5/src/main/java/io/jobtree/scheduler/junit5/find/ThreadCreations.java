package io.jobtree.scheduler.junit5.find;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The creations of living threads of origins that watch threads. A creation is reachable from its thread only, and
/// collected with it.
public final class ThreadCreations {
    /// Of one origin that many are kept.
    static final int MAX_KEPT = 20_000;

    /// Of one origin the first that many keep their place.
    private static final int MAX_SITES = 200;

    /// How far apart the ids of a thread and its creation may be.
    public static final int NEAR = 8;

    private final ConcurrentSkipListMap<Long, Kept> byId = new ConcurrentSkipListMap<>();
    private final Map<Origin, OfOrigin> byOrigin = new ConcurrentHashMap<>();
    private final ReferenceQueue<ThreadCreation> gone = new ReferenceQueue<>();

    private static final class Kept extends WeakReference<ThreadCreation> {
        final long idBelow;
        final OfOrigin of;

        Kept(ThreadCreation creation, OfOrigin of, ReferenceQueue<ThreadCreation> gone) {
            super(creation, gone);
            this.idBelow = creation.idBelow();
            this.of = of;
        }
    }

    private static final class OfOrigin {
        final ConcurrentSkipListMap<Long, Kept> kept = new ConcurrentSkipListMap<>();
        final AtomicInteger size = new AtomicInteger();
        final AtomicInteger sites = new AtomicInteger();
    }

    ThreadCreation created(Origin origin) {
        OfOrigin of = byOrigin.computeIfAbsent(origin, key -> new OfOrigin());
        // First of all, so that no other thread gets an id in between.
        var creation = new ThreadCreation(origin, takesSite(origin, of));
        removeGone();
        if (of.size.incrementAndGet() > MAX_KEPT) {
            of.size.decrementAndGet();
            return creation;
        }
        var kept = new Kept(creation, of, gone);
        of.kept.put(kept.idBelow, kept);
        byId.put(kept.idBelow, kept);
        return creation;
    }

    private static boolean takesSite(Origin origin, OfOrigin of) {
        return switch (origin.settings().sites()) {
            case OFF -> false;
            case FULL -> true;
            case AUTO -> of.sites.get() < MAX_SITES && of.sites.getAndIncrement() < MAX_SITES;
        };
    }

    private void removeGone() {
        for (var dead = gone.poll(); dead != null; dead = gone.poll()) {
            if (dead instanceof Kept kept) {
                byId.remove(kept.idBelow, kept);
                kept.of.kept.remove(kept.idBelow);
                kept.of.size.decrementAndGet();
            }
        }
    }

    /// How many threads were created under an origin and the ones below it, and may live.
    public int count(Origin origin) {
        removeGone();
        return byOrigin.entrySet().stream()
                .filter(entry -> entry.getKey().isWithin(origin))
                .mapToInt(entry -> entry.getValue().size.get())
                .sum();
    }

    /// Those of an origin and the ones below it, by their ids; dead ones among them that were not collected yet.
    public List<ThreadCreation> of(Origin origin) {
        removeGone();
        return byOrigin.entrySet().stream()
                .filter(entry -> entry.getKey().isWithin(origin))
                .flatMap(entry -> entry.getValue().kept.values().stream())
                .<ThreadCreation>mapMulti((kept, sink) -> {
                    ThreadCreation creation = kept.get();
                    if (creation != null) {
                        sink.accept(creation);
                    }
                })
                .toList();
    }

    /// Those of virtual threads that are proven to live: what a garbage collection leaves over. Where none can be
    /// had, none are proven.
    public List<ThreadCreation> ofLivingVirtualThreads(Origin origin) {
        var canary = new WeakReference<>(new Object());
        System.gc();
        if (canary.get() != null) {
            return List.of();
        }
        return of(origin).stream().filter(ThreadCreation::mayBeOfVirtualThread).toList();
    }

    /// Nothing of the origin, or below it, is asked for again. Its threads that still live are known to be nobody
    /// else's.
    public void forget(Origin origin) {
        byOrigin.keySet().removeIf(each -> each.isWithin(origin));
    }

    /// The creation of the thread of that id, if that is certain: a thread and its creation take two ids in a row,
    /// unless another thread took one at the same time. Then the next creation is its that is no other living
    /// thread's, if none of another origin is near that may be its as well. A thread that inherits nothing
    /// has none.
    ///
    /// @param isOtherThreads whether that id is a living thread's
    /// @param fits whether the creation may be the thread's, as far as its stack tells
    public @Nullable ThreadCreation of(long threadId, LongPredicate isOtherThreads, Predicate<ThreadCreation> fits) {
        ThreadCreation found = null;
        List<ThreadCreation> skipped = new ArrayList<>();
        for (ThreadCreation near : near(threadId)) {
            long before = near.idBelow() - 1;
            if (!fits.test(near)
                    || (before != threadId && threadId < near.origin().threadsFrom())) {
                continue;
            }
            boolean isOthers = before != threadId && isOtherThreads.test(before);
            if (found == null && isOthers) {
                // Of one of the two, who both lie before it; the next one is of the other.
                skipped.add(near);
            } else if (found == null) {
                found = near;
            } else if (!isOthers && !isSameOrigin(found, near)) {
                boolean isNext = found.idBelow() == threadId + 1 && near.idBelow() > threadId + 2;
                return isNext && !isOtherThreads.test(threadId - 1) ? found : null;
            }
        }
        for (ThreadCreation other : skipped) {
            if (found != null && !isSameOrigin(found, other)) {
                return null;
            }
        }
        return found;
    }

    /// Those that may be the thread's, at most a few ids above it.
    public Collection<ThreadCreation> near(long threadId) {
        return byId.subMap(threadId + 1, threadId + NEAR).values().stream()
                .<ThreadCreation>mapMulti((kept, sink) -> {
                    ThreadCreation creation = kept.get();
                    if (creation != null) {
                        sink.accept(creation);
                    }
                })
                .toList();
    }

    private static boolean isSameOrigin(ThreadCreation creation, ThreadCreation other) {
        return other.origin() == creation.origin();
    }
}
