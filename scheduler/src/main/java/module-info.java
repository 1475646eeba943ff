import org.jspecify.annotations.NullMarked;

/// Schedulers, scopes and jobs on virtual threads.
@NullMarked
@SuppressWarnings("module") // the modules that share a package are built after this one
module io.jobtree.scheduler {
    requires static kotlin.stdlib;
    requires static transitive org.jspecify;

    exports io.jobtree.scheduler;
    exports io.jobtree.scheduler.text to
            io.jobtree.scheduler.junit5,
            io.jobtree.scheduler.otel,
            io.jobtree.scheduler.timeline;

    uses io.jobtree.scheduler.JobObserver;
}
