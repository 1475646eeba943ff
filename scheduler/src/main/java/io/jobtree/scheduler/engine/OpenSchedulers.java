package io.jobtree.scheduler.engine;

import io.jobtree.scheduler.Scheduler;
import io.jobtree.scheduler.platform.CountedSet;
import io.jobtree.scheduler.platform.Log;
import io.jobtree.scheduler.platform.PollingLock;
import io.jobtree.scheduler.platform.Retry;
import io.jobtree.scheduler.platform.Threads;
import io.jobtree.scheduler.platform.Timers;
import io.jobtree.scheduler.text.Texts;
import java.lang.StackWalker.StackFrame;
import java.lang.System.Logger.Level;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The schedulers that are open in this process, and what is said of those that are dropped.
///
/// While one is open there are a [ShutdownHook], and a virtual thread, which reports those that
/// were dropped. With the last one the hook goes, and soon after it the thread, if none came
/// meanwhile: then nothing holds the class loader of an application that has ended.
final class OpenSchedulers {
    private static final CountedSet<Entry> ENTRIES = new CountedSet<>();

    /// Those that are closed, and have jobs that would not stop.
    private static final Set<WeakReference<RootScope>> OUTLIVED = ConcurrentHashMap.newKeySet();

    /// About how many frames of this library are above that of a caller of `open`.
    private static final int OPENING_FRAMES = 6;

    private static final AtomicLong COUNT = new AtomicLong();
    private static final ReferenceQueue<RootScope> DROPPED = new ReferenceQueue<>();
    private static final StackWalker WALKER =
            StackWalker.getInstance(Set.of(StackWalker.Option.RETAIN_CLASS_REFERENCE), OPENING_FRAMES);

    private static final PollingLock LOCK = new PollingLock();

    // Guarded by LOCK.
    private static @Nullable Thread hook;
    private static @Nullable Thread watcher;

    private static boolean isStopDue;

    private OpenSchedulers() {}

    /// What is known of an open scheduler without holding it.
    static final class Entry extends WeakReference<RootScope> {
        final String name;

        /// Where; makes its text when that is asked for.
        final Object openedAt;

        private final long order = COUNT.incrementAndGet();
        private final Supervisors supervisors;

        Entry(RootScope scheduler, Supervisors supervisors) {
            super(scheduler, DROPPED);
            this.supervisors = supervisors;
            this.name = Texts.printable(scheduler.name());
            this.openedAt = WALKER.walk(Entry::firstOutside);
        }

        private static Object firstOutside(Stream<StackFrame> frames) {
            for (var all = frames.iterator(); all.hasNext(); ) {
                var frame = all.next();
                if (!isOpening(frame.getDeclaringClass())) {
                    // The frame itself would hold the class.
                    return frame.toStackTraceElement();
                }
            }
            return "an unknown place";
        }

        private static boolean isOpening(Class<?> type) {
            return type == Scheduler.class
                    || type == RootScope.class
                    || type == OpenSchedulers.class
                    || type == Entry.class;
        }

        void closed() {
            clear();
            remove(this);
        }

        /// The scheduler was collected. It had no unfinished job then: each holds its scheduler, and is held by
        /// a supervisor.
        private void dropped() {
            supervisors.stop();
            try {
                Log.log(
                        Level.WARNING,
                        "Scheduler '" + name + "', opened at " + openedAt
                                + ", was dropped without close(), with no unfinished job; "
                                + "close it, or open it in a try block",
                        null);
            } finally {
                // Last: this thread is interrupted where none is open, and the log's handlers are a user's.
                remove(this);
            }
        }
    }

    static void add(Entry entry) {
        // First: who finds none removes the hook, and ends the watcher.
        ENTRIES.add(entry);
        ensureWatched();
        boolean needsHook;
        try (var _ = LOCK.lock()) {
            needsHook = hook == null;
        }
        if (needsHook) {
            addHook();
        }
    }

    /// Others rely on who has begun: so this is tried for a while, until there is memory.
    private static void ensureWatched() {
        for (int attempt = 1; ; attempt++) {
            Thread mine = null;
            try {
                try (var _ = LOCK.lock()) {
                    if (watcher != null) {
                        return;
                    }
                    mine = Threads.virtual("jobtree-watcher", null, OpenSchedulers::watch);
                    watcher = mine;
                }
                mine.start();
                return;
            } catch (Throwable noThread) {
                try (var _ = LOCK.lock()) {
                    watcher = watcher == mine ? null : watcher;
                }
                if (!Retry.mayTryAgain(attempt, noThread)) {
                    throw noThread;
                }
            }
        }
    }

    /// Jobs of a closed scheduler go on. They may hold places of limits that others share.
    static void addOutlived(RootScope closed) {
        removeOver();
        OUTLIVED.add(new WeakReference<>(closed));
    }

    private static void removeOver() {
        OUTLIVED.removeIf(reference -> {
            var closed = reference.get();
            return closed == null || closed.live.isIdle();
        });
    }

    /// Not under the lock: the JDK has one of its own for its hooks, for which a virtual thread may wait long. So
    /// there may be two hooks for a moment.
    private static void addHook() {
        var mine = Threads.unstarted("jobtree-exit", ShutdownHook::run);
        try {
            Runtime.getRuntime().addShutdownHook(mine);
        } catch (IllegalStateException exiting) {
            // Too late for a hook: a scheduler that is opened while the JVM exits.
            return;
        }
        boolean isNeeded;
        try (var _ = LOCK.lock()) {
            isNeeded = hook == null && !ENTRIES.isEmpty();
            if (isNeeded) {
                hook = mine;
            }
        }
        if (!isNeeded) {
            removeHook(mine);
        }
    }

    private static void removeHook(Thread one) {
        try {
            Runtime.getRuntime().removeShutdownHook(one);
        } catch (IllegalStateException exiting) {
            // It runs.
        }
    }

    private static void remove(Entry entry) {
        Thread idleHook = null;
        boolean stopsWatcher = false;
        ENTRIES.remove(entry);
        try (var _ = LOCK.lock()) {
            if (ENTRIES.isEmpty()) {
                idleHook = hook;
                hook = null;
                stopsWatcher = !isStopDue;
                isStopDue = true;
            }
        }
        if (idleHook != null) {
            removeHook(idleHook);
        }
        if (stopsWatcher) {
            stopWatcherLater();
        }
    }

    private static void stopWatcherLater() {
        try {
            var _ = Timers.after(Threads.IDLE_NANOS, OpenSchedulers::stopIdleWatcher);
        } catch (Throwable noMemory) {
            stopIdleWatcher();
        }
    }

    private static void stopIdleWatcher() {
        Thread idle = null;
        try (var _ = LOCK.lock()) {
            isStopDue = false;
            if (ENTRIES.isEmpty()) {
                idle = watcher;
                watcher = null;
            }
        }
        if (idle != null) {
            // The handlers of the log, which it may be in, are a user's.
            idle.interrupt();
        }
    }

    private static boolean isWatcher() {
        try (var _ = LOCK.lock()) {
            return watcher == Thread.currentThread();
        }
    }

    /// Reports schedulers that were dropped, until none is open. A handler of the log may have taken the interrupt that
    /// ends it.
    private static void watch() {
        while (isWatcher()) {
            try {
                if (DROPPED.remove() instanceof Entry entry) {
                    entry.dropped();
                }
            } catch (InterruptedException noneIsOpen) {
                // Or a handler of the log has left its flag.
            } catch (Throwable trouble) {
                Log.log(Level.WARNING, "A scheduler that was dropped could not be reported", trouble);
            }
        }
    }

    /// Oldest first.
    static List<RootScope> all() {
        return ENTRIES.stream()
                .sorted(Comparator.comparingLong(entry -> entry.order))
                .map(WeakReference::get)
                .filter(Objects::nonNull)
                .toList();
    }

    /// The same, after those that are closed and have jobs that would not stop.
    static List<RootScope> allWithJobs() {
        removeOver();
        return Stream.concat(OUTLIVED.stream().map(WeakReference::get).filter(Objects::nonNull), all().stream())
                .toList();
    }
}
