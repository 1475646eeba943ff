import org.jspecify.annotations.NullMarked;

/// Jobs to look at: timelines for a browser and for Perfetto, events for JDK Flight Recorder, beans for JMX.
@NullMarked
// Protobuf's jar has a name, and no descriptor.
@SuppressWarnings("requires-automatic")
module io.jobtree.scheduler.timeline {
    requires transitive io.jobtree.scheduler;
    requires static com.google.protobuf;
    requires java.management;
    requires jdk.jfr;
    requires static transitive org.jspecify;

    exports io.jobtree.scheduler.timeline;
}
