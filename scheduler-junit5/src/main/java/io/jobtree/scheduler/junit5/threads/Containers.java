package io.jobtree.scheduler.junit5.threads;

import io.jobtree.scheduler.junit5.threads.ThreadDump.Container;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Which executors and task scopes were seen, and which reported, also by a run inside this one. They have no id that
/// tells their age, as threads have, so what was there before an origin's time must be looked up then.
final class Containers {
    private static final Set<String> REPORTED = ConcurrentHashMap.newKeySet();

    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private String notedFor = "";

    /// Those from before now, where nothing else runs; null if it was not to be found out. A dump is taken only where
    /// a stage begins; what came later was seen when the last test of the stage was checked.
    synchronized @Nullable Set<String> before(String stage, QuietMoment quiet) {
        if (!stage.equals(notedFor)) {
            ThreadDump dump = quiet.dump();
            if (dump == null) {
                return null;
            }
            note(dump);
            notedFor = stage;
        }
        return Set.copyOf(seen);
    }

    /// Something went by unseen: the next one looks again.
    synchronized void missed() {
        notedFor = "";
    }

    void note(ThreadDump dump) {
        dump.containers().forEach(container -> seen.add(container.name()));
    }

    void markReported(String container) {
        REPORTED.add(container);
    }

    boolean isReported(Container container) {
        return REPORTED.contains(container.name());
    }
}
