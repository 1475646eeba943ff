package io.jobtree.scheduler.otel;

import io.jobtree.scheduler.otel.compat.Target;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/// Which job was observed last on a thread, and for whom: a telemetry that a scheduler has as its own and that is
/// installed for the process as well is notified of each job twice, on the same thread and with nothing in between.
final class Observed {
    private static final int USUAL = 4;
    private static final int ID = 0;
    private static final int COUNT = 1;

    /// The id and the count, then the targets. Of the JDK's classes alone, and weak: the thread may outlive the
    /// application that this class belongs to, and would keep its class loader.
    private static final ThreadLocal<Object[]> LAST = ThreadLocal.withInitial(Observed::none);

    private Observed() {}

    private static Object[] none() {
        var none = new Object[1 + USUAL];
        none[0] = new long[2];
        return none;
    }

    /// Whether this is the first time that the job is seen on behalf of the target; notes it if so.
    ///
    /// @param id the job's
    /// @param target where the telemetry goes
    /// @param fallback whether the first time has to be the first for any target
    static boolean isFirst(long id, WeakReference<Target> target, boolean fallback) {
        var last = LAST.get();
        var numbers = (long[]) last[0];
        if (numbers[ID] != id) {
            numbers[ID] = id;
            numbers[COUNT] = 0;
        }
        if (fallback && numbers[COUNT] > 0) {
            return false;
        }
        var own = target.get();
        for (int i = 1; i <= numbers[COUNT]; i++) {
            var known = targetOf(last[i]);
            if (known != null && own != null && known.isSameAs(own)) {
                return false;
            }
        }
        if (numbers[COUNT] < USUAL) {
            numbers[COUNT]++;
            last[(int) numbers[COUNT]] = target;
        }
        return true;
    }

    private static @Nullable Target targetOf(Object noted) {
        return noted instanceof WeakReference<?> weak && weak.get() instanceof Target target ? target : null;
    }
}
