package io.jobtree.scheduler.timeline;

import jdk.jfr.Category;
import jdk.jfr.Contextual;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/// One job, from the start of its body to its end, on its thread. A job that never ran has no duration.
@Name("jobtree.Job")
@Label("Job")
@Category("Jobtree")
@Description("A job, from the start of its body until everything below it has ended")
@StackTrace(false)
final class JobEvent extends Event {
    @Contextual
    @Label("Name")
    @Nullable
    String name;

    @Contextual
    @Label("Path")
    @Nullable
    String path;

    @Label("Id")
    long id;

    @Label("Parent's Id")
    @Description("0 without a parent")
    long parentId;

    @Label("Outcome")
    @Description("SUCCEEDED, FAILED or CANCELLED")
    @Nullable
    String outcome;

    @Label("Reason")
    @Description("The class of the failure, or the reason of the cancellation")
    @Nullable
    String reason;

    @Label("Queue Time")
    @Description("From the spawn to the start of the body, or to the end of a job that never ran")
    @Timespan(Timespan.NANOSECONDS)
    long queueTime;
}
