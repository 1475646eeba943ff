import org.jspecify.annotations.NullMarked;

/// Schedulers, scopes and jobs on virtual threads.
@NullMarked
module io.jobtree.scheduler {
    requires static kotlin.stdlib;
    requires static transitive org.jspecify;

    exports io.jobtree.scheduler;

    uses io.jobtree.scheduler.JobObserver;
}
