package io.jobtree.scheduler.otel.pipeline;

import io.jobtree.scheduler.otel.compat.Target;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/// Which jobs were observed last on a thread, and for whom: a telemetry that a scheduler has as its own and that is
/// installed for the process as well is notified of each job twice, on the same thread. In between another observer
/// may spawn jobs itself, so it is not the very last one alone that is known.
final class Observed {
    /// How many jobs are known.
    private static final int JOBS = 4;

    /// For how many targets a job is noted.
    private static final int TARGETS = 4;

    // In the numbers: the place of the last job, the ids, how many targets each has.
    private static final int LAST = 0;
    private static final int IDS = 1;
    private static final int COUNTS = IDS + JOBS;

    /// The numbers, then the targets of each job. Of the JDK's classes alone, and weak: the thread may outlive the
    /// application that this class belongs to, and would keep its class loader.
    private static final ThreadLocal<Object[]> NOTED = ThreadLocal.withInitial(Observed::none);

    private Observed() {}

    private static Object[] none() {
        var none = new Object[1 + JOBS * TARGETS];
        none[0] = new long[COUNTS + JOBS];
        return none;
    }

    /// Whether this is the first time that the job is seen on behalf of the target; notes it if so.
    ///
    /// @param id the job's
    /// @param target where the telemetry goes
    /// @param fallback whether the first time has to be the first for any target
    static boolean isFirst(long id, WeakReference<Target> target, boolean fallback) {
        var noted = NOTED.get();
        var numbers = (long[]) noted[0];
        int job = place(numbers, id);
        int count = (int) numbers[COUNTS + job];
        if (fallback && count > 0) {
            return false;
        }
        int targets = 1 + job * TARGETS;
        var own = target.get();
        for (int i = 0; i < count; i++) {
            var known = targetOf(noted[targets + i]);
            if (known != null && own != null && known.isSameAs(own)) {
                return false;
            }
        }
        if (count < TARGETS) {
            noted[targets + count] = target;
            numbers[COUNTS + job]++;
        }
        return true;
    }

    /// The job's place; that of the one longest ago where it is new.
    private static int place(long[] numbers, long id) {
        int last = (int) numbers[LAST];
        for (int i = 0; i < JOBS; i++) {
            int place = (last + i) % JOBS;
            if (numbers[IDS + place] == id) {
                return place;
            }
        }
        int next = (last + JOBS - 1) % JOBS;
        numbers[LAST] = next;
        numbers[IDS + next] = id;
        numbers[COUNTS + next] = 0;
        return next;
    }

    private static @Nullable Target targetOf(Object noted) {
        return noted instanceof WeakReference<?> weak && weak.get() instanceof Target target ? target : null;
    }
}
