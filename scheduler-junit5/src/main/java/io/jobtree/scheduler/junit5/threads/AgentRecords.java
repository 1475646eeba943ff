package io.jobtree.scheduler.junit5.threads;

import io.jobtree.scheduler.junit5.find.CurrentOrigin;
import io.jobtree.scheduler.junit5.find.ForeignObjects;
import io.jobtree.scheduler.junit5.find.Frames;
import io.jobtree.scheduler.junit5.find.Origin;
import io.jobtree.scheduler.junit5.find.Site;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What the agent's hook has heard of: which threads, executors and task scopes were started, where, and by what.
///
/// **Threads:** called by any thread that starts one, in the middle of the JDK: takes no lock that a user could hold.
final class AgentRecords {
    /// Of one origin the first that many threads keep their place.
    private static final int MAX_SITES = 200;

    private final Map<Key, Started> executors = new ConcurrentHashMap<>();
    private final Map<Origin, OfOrigin> byOrigin = new ConcurrentHashMap<>();
    private final ReferenceQueue<Object> gone = new ReferenceQueue<>();

    /// Weak on an object, and compares by its identity.
    private static final class Key extends WeakReference<Object> {
        private final int hash;

        Key(Object object, @Nullable ReferenceQueue<Object> gone) {
            super(object, gone);
            this.hash = System.identityHashCode(object);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            Object object = get();
            return this == other || (other instanceof Key key && object != null && key.refersTo(object));
        }
    }

    /// A thread, executor or task scope; its origin is null if it was started by nothing that is watched.
    static final class Started {
        final Reference<Object> object;
        final @Nullable Origin origin;
        final @Nullable Site site;
        final Living threads = new Living();
        volatile boolean closed;
        volatile boolean reported;

        Started(Object object, @Nullable Origin origin, @Nullable Site site) {
            this.object = new WeakReference<>(object);
            this.origin = origin;
            this.site = site;
        }

        /// A thread that is about to start counts as alive.
        boolean isAlive() {
            return switch (object.get()) {
                case null -> false;
                case Thread thread -> ForeignObjects.state(thread) != Thread.State.TERMINATED;
                case ExecutorService executor ->
                    !ForeignObjects.isTerminated(executor) && !(ForeignObjects.isShutdown(executor) && !hasThreads());
                default -> !closed;
            };
        }

        private boolean hasThreads() {
            return threads.all().stream().anyMatch(Started::isAlive);
        }

        /// The JDK makes it for itself, and not for a group of channels, which somebody has opened.
        boolean isJdks() {
            StackTraceElement maker = maker();
            return maker != null && Frames.isPlatform(maker) && !isOfChannelGroup();
        }

        private boolean isOfChannelGroup() {
            return site != null
                    && site.frames().stream()
                            .anyMatch(
                                    frame -> frame.getClassName().equals("java.nio.channels.AsynchronousChannelGroup"));
        }

        /// The engine makes it for its jobs, or the check for itself.
        boolean isEngines() {
            StackTraceElement maker = maker();
            return maker != null && Frames.isOwn(maker);
        }

        /// What called the JDK's classes for everybody.
        private @Nullable StackTraceElement maker() {
            boolean isPastHook = false;
            for (StackTraceElement frame : site == null ? List.<StackTraceElement>of() : site.frames()) {
                if (!isPastHook) {
                    isPastHook = frame.getClassName().equals(AgentSearch.HOOK);
                } else if (!frame.getClassName().startsWith("java.")
                        && !frame.getClassName().startsWith("jdk.internal.misc.")
                        && !frame.getClassName().startsWith("jdk.internal.vm.")
                        && !frame.getClassName().equals(AgentSearch.HOOK)) {
                    return frame;
                }
            }
            return null;
        }
    }

    /// Keeps what lives, and lets go of what does not as it grows.
    static final class Living {
        private static final int FIRST_LIMIT = 64;

        private List<Started> list = new ArrayList<>();
        private int limit = FIRST_LIMIT;

        synchronized void add(Started started) {
            if (list.size() >= limit) {
                list.removeIf(each -> !each.isAlive());
                limit = Math.max(FIRST_LIMIT, 2 * list.size());
            }
            list.add(started);
        }

        synchronized List<Started> all() {
            return List.copyOf(list);
        }
    }

    static final class OfOrigin {
        final Living started = new Living();
        final AtomicInteger sites = new AtomicInteger();
    }

    /// @param container what joins threads with their executor; null if there is none
    void created(Object object, @Nullable Object container) {
        for (var dead = gone.poll(); dead != null; dead = gone.poll()) {
            executors.remove(dead);
        }
        Origin origin = CurrentOrigin.get();
        if (origin != null && !origin.settings().watchesThreads()) {
            origin = null;
        }
        if (object instanceof Thread) {
            threadStarted(object, container, origin);
        } else if (container != null && !executors.containsKey(new Key(container, null))) {
            var started = new Started(object, origin, Site.here());
            executors.put(new Key(container, gone), started);
            if (origin != null) {
                of(origin).started.add(started);
            }
        }
    }

    private void threadStarted(Object thread, @Nullable Object container, @Nullable Origin origin) {
        Started executor = container == null ? null : executors.get(new Key(container, null));
        if (executor == null && (origin == null || container != null)) {
            return;
        }
        boolean takesSite = origin != null && takesSite(origin);
        var started = new Started(thread, origin, takesSite ? Site.here() : null);
        if (executor != null) {
            executor.threads.add(started);
        } else if (origin != null) {
            of(origin).started.add(started);
        }
    }

    private boolean takesSite(Origin origin) {
        AtomicInteger sites = of(origin).sites;
        return switch (origin.settings().sites()) {
            case OFF -> false;
            case FULL -> true;
            case AUTO -> sites.get() < MAX_SITES && sites.getAndIncrement() < MAX_SITES;
        };
    }

    private OfOrigin of(Origin origin) {
        return byOrigin.computeIfAbsent(origin, key -> new OfOrigin());
    }

    /// @param container of a task scope
    void closed(Object container) {
        Started started = executors.get(new Key(container, null));
        if (started != null) {
            started.closed = true;
        }
    }

    void reported(Object executor) {
        Started started = executors.get(new Key(executor, null));
        if (started != null) {
            started.reported = true;
        }
    }

    /// Of an origin and those below it, what lives.
    List<Started> within(Origin origin) {
        return byOrigin.entrySet().stream()
                .filter(entry -> entry.getKey().isWithin(origin))
                .flatMap(entry -> entry.getValue().started.all().stream())
                .filter(Started::isAlive)
                .toList();
    }

    void forget(Origin origin) {
        byOrigin.keySet().removeIf(each -> each.isWithin(origin));
    }
}
