package io.jobtree.scheduler.timeline;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/// A job that goes on though its scheduler has cancelled it and closed.
@Name("jobtree.Straggler")
@Label("Straggler")
@Category("Jobtree")
@Description("A job that did not stop within its scheduler's close timeout")
@StackTrace(false)
final class StragglerEvent extends Event {
    @Label("Name")
    @Nullable
    String name;

    @Label("Path")
    @Nullable
    String path;

    @Label("Id")
    long id;

    @Label("Age")
    @Timespan(Timespan.NANOSECONDS)
    long age;

    @Label("Stack")
    @Description("Where the job's thread stands")
    @Nullable
    String stack;
}
