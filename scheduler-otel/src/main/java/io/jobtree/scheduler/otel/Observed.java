package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.otel.compat.Target;
import org.jspecify.annotations.Nullable;

/// Which job was observed last on a thread, and for whom: a telemetry that a scheduler has as its own and that is
/// installed for the process as well is notified of each job twice, on the same thread and with nothing in between.
final class Observed {
    private static final ThreadLocal<Observed> LAST = ThreadLocal.withInitial(Observed::new);
    private static final int USUAL = 4;

    private long id;
    private int count;

    /// Written anew for each job: what is beyond the count means nothing.
    private final @Nullable Target[] targets = new Target[USUAL];

    private Observed() {}

    /// Whether this is the first time that the job is seen on behalf of the target; notes it if so.
    ///
    /// @param id the job's
    /// @param target where the telemetry goes
    /// @param fallback whether the first time has to be the first for any target
    static boolean isFirst(long id, Target target, boolean fallback) {
        return LAST.get().add(id, target, fallback);
    }

    private boolean add(long job, Target target, boolean fallback) {
        if (id != job) {
            id = job;
            count = 0;
        }
        if (fallback && count > 0) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            var known = targets[i];
            if (known != null && known.isSameAs(target)) {
                return false;
            }
        }
        if (count < USUAL) {
            targets[count++] = target;
        }
        return true;
    }
}
