package io.jobtree.scheduler;

import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The schedulers that are open in this process, and what is said of those that nobody closes.
final class OpenSchedulers {
    private static final Set<Entry> ENTRIES = ConcurrentHashMap.newKeySet();
    private static final AtomicLong COUNT = new AtomicLong();
    private static final Cleaner CLEANER = Cleaner.create();
    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(OpenSchedulers::atExit, "jobtree-exit"));
        } catch (IllegalStateException exiting) {
            // Too late for a hook: a scheduler that is first used while the JVM exits.
        }
    }

    private OpenSchedulers() {}

    /// What is known of an open scheduler without holding it.
    static final class Entry {
        private final long order = COUNT.incrementAndGet();
        private final WeakReference<Scheduler> scheduler;
        private final Supervisor supervisor;
        private final String name;
        private final String openedAt;

        private Entry(Scheduler scheduler, Supervisor supervisor) {
            this.scheduler = new WeakReference<>(scheduler);
            this.supervisor = supervisor;
            this.name = scheduler.name();
            this.openedAt = opener();
        }

        private static String opener() {
            return WALKER.walk(frames -> frames.filter(frame -> !isOpening(frame.getDeclaringClass()))
                    .findFirst()
                    .map(frame -> frame.toStackTraceElement().toString())
                    .orElse("an unknown place"));
        }

        private static boolean isOpening(Class<?> type) {
            return type == Scheduler.class || type == OpenSchedulers.class || type == Entry.class;
        }

        Supervisor supervisor() {
            return supervisor;
        }

        void closed() {
            ENTRIES.remove(this);
        }

        /// To the error stream: java.util.logging takes its handlers down in a hook that runs at the
        /// same time.
        private void reportAtExit(Scheduler open) {
            int jobs = open.tree().size();
            System.err.println(
                    "Scheduler '" + name + "', opened at " + openedAt + ", was still open when the JVM exited, with "
                            + jobs + (jobs == 1 ? " unfinished job" : " unfinished jobs")
                            + "; close it, or open it withCloseOnExit(true)\n" + open.tree());
        }

        /// The scheduler was collected. It had no unfinished job then: each holds its scheduler, and is
        /// held by its supervisor.
        private void dropped() {
            if (ENTRIES.remove(this)) {
                supervisor.stop();
                Log.log(
                        Level.WARNING,
                        "Scheduler '" + name + "', opened at " + openedAt
                                + ", was dropped without close(), with no unfinished job; "
                                + "close it, or open it in a try block",
                        null);
            }
        }
    }

    static Entry add(Scheduler scheduler, Supervisor supervisor) {
        var entry = new Entry(scheduler, supervisor);
        ENTRIES.add(entry);
        CLEANER.register(scheduler, entry::dropped);
        return entry;
    }

    static List<Scheduler> all() {
        var all = new ArrayList<Scheduler>();
        for (var entry : sorted()) {
            var scheduler = entry.scheduler.get();
            if (scheduler != null) {
                all.add(scheduler);
            }
        }
        return List.copyOf(all);
    }

    private static List<Entry> sorted() {
        return ENTRIES.stream()
                .sorted(Comparator.comparingLong(entry -> entry.order))
                .toList();
    }

    /// Closes those that asked for it, all at once, and reports the others.
    private static void atExit() {
        var closers = new ArrayList<Thread>();
        for (var entry : sorted()) {
            var scheduler = entry.scheduler.get();
            if (scheduler != null && scheduler.options().closeOnExit()) {
                closers.add(Thread.ofVirtual().start(scheduler::close));
            } else if (scheduler != null && !scheduler.isClosed()) {
                entry.reportAtExit(scheduler);
            }
        }
        for (var closer : closers) {
            try {
                closer.join();
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
