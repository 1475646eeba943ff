package io.jobtree.scheduler.timeline;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/// A full limit at which the same job has been the first in the queue since the period before.
@Name("jobtree.Stall")
@Label("Stall")
@Category("Jobtree")
@Description("A limit that is full and has started none of its pending jobs for a whole period, or a deadlock")
@Period("60 s")
@StackTrace(false)
final class StallEvent extends Event {
    @Label("Scheduler")
    @Nullable
    String scheduler;

    @Label("Limit")
    @Description("The path of the scope, or the name of the shared limit")
    @Nullable
    String limit;

    @Label("Pending Jobs")
    int pending;

    @Label("First Pending Job")
    @Nullable
    String first;

    @Label("Pending For")
    @Timespan(Timespan.NANOSECONDS)
    long pendingFor;

    @Label("Waits")
    @Description("Who waits for whom, and who holds the places")
    @Nullable
    String waits;
}
